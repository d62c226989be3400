import { Z90, type Estimate, upperMedian } from "#app/domain/numbers/statistics.ts";
import { groupBy } from "#app/domain/group-by.ts";
import type { Baskets } from "#app/domain/prepare/baskets.ts";
import { basketsOf, intersect, type Occurrences } from "#app/domain/propose/together/occurrences.ts";
import { DAY_MS, WEEK_MS } from "#app/domain/time.ts";
import { movesRatio } from "#app/domain/trends/prices/price-elasticity.ts";

interface CountedPair {
  readonly items: readonly [number, number];
  readonly together: number;
}

/** Pairs with fewer orders cannot compare weeks with a price cut and weeks without. */
const LEAST_TOGETHER = 8;
/** The pairs with the most orders: more pairs add time and hardly any precision. */
const MOST_PAIRS = 3_000;
/** For an item sold less often, price moves go unobserved. */
const LEAST_SALES = 40;
/** Minimum standard deviation of an item's log price: smaller moves carry no information. */
const LEAST_PRICE_SPREAD = 0.01;
/** Fisher's F of log prices by week; below it, prices differ by shopper and not over time. */
const LEAST_MOVES_RATIO = 3;
/** At an order, a price is known if the sales before and after agree to `SAME_PRICE` and lie at most this far apart. */
const MOST_GAP_MS = 30 * DAY_MS;
const SAME_PRICE = 0.015;
/** Maximum standard error of the elasticity; above it, hardly anything is known. */
const MOST_DEVIATION = 1;
/** Maximum ratio of the cluster-robust to the model standard error; above it, products disagree too much. */
const MOST_DISAGREEMENT = 3;
/** With fewer items that moved their price, the result describes single products and not the shop. */
const LEAST_ITEMS = 10;
/** Newton's method, with a limit on each step for stability. */
const MOST_ROUNDS = 30;
const MOST_STEP = 1;
const SMALLEST_STEP = 1e-4;

/** Orders that hold one item of a pair: the other's log price relative to its usual one, and whether they hold it. */
interface AttachHistory {
  readonly item: number;
  readonly logPrice: Float64Array;
  readonly isAttached: Uint8Array;
}

export interface AttachElasticity {
  /** Items whose price moved over time. */
  readonly items: number;
  /** Elasticity of the odds that the other item is added, as a positive number, at least 0, with its 90 % interval. */
  readonly elasticity: Estimate;
}

/**
 * Learns how buyers of one item of a pair respond to the price of the other, from the shop's own price moves. The model
 * is a logit, `logit P(b | a, x) = level − ε·x`, with x the log price of b relative to its usual one, at an order that
 * holds a. All pairs share ε; each direction of a pair has its own level. Offers use this response (`oddsEffectAt`).
 *
 * The price of b comes from the orders before and after, because only orders with b show their own.
 *
 * @param pairs that go together; each is read in both directions
 * @returns null if too few prices moved over time, or products disagree so much that something else moved price and
 *   demand
 * @see Train 2009, Discrete Choice Methods with Simulation, 3 (logit); Liang and Zeger 1986 (variance by clusters, the
 *   items whose price moved). Known weaknesses: prices cut because demand fell, or together with advertising; levels
 *   from few orders make ε too large, by a fraction of about 1/n for n orders.
 */
export function learnAttachElasticity(
  baskets: Baskets,
  occurrences: Occurrences,
  pairs: readonly CountedPair[],
): AttachElasticity | null {
  const sales = readSales(baskets, occurrences);
  const histories = pairs
    .filter(({ together }) => together >= LEAST_TOGETHER)
    .toSorted((x, y) => y.together - x.together)
    .slice(0, MOST_PAIRS)
    .flatMap(({ items: [a, b] }) => [
      toHistory(occurrences, sales, a, b),
      toHistory(occurrences, sales, b, a),
    ])
    .filter((one) => one !== null);
  if (new Set(histories.map(({ item }) => item)).size < LEAST_ITEMS) return null;
  const levels = Float64Array.from(histories, ({ isAttached }) => {
    const attached = isAttached.reduce((sum, one) => sum + one, 0);
    return Math.log(attached / (isAttached.length - attached));
  });
  let elasticity = 0;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const { slope, information } = differentiate(histories, levels, elasticity);
    if (information <= 0) return null;
    const step = Math.max(-MOST_STEP, Math.min(MOST_STEP, slope / information));
    elasticity += step;
    if (Math.abs(step) < SMALLEST_STEP) break;
  }
  const { information, slopeOfItem } = differentiate(histories, levels, elasticity);
  const deviation =
    Math.sqrt([...slopeOfItem.values()].reduce((sum, slope) => sum + slope ** 2, 0)) / information;
  if (deviation > Math.min(MOST_DEVIATION, MOST_DISAGREEMENT / Math.sqrt(information))) return null;
  const atLeastNone = (value: number) => Math.max(0, value);
  return {
    items: slopeOfItem.size,
    elasticity: {
      value: atLeastNone(elasticity),
      low: atLeastNone(elasticity - Z90 * deviation),
      high: atLeastNone(elasticity + Z90 * deviation),
    },
  };
}

/**
 * First and negative second derivative of the log likelihood by the elasticity; the first also by item. Each history's
 * level takes one Newton step, and both derivatives are profiled over the levels.
 *
 * @param levels [histories] changed in place
 */
function differentiate(histories: readonly AttachHistory[], levels: Float64Array, elasticity: number) {
  const slopeOfItem = new Map<number, number>();
  let [slope, information] = [0, 0];
  histories.forEach(({ item, logPrice, isAttached }, history) => {
    let [weight, first, second, surplus, observed] = [0, 0, 0, 0, 0];
    logPrice.forEach((x, at) => {
      const probability = 1 / (1 + Math.exp(elasticity * x - levels[history]!));
      const variance = probability * (1 - probability);
      weight += variance;
      first += variance * x;
      second += variance * x * x;
      surplus += isAttached[at]! - probability;
      observed -= (isAttached[at]! - probability) * x;
    });
    const own = observed + (surplus * first) / weight;
    slope += own;
    slopeOfItem.set(item, (slopeOfItem.get(item) ?? 0) + own);
    information += second - first ** 2 / weight;
    levels[history]! += Math.max(-MOST_STEP, Math.min(MOST_STEP, surplus / weight));
  });
  return { slope, information, slopeOfItem };
}

interface Sales {
  /** Baskets of `Occurrences` with a paid price, ascending. */
  readonly basket: readonly number[];
  readonly logPrice: readonly number[];
  /** Median of the log price. */
  readonly usual: number;
}

/** [items] its sales; null if its price did not move over time. */
function readSales(baskets: Baskets, occurrences: Occurrences): (Sales | null)[] {
  const open = baskets.items.map(() => ({ basket: [] as number[], logPrice: [] as number[] }));
  occurrences.logBasket.forEach((logBasket, basket) => {
    for (let line = baskets.offsets[logBasket]!; line < baskets.offsets[logBasket + 1]!; line++) {
      const paidMinor = baskets.unitPriceMinor[line]!;
      if (paidMinor <= 0) continue;
      const own = open[baskets.item[line]!]!;
      own.basket.push(basket);
      own.logPrice.push(Math.log(paidMinor));
    }
  });
  return open.map(({ basket: own, logPrice }) => {
    if (own.length < LEAST_SALES || !isMovedInTime(occurrences, own, logPrice)) return null;
    return { basket: own, logPrice, usual: upperMedian(logPrice.toSorted((x, y) => x - y))! };
  });
}

/** Whether a price moved, and more between weeks than between the shoppers of one week. */
function isMovedInTime(
  { placedAtMs }: Occurrences,
  basket: readonly number[],
  logPrice: readonly number[],
): boolean {
  const weeks = groupBy(logPrice.keys(), (at) => Math.floor(placedAtMs[basket[at]!]! / WEEK_MS));
  if (weeks.size < 2 || basket.length <= weeks.size) return false;
  const mean = logPrice.reduce((sum, x) => sum + x, 0) / logPrice.length;
  const squares = logPrice.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  if (Math.sqrt(squares / logPrice.length) < LEAST_PRICE_SPREAD) return false;
  const ofWeeks = [...weeks.values()].map((own) => own.map((at) => logPrice[at]!));
  return movesRatio(ofWeeks) >= LEAST_MOVES_RATIO;
}

/** Response of buyers of `a` to the price of `b`; null if it is fixed or unknown, or if all or none bought `b`. */
function toHistory(
  occurrences: Occurrences,
  sales: readonly (Sales | null)[],
  a: number,
  b: number,
): AttachHistory | null {
  const own = sales[b];
  if (!own) return null;
  const { placedAtMs } = occurrences;
  const together = new Set(intersect(basketsOf(occurrences, a), basketsOf(occurrences, b)));
  const [logPrice, isAttached]: [number[], number[]] = [[], []];
  let next = 0;
  for (const basket of basketsOf(occurrences, a)) {
    while (next < own.basket.length && own.basket[next]! < basket) next++;
    const after = own.basket[next] === basket ? next + 1 : next;
    const before = next - 1;
    if (before < 0 || after >= own.basket.length) continue;
    if (Math.abs(own.logPrice[before]! - own.logPrice[after]!) > SAME_PRICE) continue;
    if (placedAtMs[own.basket[after]!]! - placedAtMs[own.basket[before]!]! > MOST_GAP_MS) continue;
    logPrice.push(own.logPrice[before]! - own.usual);
    isAttached.push(together.has(basket) ? 1 : 0);
  }
  if (!isAttached.includes(1) || !isAttached.includes(0)) return null;
  return { item: b, logPrice: Float64Array.from(logPrice), isAttached: Uint8Array.from(isAttached) };
}

import { Z90, type Estimate } from "#app/domain/numbers/statistics.ts";
import type { Baskets } from "#app/domain/prepare/baskets.ts";
import { basketsOf, intersect, type Occurrences } from "#app/domain/propose/together/occurrences.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { fitElasticity, learnSalesElasticity, MOST_STEP, readSales, type Sales } from "./sales-elasticity.ts";

interface CountedPair {
  readonly items: readonly [number, number];
  readonly together: number;
}

/** Pairs with fewer orders cannot compare weeks with a price cut and weeks without. */
const LEAST_TOGETHER = 8;
/** The pairs with the most orders: more pairs add time and hardly any precision. */
const MOST_PAIRS = 3_000;
/** At an order, a price is known if the sales before and after agree to `SAME_PRICE` and lie at most this far apart. */
const MOST_GAP_MS = 30 * DAY_MS;
const SAME_PRICE = 0.015;
/** Maximum standard error of the elasticity; above it, hardly anything is known. */
const MOST_DEVIATION = 1;
/** Maximum ratio of the cluster-robust to the model standard error; above it, products disagree too much. */
const MOST_DISAGREEMENT = 3;
/** With fewer items that moved their price, the result describes single products and not the shop. */
const LEAST_ITEMS = 10;
/**
 * Largest ratio of the elasticity of the odds to that of sales. Sales respond less, because they include shoppers who
 * buy the item for itself and would have bought it anyway. On simulated shops the ratio is 1.3 to 2.4.
 */
const MOST_ODDS_OVER_SALES = 2.5;

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
 * Prices move a few times a year, so ε can be twice the truth by chance. Its low end is therefore at most 2.5 times
 * that of the response of all sales (`learnSalesElasticity`), which comes from several times as many orders.
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
  const fitted = fitElasticity((elasticity) => differentiate(histories, levels, elasticity));
  if (!fitted) return null;
  const { elasticity, deviation, information } = fitted;
  if (deviation > Math.min(MOST_DEVIATION, MOST_DISAGREEMENT / Math.sqrt(information))) return null;
  const atLeastNone = (value: number) => Math.max(0, value);
  const low = elasticity - Z90 * deviation;
  const ofSales = learnSalesElasticity(occurrences, sales);
  const lowOfSales = ofSales ? MOST_ODDS_OVER_SALES * (ofSales.elasticity - Z90 * ofSales.deviation) : low;
  return {
    items: fitted.items,
    elasticity: {
      value: atLeastNone(elasticity),
      low: atLeastNone(Math.min(low, lowOfSales)),
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

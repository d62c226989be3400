import { groupBy } from "#app/domain/group-by.ts";
import { upperMedian } from "#app/domain/numbers/statistics.ts";
import type { Baskets } from "#app/domain/prepare/baskets.ts";
import type { Occurrences } from "#app/domain/propose/together/occurrences.ts";
import { WEEK_MS } from "#app/domain/time.ts";
import { movesRatio } from "#app/domain/trends/prices/price-elasticity.ts";

/** For an item sold less often, price moves go unobserved. */
const LEAST_SALES = 40;
/** Minimum standard deviation of an item's log price: smaller moves carry no information. */
const LEAST_PRICE_SPREAD = 0.01;
/** Fisher's F of log prices by week; below it, prices differ by shopper and not over time. */
const LEAST_MOVES_RATIO = 3;
/** Sales at one price are compared with those at another within such a period, so that seasons and growth cancel. */
const PERIOD_MS = 8 * WEEK_MS;
/** Newton's method, with a limit on each step for stability. */
const MOST_ROUNDS = 30;
export const MOST_STEP = 1;
const SMALLEST_STEP = 1e-4;

/** An item whose price moved over time. */
export interface Sales {
  /** Baskets of `Occurrences` with a paid price, ascending. */
  readonly basket: readonly number[];
  readonly logPrice: readonly number[];
  /** Median of the log price. */
  readonly usual: number;
}

/** @returns [items] its sales; null if its price did not move over time */
export function readSales(baskets: Baskets, occurrences: Occurrences): (Sales | null)[] {
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

interface Derivatives {
  /** First and negative second derivative of the log likelihood by the elasticity. */
  readonly slope: number;
  readonly information: number;
  /** The first by item; 0 in sum at the maximum. */
  readonly slopeOfItem: ReadonlyMap<number, number>;
}

interface FittedElasticity {
  /** Positive when a lower price sells more. */
  readonly elasticity: number;
  /** Standard error, robust to what an item's sales have in common. */
  readonly deviation: number;
  readonly information: number;
  readonly items: number;
}

/**
 * Maximizes a log likelihood by the elasticity. Its variance is that by clusters, the items whose price moved.
 *
 * @returns null without information
 * @see Liang and Zeger 1986
 */
export function fitElasticity(differentiate: (elasticity: number) => Derivatives): FittedElasticity | null {
  let elasticity = 0;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const { slope, information } = differentiate(elasticity);
    if (information <= 0) return null;
    const step = Math.max(-MOST_STEP, Math.min(MOST_STEP, slope / information));
    elasticity += step;
    if (Math.abs(step) < SMALLEST_STEP) break;
  }
  const { information, slopeOfItem } = differentiate(elasticity);
  const deviation =
    Math.sqrt([...slopeOfItem.values()].reduce((sum, slope) => sum + slope ** 2, 0)) / information;
  return { elasticity, deviation, information, items: slopeOfItem.size };
}

/** An item's sales in one period. */
interface PeriodSales {
  readonly item: number;
  /** [sales] log price paid. */
  readonly logPrice: number[];
  /** [sales] the shop's orders that are nearer to this sale than to the item's others, itself included. */
  readonly orders: number[];
}

/**
 * Learns how the sales of items respond to their own price, from the shop's price moves: of the shop's orders around
 * each sale of an item, how many there are at a low price and at a high one. Given the sales in a period, each falls
 * on a price with probability `∝ N e^(−ε·x)`, N the orders at that price and x its logarithm (a self-controlled case
 * series). An order has the price of the sale nearest to it, because only sales show a price.
 *
 * @param sales [items] from `readSales`
 * @returns null if no item was sold at two prices within a period
 * @see Farrington 1995, Relative incidence estimation from case series. Known weaknesses: towards 0, because a price
 *   reaches until halfway to the next sale, and by as much as the cut lifts the shop's other orders.
 */
export function learnSalesElasticity(
  { placedAtMs }: Pick<Occurrences, "placedAtMs">,
  sales: readonly (Sales | null)[],
): FittedElasticity | null {
  const periods = sales.flatMap((own, item) => {
    if (!own) return [];
    const { basket, logPrice } = own;
    const halfway = (at: number) => (basket[at]! + basket[at + 1]!) / 2;
    const ordersAt = (at: number) =>
      (at + 1 < basket.length ? halfway(at) : basket[at]!) - (at > 0 ? halfway(at - 1) : basket[at]!);
    const byPeriod = groupBy(basket.keys(), (at) => Math.floor(placedAtMs[basket[at]!]! / PERIOD_MS));
    return [...byPeriod.values()].map((own): PeriodSales => {
      return { item, logPrice: own.map((at) => logPrice[at]!), orders: own.map(ordersAt) };
    });
  });
  return fitElasticity((elasticity) => {
    let [slope, information] = [0, 0];
    const slopeOfItem = new Map<number, number>();
    for (const { item, logPrice, orders } of periods) {
      let [weight, first, second, observed] = [0, 0, 0, 0];
      logPrice.forEach((x, at) => {
        const expected = orders[at]! * Math.exp(-elasticity * x);
        weight += expected;
        first += expected * x;
        second += expected * x * x;
        observed += x;
      });
      const mean = first / weight;
      const own = logPrice.length * mean - observed;
      slope += own;
      slopeOfItem.set(item, (slopeOfItem.get(item) ?? 0) + own);
      information += logPrice.length * (second / weight - mean ** 2);
    }
    return { slope, information, slopeOfItem };
  });
}

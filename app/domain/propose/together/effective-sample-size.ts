import { basketsOf, intersect, type Occurrences } from "./occurrences.ts";

/**
 * Effective sample size of the orders with all the items, in independent shoppers: `n² / Σ_s n_s²` over the shoppers s,
 * rounded down: all orders where each is another shopper's, as guests' are, and 1 where one shopper placed them all.
 * Whoever has two things among what they take every week says once that the two go together.
 *
 * @param items at least one
 * @returns from 1 to the number of orders that hold all; 0 where none does
 * @see Kish 1965, Survey Sampling (effective sample size). Known weakness: a shopper's orders are taken for one word
 *   throughout, though a second order of the same two says something too
 */
export function effectiveSampleSize(occurrences: Occurrences, items: readonly number[]): number {
  const ordersOf = new Map<number, number>();
  for (const basket of items.map((item) => basketsOf(occurrences, item)).reduce(intersect)) {
    const shopper = occurrences.shopper[basket]!;
    ordersOf.set(shopper, (ordersOf.get(shopper) ?? 0) + 1);
  }
  let [orders, squares] = [0, 0];
  for (const own of ordersOf.values()) {
    orders += own;
    squares += own * own;
  }
  return squares === 0 ? 0 : Math.floor((orders * orders) / squares);
}

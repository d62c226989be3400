import { RATE_GRAIN } from "./item-features.ts";
import type { ItemLinks } from "#app/domain/behaviour/item-links.ts";
import type { FeatureSources } from "./query-evidence.ts";

/** What is told of a basket alone, the same of every candidate: each a mean over its items, 0 of an empty one. */
export const BASKET_FEATURES = [
  "basket_ease",
  "basket_text",
  "basket_sales",
  "basket_age",
  "basket_idle",
] as const;

/**
 * What holds a basket together and what it is made of: how strongly the nearest other item of the basket speaks for
 * each (by EASE, and by its text), the logarithms of its sales a day, its age and its idle days. A cart that completes a
 * set wants the rest of the set; one of everything wants what sells.
 *
 * @returns [BASKET_FEATURES]
 */
export function describeBasket(
  { easeLinks, text, sales }: Pick<FeatureSources, "easeLinks" | "text" | "sales">,
  basket: readonly number[],
): Float32Array {
  const own = new Set(basket);
  const sums = new Float32Array(BASKET_FEATURES.length);
  for (const item of basket) {
    sums[0]! += findNearest(easeLinks, item, own);
    sums[1]! += findNearest(text, item, own);
    sums[2]! += Math.log(RATE_GRAIN + sales.recentPerDay[1][item]!);
    sums[3]! += Math.log1p(sales.ageDays[item]!);
    sums[4]! += Math.log1p(sales.idleDays[item]!);
  }
  return sums.map((sum) => sum / Math.max(1, basket.length));
}

/** The strongest link of the item to another of these; 0 without one. */
function findNearest(
  { offsets, partner, weight }: ItemLinks,
  item: number,
  among: ReadonlySet<number>,
): number {
  for (let at = offsets[item]!; at < offsets[item + 1]!; at++) {
    if (among.has(partner[at]!)) return weight[at]!;
  }
  return 0;
}

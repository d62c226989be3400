import type { ItemSales } from "#app/domain/behaviour/methods/item-sales.ts";
import type { ItemLinks } from "#app/domain/behaviour/item-links.ts";
import type { FeatureSources, QueryEvidence } from "./query-evidence.ts";
import { lowerBound } from "#app/domain/numbers/statistics.ts";
import { describeCategoryPair } from "#app/domain/behaviour/methods/pair-scores.ts";

/** What is told of an item alone, the same in every query. */
export const ITEM_FEATURES = [
  "sales_14",
  "sales_60",
  "sales_365",
  "sales_trend",
  "sales_short_trend",
  "age",
  "idle",
] as const;

type ItemFeatures = Readonly<Record<(typeof ITEM_FEATURES)[number], number>>;

/** Orders a day added before a logarithm: one in a hundred days is as little as can be told from none. A round guess. */
const RATE_GRAIN = 0.01;
/** The same of a fortnight, in which fewer orders can be counted. A round guess. */
const FORTNIGHT_GRAIN = 0.03;

/** @returns [items × ITEM_FEATURES] computed once, read for every query */
export function describeItems(sales: ItemSales): Float32Array {
  const [recent14, recent60, recent365] = sales.recentPerDay;
  const features = new Float32Array(recent14.length * ITEM_FEATURES.length);
  for (let item = 0; item < recent14.length; item++) {
    const [perDay14, perDay60, perDay365] = [recent14[item]!, recent60[item]!, recent365[item]!];
    const own: ItemFeatures = {
      sales_14: Math.log(RATE_GRAIN + perDay14),
      sales_60: Math.log(RATE_GRAIN + perDay60),
      sales_365: Math.log(RATE_GRAIN + perDay365),
      sales_trend: Math.log((RATE_GRAIN + perDay60) / (RATE_GRAIN + perDay365)),
      sales_short_trend: Math.log((FORTNIGHT_GRAIN + perDay14) / (FORTNIGHT_GRAIN + perDay60)),
      age: Math.log1p(sales.ageDays[item]!),
      idle: Math.log1p(sales.idleDays[item]!),
    };
    ITEM_FEATURES.forEach((name, at) => (features[item * ITEM_FEATURES.length + at] = own[name]));
  }
  return features;
}

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

/** What the words and kinds of products that are bought together say: all that is known of a product not sold yet. */
export const KIND_FEATURES = [
  "text_bridge",
  "text_bridge_rank",
  "category_chance",
  "category_chance_best",
  "category_lift",
  "category_lift_best",
] as const;

interface KindQuestion {
  readonly basket: readonly number[];
  readonly candidates: readonly number[];
  /** The candidates to describe, by their place among them. */
  readonly positions: readonly number[];
  readonly evidence: QueryEvidence;
  /** The highest `textBridge` of any item that may be a candidate, above 0. */
  readonly bestBridge: number;
}

/** Writes `KIND_FEATURES` of each position into the last columns of its row of `features` [positions × stride]. */
export function describeKinds(
  { categoryPairs, textBridge }: Pick<FeatureSources, "categoryPairs" | "textBridge">,
  { basket, candidates, positions, evidence, bestBridge }: KindQuestion,
  features: Float32Array,
  stride: number,
): void {
  // Without a bridge all scores are equal, and a rank among equals would be chance.
  const bridgeRank =
    textBridge.vectors.terms > 0
      ? rankAmong(candidates, evidence.textBridge)
      : new Float32Array(candidates.length);
  positions.forEach((position, row) => {
    const item = candidates[position]!;
    const kind = describeCategoryPair(categoryPairs, basket, item);
    let at = (row + 1) * stride - KIND_FEATURES.length;
    features[at++] = evidence.textBridge[item]! / bestBridge;
    features[at++] = bridgeRank[position]!;
    features[at++] = kind.chance;
    features[at++] = kind.bestChance;
    features[at++] = kind.lift;
    features[at++] = kind.bestLift;
  });
}

/** Logarithm of each candidate's rank by the scores, the best 0; of equal scores the earlier candidate ranks first. */
export function rankAmong(candidates: readonly number[], scores: Float32Array): Float32Array {
  const count = candidates.length;
  const own = Float32Array.from(candidates, (item) => scores[item]!);
  // Sorted without a comparator, which would be called a thousand times: equal scores are told apart below.
  const ascending = own.slice().sort();
  const taken = new Uint16Array(count);
  const ranks = new Float32Array(count);
  for (let position = 0; position < count; position++) {
    const better = count - countUpTo(ascending, own[position]!);
    ranks[position] = Math.log1p(better + taken[better]!);
    taken[better]!++;
  }
  return ranks;
}

/** How many of the ascending values are not above this one. */
function countUpTo(ascending: Float32Array, value: number): number {
  return lowerBound(ascending.length, (at) => ascending[at]! <= value);
}

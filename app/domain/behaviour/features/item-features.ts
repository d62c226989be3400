import type { ItemSales } from "#app/domain/behaviour/methods/item-sales.ts";
import type { ItemLinks } from "#app/domain/behaviour/item-links.ts";
import type { FeatureSources, QueryEvidence } from "./query-evidence.ts";
import { lowerBound } from "#app/domain/numbers/statistics.ts";
import { describeCategoryPair } from "#app/domain/behaviour/methods/pair-scores.ts";

/** Features of an item alone, the same in every query. */
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

/** Orders per day added before a logarithm: a lower rate is indistinguishable from no sales. A round guess. */
const RATE_GRAIN = 0.01;
/** The same for 14 days, which hold fewer orders. A round guess. */
const FORTNIGHT_GRAIN = 0.03;

/** @returns [items × ITEM_FEATURES] the same for every query */
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

/** Features of a basket alone, the same for every candidate: means over its items, 0 for an empty basket. */
export const BASKET_FEATURES = [
  "basket_ease",
  "basket_text",
  "basket_sales",
  "basket_age",
  "basket_idle",
] as const;

/**
 * Describes how coherent a basket is and what it consists of: means of each item's link to another basket item (by EASE
 * and by text), of the logarithms of its orders per day, its age and its idle days. A coherent cart asks for the rest
 * of a set; a mixed cart asks for best-sellers.
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

/** The strongest link of the item to another of these items; 0 without one. Rows are unordered. */
function findNearest(
  { offsets, partner, weight }: ItemLinks,
  item: number,
  among: ReadonlySet<number>,
): number {
  let strongest = 0;
  for (let at = offsets[item]!; at < offsets[item + 1]!; at++) {
    if (among.has(partner[at]!)) strongest = Math.max(strongest, weight[at]!);
  }
  return strongest;
}

/** Features from words and categories of products bought together; they also cover products without sales. */
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
  /** Places in `candidates` to describe. */
  readonly positions: readonly number[];
  readonly evidence: QueryEvidence;
  /** The highest `textBridge` among all eligible items, above 0. */
  readonly bestBridge: number;
}

/** Writes `KIND_FEATURES` of each position into the last columns of its row of `features` [positions × stride]. */
export function describeKinds(
  { categoryPairs, textBridge }: Pick<FeatureSources, "categoryPairs" | "textBridge">,
  { basket, candidates, positions, evidence, bestBridge }: KindQuestion,
  features: Float32Array,
  stride: number,
): void {
  // Without a bridge all scores are equal, and ranks would be arbitrary.
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

/** Logarithm of 1 + each candidate's rank by score, from 0; on ties the earlier candidate ranks first. */
export function rankAmong(candidates: readonly number[], scores: Float32Array): Float32Array {
  const count = candidates.length;
  const own = Float32Array.from(candidates, (item) => scores[item]!);
  // Sorted without a comparator, which would be slow; ties are broken below.
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

/** Number of values at or below this one. */
function countUpTo(ascending: Float32Array, value: number): number {
  return lowerBound(ascending.length, (at) => ascending[at]! <= value);
}

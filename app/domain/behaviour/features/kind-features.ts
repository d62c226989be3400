import { lowerBound } from "#app/domain/numbers/statistics.ts";
import { describeCategoryPair } from "#app/domain/behaviour/methods/category-pairs.ts";
import type { FeatureSources, QueryEvidence } from "./query-evidence.ts";

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

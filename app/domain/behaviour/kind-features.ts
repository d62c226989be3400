import { describeCategoryPair } from "./category-pairs.ts";
import type { FeatureSources, QueryEvidence } from "./query-evidence.ts";
import { rankAmong } from "./rank-among.ts";

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

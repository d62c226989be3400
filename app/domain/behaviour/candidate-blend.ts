import type { FeatureSources, QueryEvidence } from "./query-evidence.ts";

/** The highest evidence of each kind of any item that may be a candidate, above 0. */
export type BestEvidence = Readonly<
  Record<"ease" | "walk" | "neighbours" | "historyEase" | "historyWalk" | "bridge" | "coViews", number>
>;

/** Keeps the blend of an item with negative weights above 0, so that a small catalogue still fills its ranking. */
const BLEND_FLOOR = 10;

/**
 * What each kind of evidence weighs beside the basket's EASE score, as a share of the best of its kind; the text is a
 * likeness of 0 to 1, purchases are counted with a half-life of 180 days. Round guesses, not tuned: the blend has but to
 * bring what is bought among the candidates, whose order is the network's to tell.
 */
const BLEND_WEIGHTS = {
  walk: 0.5,
  neighbours: 0.5,
  historyEase: 0.4,
  coViews: 0.4,
  text: 0.3,
  bridge: 0.3,
  bought: 0.3,
} as const;

/** Of `ln(1 + orders a day)`: popularity tells between items that nothing else tells of. A round guess; not tuned. */
const POPULARITY_WEIGHT = 0.02;

/** [items] what popularity adds to the blend, by the orders of the last 60 days. */
export function blendOfPopularity({ recentPerDay }: FeatureSources["sales"]): Float32Array {
  return recentPerDay[1].map((perDay) => POPULARITY_WEIGHT * Math.log1p(perDay));
}

/**
 * Writes into `evidence.blend` how likely each item of `among` is, crudely: a weighed sum of the evidence, each kind as a
 * share of its best.
 *
 * @param popularity from `blendOfPopularity`
 */
export function blendEvidence(
  evidence: QueryEvidence,
  best: BestEvidence,
  { among, popularity, hasViews }: { among: Int32Array; popularity: Float32Array; hasViews: boolean },
): void {
  for (const item of among) {
    evidence.blend[item] =
      BLEND_FLOOR +
      evidence.ease[item]! / best.ease +
      BLEND_WEIGHTS.walk * (evidence.walk[item]! / best.walk) +
      BLEND_WEIGHTS.neighbours * (evidence.neighbours[item]! / best.neighbours) +
      BLEND_WEIGHTS.historyEase * (evidence.historyEase[item]! / best.historyEase) +
      BLEND_WEIGHTS.text * evidence.textSingle[item]! +
      BLEND_WEIGHTS.bridge * Math.max(0, evidence.textBridge[item]! / best.bridge) +
      BLEND_WEIGHTS.bought * evidence.boughtDecayed180[item]! +
      popularity[item]!;
    if (hasViews) evidence.blend[item]! += BLEND_WEIGHTS.coViews * (evidence.coViews[item]! / best.coViews);
  }
}

/** @param hasTaste whether the shopper has a history; without one its evidence is 0 of every item */
export function findBest(
  evidence: QueryEvidence,
  among: Int32Array,
  { hasTaste, hasBridge, hasViews }: { hasTaste: boolean; hasBridge: boolean; hasViews: boolean },
): BestEvidence {
  return {
    ease: highest(evidence.ease, among, 1e-6),
    walk: highest(evidence.walk, among, 1e-9),
    neighbours: highest(evidence.neighbours, among, 1e-6),
    historyEase: hasTaste ? highest(evidence.historyEase, among, 1e-6) : 1,
    historyWalk: hasTaste ? highest(evidence.historyWalk, among, 1e-9) : 1,
    bridge: hasBridge ? highest(evidence.textBridge, among, 1e-9) : 1,
    coViews: hasViews ? highest(evidence.coViews, among, 1e-9) : 1,
  };
}

function highest(values: Float32Array, among: Int32Array, floor: number): number {
  let most = floor;
  for (const item of among) if (values[item]! > most) most = values[item]!;
  return most;
}

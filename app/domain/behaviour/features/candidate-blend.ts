import type { FeatureSources, QueryEvidence } from "./query-evidence.ts";

/** The highest evidence of each kind of any item that may be a candidate, above 0. */
export type BestEvidence = Readonly<Record<BasketKind | HistoryKind, number>>;
type BasketKind = "ease" | "walk" | "neighbours" | "bridge" | "coViews";
type HistoryKind = "historyEase" | "historyWalk";

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
 * Writes into `blend` how likely each item of `among` is by what the basket says of it, crudely: a weighed sum of the
 * evidence, each kind as a share of its best.
 *
 * @param popularity from `blendOfPopularity`
 * @param blend [items]
 */
export function blendOfBasket(
  evidence: QueryEvidence,
  best: Pick<BestEvidence, BasketKind>,
  { among, popularity, hasViews }: { among: Int32Array; popularity: Float32Array; hasViews: boolean },
  blend: Float64Array,
): void {
  for (const item of among) {
    blend[item] =
      BLEND_FLOOR +
      evidence.ease[item]! / best.ease +
      BLEND_WEIGHTS.walk * (evidence.walk[item]! / best.walk) +
      BLEND_WEIGHTS.neighbours * (evidence.neighbours[item]! / best.neighbours) +
      BLEND_WEIGHTS.text * evidence.textSingle[item]! +
      BLEND_WEIGHTS.bridge * Math.max(0, evidence.textBridge[item]! / best.bridge) +
      popularity[item]!;
    if (hasViews) blend[item]! += BLEND_WEIGHTS.coViews * (evidence.coViews[item]! / best.coViews);
  }
}

/**
 * Writes into `evidence.blend` what the basket says of each item of `among`, and what the shopper's purchases do.
 *
 * @param ofBasket from `blendOfBasket`
 */
export function addHistoryToBlend(
  evidence: QueryEvidence,
  { historyEase }: Pick<BestEvidence, HistoryKind>,
  among: Int32Array,
  ofBasket: Float64Array,
): void {
  for (const item of among) {
    evidence.blend[item] =
      ofBasket[item]! +
      BLEND_WEIGHTS.historyEase * (evidence.historyEase[item]! / historyEase) +
      BLEND_WEIGHTS.bought * evidence.boughtDecayed180[item]!;
  }
}

export function findBestOfBasket(
  evidence: QueryEvidence,
  among: Int32Array,
  { hasBridge, hasViews }: { hasBridge: boolean; hasViews: boolean },
): Pick<BestEvidence, BasketKind> {
  return {
    ease: highest(evidence.ease, among, 1e-6),
    walk: highest(evidence.walk, among, 1e-9),
    neighbours: highest(evidence.neighbours, among, 1e-6),
    bridge: hasBridge ? highest(evidence.textBridge, among, 1e-9) : 1,
    coViews: hasViews ? highest(evidence.coViews, among, 1e-9) : 1,
  };
}

/** @param hasTaste whether the shopper has a history; without one its evidence is 0 of every item */
export function findBestOfHistory(
  evidence: QueryEvidence,
  among: Int32Array,
  hasTaste: boolean,
): Pick<BestEvidence, HistoryKind> {
  return {
    historyEase: hasTaste ? highest(evidence.historyEase, among, 1e-6) : 1,
    historyWalk: hasTaste ? highest(evidence.historyWalk, among, 1e-9) : 1,
  };
}

function highest(values: Float32Array, among: Int32Array, floor: number): number {
  let most = floor;
  for (const item of among) if (values[item]! > most) most = values[item]!;
  return most;
}

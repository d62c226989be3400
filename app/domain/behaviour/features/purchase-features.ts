import type { BehaviourQuery } from "#app/domain/behaviour/behaviour-model.ts";
import { openCandidateFeatures, type BestOfBasket, type BestOfHistory } from "./candidate-features.ts";
import { strongest } from "#app/domain/behaviour/item-links.ts";
import {
  clearEvidence,
  clearHistory,
  gatherBasket,
  gatherHistory,
  openEvidence,
  type FeatureSources,
  type QueryEvidence,
} from "./query-evidence.ts";

interface Candidates {
  /** Item indices, highest blend first. */
  readonly candidates: readonly number[];
  /** [items] the rough score that picked them; higher is likelier. */
  readonly blend: Float32Array;
  /**
   * @param positions places in `candidates`; all by default
   * @returns [positions × width]
   */
  describe(positions?: readonly number[]): Float32Array;
}

/**
 * Makes the features of a query's likeliest items.
 *
 * @param eligible items that can be candidates
 * @returns `pick` takes the `limit` strongest candidates by a rough blend and can describe them. It reuses its memory,
 *   so each call invalidates the previous result
 */
export function openPurchaseFeatures(
  sources: FeatureSources,
  eligible: readonly number[],
): {
  /** Number of features per item. */
  readonly width: number;
  pick(query: BehaviourQuery, limit: number, excluded: ReadonlySet<number>): Candidates;
} {
  const evidence = openEvidence(sources);
  const { width, describe } = openCandidateFeatures(sources, evidence);
  const among = Int32Array.from(eligible);
  const popularity = blendOfPopularity(sources.sales);
  const hasBridge = sources.textBridge.vectors.terms > 0;
  const hasViews = sources.coViews !== null;
  const ofBasket = new Float64Array(sources.items.length);
  const gather = (basket: readonly number[]) => {
    clearEvidence(evidence);
    gatherBasket(sources, basket, evidence);
    const best = findBestOfBasket(evidence, among, { hasBridge, hasViews });
    blendOfBasket(evidence, best, { among, popularity, hasViews }, ofBasket);
    return { basket, best };
  };
  const ask = (query: BehaviourQuery, { best }: ReturnType<typeof gather>) => {
    clearHistory(evidence);
    const shopper = gatherHistory(sources, query, evidence);
    const ofHistory = findBestOfHistory(evidence, among, shopper.taste.length > 0);
    return { query, shopper, best: { ...best, ...ofHistory } };
  };
  // The same basket is asked as customer and as guest, and the same query with and without earlier purchases. Gathered
  // evidence is reused between these calls.
  let gathered: ReturnType<typeof gather> | null = null;
  let asked: ReturnType<typeof ask> | null = null;
  return {
    width,
    pick(query, limit, excluded) {
      if (query.basket !== gathered?.basket) gathered = gather(query.basket);
      if (query !== asked?.query) asked = ask(query, gathered);
      const { shopper, best } = asked;
      addHistoryToBlend(evidence, best, among, ofBasket);
      // Not above the floor of `strongest`, so these are no candidates.
      for (const item of query.basket) evidence.blend[item] = 0;
      for (const item of excluded) evidence.blend[item] = 0;
      const candidates = strongest(among, evidence.blend, limit);
      return {
        candidates,
        blend: evidence.blend,
        describe: (positions = [...candidates.keys()]) =>
          describe(positions, { query, shopper, candidates, best }),
      };
    },
  };
}

/** Keeps the blend above 0 for items with negative weights, so that a small catalogue still fills its ranking. */
const BLEND_FLOOR = 10;

/**
 * Weight of each kind of evidence relative to the basket's EASE score. Each kind is a share of its best, except text, a
 * similarity of 0 to 1, and purchases, counted with a half-life of 180 days. Round guesses, not tuned: the blend only
 * has to include the items that are bought, and the network ranks them.
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

/** Weight of `ln(1 + orders per day)`, to rank items without other evidence. A round guess; not tuned. */
const POPULARITY_WEIGHT = 0.02;

/** [items] popularity term of the blend, from the last 60 days. */
function blendOfPopularity({ recentPerDay }: FeatureSources["sales"]): Float32Array {
  return recentPerDay[1].map((perDay) => POPULARITY_WEIGHT * Math.log1p(perDay));
}

/**
 * Writes the basket's part of the blend: a weighted sum of the evidence, each kind as a share of its best.
 *
 * @param popularity from `blendOfPopularity`
 * @param blend [items]; only the items of `among` are written
 */
function blendOfBasket(
  evidence: QueryEvidence,
  best: BestOfBasket,
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
 * Writes the basket's part plus the shopper's history into `evidence.blend` for the items of `among`.
 *
 * @param ofBasket from `blendOfBasket`
 */
function addHistoryToBlend(
  evidence: QueryEvidence,
  { historyEase }: BestOfHistory,
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

function findBestOfBasket(
  evidence: QueryEvidence,
  among: Int32Array,
  { hasBridge, hasViews }: { hasBridge: boolean; hasViews: boolean },
): BestOfBasket {
  return {
    ease: highest(evidence.ease, among, 1e-6),
    walk: highest(evidence.walk, among, 1e-9),
    neighbours: highest(evidence.neighbours, among, 1e-6),
    bridge: hasBridge ? highest(evidence.textBridge, among, 1e-9) : 1,
    coViews: hasViews ? highest(evidence.coViews, among, 1e-9) : 1,
  };
}

/** @param hasTaste whether the shopper has a history; without one all history evidence is 0 */
function findBestOfHistory(evidence: QueryEvidence, among: Int32Array, hasTaste: boolean): BestOfHistory {
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

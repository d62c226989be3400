import type { BehaviourQuery } from "./behaviour-model.ts";
import { blendEvidence, blendOfPopularity, findBest } from "./candidate-blend.ts";
import { openCandidateFeatures } from "./candidate-features.ts";
import { strongest } from "./item-links.ts";
import { gatherBasket, gatherHistory, QueryEvidence, type FeatureSources } from "./query-evidence.ts";

interface Candidates {
  /** Item indices, the likeliest by the blend first. */
  readonly candidates: readonly number[];
  /** [items] the crude blend that picked them; higher is likelier. */
  readonly blend: Float32Array;
  /**
   * @param positions of candidates, all of them when absent
   * @returns [positions × width]
   */
  describe(positions?: readonly number[]): Float32Array;
}

/**
 * Makes the features of a query's likeliest items.
 *
 * @param eligible items that may be candidates at all
 * @returns `pick` takes the `limit` strongest candidates of a crude blend, which can then be described. It reuses its
 *   memory: what it returned before is lost
 */
export function openPurchaseFeatures(
  sources: FeatureSources,
  eligible: readonly number[],
): {
  /** Features of an item. */
  readonly width: number;
  pick(query: BehaviourQuery, limit: number, excluded: ReadonlySet<number>): Candidates;
} {
  const evidence = new QueryEvidence(sources);
  const { width, describe } = openCandidateFeatures(sources, evidence);
  const among = Int32Array.from(eligible);
  const popularity = blendOfPopularity(sources.sales);
  const hasBridge = sources.textBridge.vectors.terms > 0;
  const hasViews = sources.coViews !== null;
  // What the evidence says of a basket is asked for several times in a row: as its customer's, as a guest's, as explore.
  let gathered: readonly number[] | null = null;
  return {
    width,
    pick(query, limit, excluded) {
      if (query.basket === gathered) evidence.clearHistory();
      else {
        evidence.clear();
        gatherBasket(sources, query.basket, evidence);
        gathered = query.basket;
      }
      const shopper = gatherHistory(sources, query, evidence);
      const best = findBest(evidence, among, { hasTaste: shopper.taste.length > 0, hasBridge, hasViews });
      blendEvidence(evidence, best, { among, popularity, hasViews });
      // Below the floor of `strongest`, so that they are no candidates.
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

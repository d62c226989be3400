import type { BehaviourQuery } from "#app/domain/behaviour/behaviour-model.ts";
import {
  addHistoryToBlend,
  blendOfBasket,
  blendOfPopularity,
  findBestOfBasket,
  findBestOfHistory,
} from "./candidate-blend.ts";
import { openCandidateFeatures } from "./candidate-features.ts";
import { strongest } from "#app/domain/behaviour/item-links.ts";
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
  const ofBasket = new Float64Array(sources.items.length);
  const gather = (basket: readonly number[]) => {
    evidence.clear();
    gatherBasket(sources, basket, evidence);
    const best = findBestOfBasket(evidence, among, { hasBridge, hasViews });
    blendOfBasket(evidence, best, { among, popularity, hasViews }, ofBasket);
    return { basket, best };
  };
  const ask = (query: BehaviourQuery, { best }: ReturnType<typeof gather>) => {
    evidence.clearHistory();
    const shopper = gatherHistory(sources, query, evidence);
    const ofHistory = findBestOfHistory(evidence, among, shopper.taste.length > 0);
    return { query, shopper, best: { ...best, ...ofHistory } };
  };
  // A basket is asked about several times in a row, as its customer's and as a guest's, and a query with and without
  // what the customer bought before: what is known of it still holds.
  let gathered: ReturnType<typeof gather> | null = null;
  let asked: ReturnType<typeof ask> | null = null;
  return {
    width,
    pick(query, limit, excluded) {
      if (query.basket !== gathered?.basket) gathered = gather(query.basket);
      if (query !== asked?.query) asked = ask(query, gathered);
      const { shopper, best } = asked;
      addHistoryToBlend(evidence, best, among, ofBasket);
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

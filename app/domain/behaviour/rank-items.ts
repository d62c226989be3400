import type { Forecasted } from "./calibration-error.ts";
import type { CompletionCase } from "./completion-cases.ts";
import { strongest } from "./item-links.ts";
import type { BehaviourQuery } from "./behaviour-model.ts";

interface Scorer {
  score(query: BehaviourQuery, into: Float32Array, isExcluded?: (item: number) => boolean): void;
}

interface RankingRequest {
  /** Item indices that may be ranked, each once. */
  readonly eligible: readonly number[];
  /** Number of all items. */
  readonly items: number;
  readonly k: number;
  /** Leave out what the customer bought before. */
  readonly isExplore: boolean;
  /** [items] memory for the scores, which are left in it. */
  readonly scores?: Float32Array;
}

/**
 * The items likeliest to complete a query, best first, none of its own.
 *
 * @returns at most `k`, fewer only when fewer are eligible
 */
export function rankItems(
  model: Scorer,
  query: BehaviourQuery,
  { eligible, items, k, isExplore, scores = new Float32Array(items) }: RankingRequest,
): number[] {
  const left = new Set(query.basket);
  if (isExplore) for (const { item } of query.history) left.add(item);
  model.score(query, scores, (item) => left.has(item));
  const open = eligible.filter((item) => !left.has(item));
  return strongest(open, scores, k, -Infinity);
}

/** Hit rate and normalised discounted cumulative gain at 10 over cases, each 0 to 1. */
export interface RankingMeasure {
  /** [cases] the gain of each case, 0 to 1; `ndcg10` is their mean. */
  readonly gains: Float64Array;
  readonly hr10: number;
  readonly ndcg10: number;
}

const DEPTH = 10;

/**
 * Measures models on the same cases, case by case, so that models which share what they gather gather it once. Binary
 * gains; the ideal ranking has `min(10, bought)` hits.
 *
 * @returns one measure a model, in their order
 * @throws DOMException AbortError when the signal is aborted
 * @see Järvelin & Kekäläinen 2002
 */
export async function measureRankings(
  models: readonly Scorer[],
  cases: readonly CompletionCase[],
  { signal, ...universe }: { eligible: readonly number[]; items: number; signal?: AbortSignal | undefined },
): Promise<RankingMeasure[]> {
  const hits = new Uint32Array(models.length);
  const gains = models.map(() => new Float64Array(cases.length));
  const scores = new Float32Array(universe.items);
  for (const [at, { query, bought, isExplore }] of cases.entries()) {
    const wanted = new Set(bought);
    let ideal = 0;
    for (let rank = 0; rank < Math.min(DEPTH, wanted.size); rank++) ideal += 1 / Math.log2(rank + 2);
    models.forEach((model, index) => {
      let gain = 0;
      rankItems(model, query, { ...universe, k: DEPTH, isExplore, scores }).forEach((item, rank) => {
        if (wanted.has(item)) gain += 1 / Math.log2(rank + 2);
      });
      if (gain > 0) hits[index]!++;
      gains[index]![at] = gain / ideal;
    });
    if (at % 64 === 63) {
      signal?.throwIfAborted();
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  const count = Math.max(1, cases.length);
  return gains.map((ofModel, index) => ({
    gains: ofModel,
    hr10: hits[index]! / count,
    ndcg10: ofModel.reduce((sum, gain) => sum + gain, 0) / count,
  }));
}

/**
 * What a model that scores by the logarithm of the purchase probability says of the ten best items of each case, and
 * whether each was bought.
 *
 * @returns [cases] lists of at most ten
 */
export function forecastTop(
  model: Scorer,
  cases: readonly CompletionCase[],
  universe: { eligible: readonly number[]; items: number },
): Forecasted[][] {
  const scores = new Float32Array(universe.items);
  return cases.map(({ query, bought, isExplore }) =>
    rankItems(model, query, { ...universe, k: DEPTH, isExplore, scores }).map((item) => ({
      probability: Math.exp(scores[item]!),
      isBought: bought.includes(item),
    })),
  );
}

/**
 * Whether a challenger's mean gain is above the holder's by more than one standard error of the difference, case by
 * case: on a few dozen orders the best of many methods is best by luck.
 *
 * @param challenger.gains of the same cases in the same order as the holder's
 */
export function isClearlyBetter(challenger: RankingMeasure, holder: RankingMeasure): boolean {
  const cases = challenger.gains.length;
  if (cases < 2) return false;
  const mean = challenger.ndcg10 - holder.ndcg10;
  let squares = 0;
  for (let at = 0; at < cases; at++) squares += (challenger.gains[at]! - holder.gains[at]! - mean) ** 2;
  return mean > Math.sqrt(squares / (cases - 1) / cases);
}

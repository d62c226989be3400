import type { CompletionCase } from "./completion-cases.ts";
import { strongest } from "./item-links.ts";
import type { BehaviourQuery } from "./behaviour-model.ts";

interface Scorer {
  score(query: BehaviourQuery, into: Float32Array, isExcluded?: (item: number) => boolean): void;
}

export interface RankingRequest {
  /** Item indices that may be ranked, each once. */
  readonly eligible: readonly number[];
  /** Number of all items. */
  readonly items: number;
  readonly k: number;
  /** Leave out what the customer bought before. */
  readonly isExplore: boolean;
  /** [items] memory for the scores; those of the ranked are left in it, shifted above 0. */
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
  // Scores may be negative; `strongest` keeps positive ones only.
  let lowest = 0;
  for (const item of open) lowest = Math.min(lowest, scores[item]!);
  for (const item of open) scores[item]! += 1e-6 - lowest;
  return strongest(open, scores, k);
}

/** Hit rate and normalised discounted cumulative gain at 10 over cases, each 0 to 1. */
export interface RankingMeasure {
  readonly cases: number;
  readonly hr10: number;
  readonly ndcg10: number;
}

const DEPTH = 10;

/**
 * Measures a model on cases. Binary gains; the ideal ranking has `min(10, bought)` hits.
 *
 * @see Järvelin & Kekäläinen 2002
 */
export function measureRanking(
  model: Scorer,
  cases: readonly CompletionCase[],
  universe: { eligible: readonly number[]; items: number },
): RankingMeasure {
  let hits = 0;
  let gains = 0;
  for (const { query, bought, isExplore } of cases) {
    const wanted = new Set(bought);
    const ranked = rankItems(model, query, { ...universe, k: DEPTH, isExplore });
    let gain = 0;
    ranked.forEach((item, rank) => {
      if (wanted.has(item)) gain += 1 / Math.log2(rank + 2);
    });
    let ideal = 0;
    for (let rank = 0; rank < Math.min(DEPTH, wanted.size); rank++) ideal += 1 / Math.log2(rank + 2);
    if (gain > 0) hits++;
    gains += gain / ideal;
  }
  const count = Math.max(1, cases.length);
  return { cases: cases.length, hr10: hits / count, ndcg10: gains / count };
}

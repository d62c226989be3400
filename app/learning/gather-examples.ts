import type { CompletionCase } from "#app/domain/behaviour/completion-cases.ts";
import { FEATURE_COUNT, type openPurchaseFeatures } from "#app/domain/behaviour/purchase-features.ts";
import type { PurchaseExamples } from "./network-gradients.ts";

/** Added to the score of a place without a candidate: its probability is then 0 in 32 bits. */
export const PADDING = -1e9;

/**
 * Turns cases into the network's examples. A case whose purchases are not among the candidates teaches nothing and
 * is left out.
 *
 * @param candidates of each query
 */
export function gatherExamples(
  cases: readonly CompletionCase[],
  features: ReturnType<typeof openPurchaseFeatures>,
  candidates: number,
): PurchaseExamples {
  const rows: { x: Float32Array; bought: Float32Array; count: number }[] = [];
  for (const { query, bought, isExplore } of cases) {
    const known = new Set(isExplore ? query.history.map(({ item }) => item) : []);
    const described = features.describe(query, candidates, (item) => known.has(item));
    const wanted = new Set(bought);
    const hits = described.candidates.flatMap((item, position) => (wanted.has(item) ? [position] : []));
    if (hits.length === 0) continue;
    const shares = new Float32Array(candidates);
    for (const position of hits) shares[position] = 1 / hits.length;
    rows.push({ x: described.features, bought: shares, count: described.candidates.length });
  }
  const x = new Float32Array(rows.length * candidates * FEATURE_COUNT);
  const shares = new Float32Array(rows.length * candidates);
  const padding = new Float32Array(rows.length * candidates);
  rows.forEach((row, query) => {
    x.set(row.x, query * candidates * FEATURE_COUNT);
    shares.set(row.bought, query * candidates);
    padding.fill(PADDING, query * candidates + row.count, (query + 1) * candidates);
  });
  return { queries: rows.length, candidates, features: FEATURE_COUNT, x, bought: shares, padding };
}

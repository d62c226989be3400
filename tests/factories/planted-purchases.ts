import { openNetwork, type NetworkWeights } from "#app/domain/behaviour/networks/network-weights.ts";
import { seededRandom } from "#app/domain/numbers/random.ts";
import type { PurchaseExamples } from "#app/learning/networks/gather-examples.ts";

/** Candidates per query; the last one is padding. */
const CANDIDATES = 6;
const FEATURES = 3;

/** The candidate with its first feature closest to 0.5 is bought, which no linear score can express. */
export function plantedPurchases(queries: number, seed: number): PurchaseExamples {
  const random = seededRandom(seed);
  const x = Float32Array.from({ length: queries * CANDIDATES * FEATURES }, () => random());
  const bought = new Float32Array(queries * CANDIDATES);
  const padding = new Float32Array(queries * CANDIDATES);
  for (let query = 0; query < queries; query++) {
    const distance = (candidate: number) => Math.abs(x[(query * CANDIDATES + candidate) * FEATURES]! - 0.5);
    const order = [...Array(CANDIDATES - 1).keys()].sort((a, b) => distance(a) - distance(b));
    bought[query * CANDIDATES + order[0]!] = 1;
    padding[query * CANDIDATES + CANDIDATES - 1] = -1e9;
  }
  return { queries, candidates: CANDIDATES, features: FEATURES, x, bought, padding };
}

/** The candidates of each query, the most likely first. */
export function rankPurchases(
  weights: NetworkWeights,
  { queries, candidates, x }: PurchaseExamples,
): number[][] {
  const scores = openNetwork(weights)(x);
  return Array.from({ length: queries }, (_, query) => {
    const scoreOf = (candidate: number) => scores[query * candidates + candidate]!;
    return [...Array(candidates - 1).keys()].sort((a, b) => scoreOf(b) - scoreOf(a));
  });
}

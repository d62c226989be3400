/** Logarithm of each candidate's rank by the scores, the best 0. */
export function rankAmong(candidates: readonly number[], scores: Float32Array): Float32Array {
  const order = [...candidates.keys()].sort(
    (a, b) => scores[candidates[b]!]! - scores[candidates[a]!]! || a - b,
  );
  const ranks = new Float32Array(candidates.length);
  order.forEach((position, rank) => (ranks[position] = Math.log1p(rank)));
  return ranks;
}

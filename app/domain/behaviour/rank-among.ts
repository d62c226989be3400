import { lowerBound } from "#app/domain/lower-bound.ts";

/** Logarithm of each candidate's rank by the scores, the best 0; of equal scores the earlier candidate ranks first. */
export function rankAmong(candidates: readonly number[], scores: Float32Array): Float32Array {
  const count = candidates.length;
  const own = Float32Array.from(candidates, (item) => scores[item]!);
  // Sorted without a comparator, which would be called a thousand times: equal scores are told apart below.
  const ascending = own.slice().sort();
  const taken = new Uint16Array(count);
  const ranks = new Float32Array(count);
  for (let position = 0; position < count; position++) {
    const better = count - countUpTo(ascending, own[position]!);
    ranks[position] = Math.log1p(better + taken[better]!);
    taken[better]!++;
  }
  return ranks;
}

/** How many of the ascending values are not above this one. */
function countUpTo(ascending: Float32Array, value: number): number {
  return lowerBound(ascending.length, (at) => ascending[at]! <= value);
}

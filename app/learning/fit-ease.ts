import type { Baskets } from "#app/domain/prepare/baskets.ts";
import { regressTail, type EaseCounts } from "#app/domain/behaviour/ease-tail.ts";
import type { EaseWeights } from "#app/domain/behaviour/ease-weights.ts";
import type { ItemBaskets } from "#app/domain/behaviour/item-baskets.ts";
import { invertSpd } from "./invert-spd.ts";

interface EaseSettings {
  /** λ, added to the diagonal: how many baskets' worth of doubt an item starts with. */
  readonly regularisation: number;
  /** Items in fewer baskets than this have no weights. */
  readonly minBaskets: number;
  /**
   * The inverse costs n³: beyond this many items only the most sold ones are in it, and the others are approximated by
   * `regressTail`. 5,000 items take 100 MB and, on one core of WebAssembly, about 10 s.
   */
  readonly maxItems: number;
  /** Baskets with more items than this are weighed down to it: a day's sales in one order are no one's taste. */
  readonly basketSizeCap: number;
}

export const EASE_DEFAULTS: EaseSettings = {
  regularisation: 50,
  minBaskets: 3,
  maxItems: 5_000,
  basketSizeCap: 1_000_000,
};

/**
 * EASE: the linear map from a basket to itself with a zero diagonal that loses least, in closed form:
 * `P = (XᵀWX + λI)⁻¹`, `B_ij = −P_ij / P_jj`. W weighs baskets by age.
 *
 * @param weights [baskets] from `decayWeights`
 * @throws DOMException AbortError when aborted
 * @see Steck 2019, "Embarrassingly Shallow Autoencoders for Sparse Data". Known weakness: from a single item it is
 *   no better than direct pairs
 */
export async function fitEase(
  baskets: Baskets,
  index: ItemBaskets,
  weights: Float32Array,
  settings: EaseSettings,
  run: { onProgress?: (ratio: number) => void; signal?: AbortSignal } = {},
): Promise<EaseWeights> {
  const { items, tail } = pickItems(index, settings);
  const rowOf = new Int32Array(baskets.items.length).fill(-1);
  items.forEach((item, row) => (rowOf[item] = row));
  const counts = {
    baskets,
    index,
    weights: capWeights(baskets, weights, settings.basketSizeCap),
    regularisation: settings.regularisation,
  };
  const matrix = countTogether(counts, items, rowOf);
  const n = items.length;
  for (let row = 0; row < n; row++) matrix[row * n + row]! += settings.regularisation;
  const regressions = regressTail(counts, { rowOf, size: n, gram: matrix }, tail);
  await invertSpd(matrix, n, run);
  const diagonal = Float32Array.from({ length: n }, (_, row) => matrix[row * n + row]!);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) matrix[i * n + j] = i === j ? 0 : -matrix[i * n + j]! / diagonal[j]!;
  }
  return { items, rowOf, weights: matrix, tail: regressions.finish(diagonal) };
}

/** Items in enough baskets: the most sold ones that the inverse is made of, ascending, and the rest. */
function pickItems({ offsets }: ItemBaskets, { minBaskets, maxItems }: EaseSettings) {
  const count = (item: number) => offsets[item + 1]! - offsets[item]!;
  const sold = [...Array(offsets.length - 1).keys()].filter((item) => count(item) >= minBaskets);
  if (sold.length > maxItems) sold.sort((a, b) => count(b) - count(a) || a - b);
  return { items: Int32Array.from(sold.slice(0, maxItems)).sort(), tail: sold.slice(maxItems) };
}

function capWeights({ offsets }: Baskets, weights: Float32Array, basketSizeCap: number): Float32Array {
  return weights.map(
    (weight, basket) => weight * Math.min(1, basketSizeCap / (offsets[basket + 1]! - offsets[basket]!)),
  );
}

/** XᵀWX over the picked items, row by row, so that no basket pair is held twice. */
function countTogether(
  { baskets, index, weights }: EaseCounts,
  items: Int32Array,
  rowOf: Int32Array,
): Float32Array {
  const n = items.length;
  const matrix = new Float32Array(n * n);
  const sums = new Float64Array(n);
  items.forEach((item, row) => {
    sums.fill(0);
    for (let at = index.offsets[item]!; at < index.offsets[item + 1]!; at++) {
      const basket = index.basket[at]!;
      const end = baskets.offsets[basket + 1]!;
      for (let line = baskets.offsets[basket]!; line < end; line++) {
        const partner = rowOf[baskets.item[line]!]!;
        if (partner >= 0) sums[partner]! += weights[basket]!;
      }
    }
    matrix.set(sums, row * n);
  });
  return matrix;
}

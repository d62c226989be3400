import { indexItemSets, type SetsOfItems } from "#app/domain/behaviour/item-baskets.ts";
import type { ItemSets } from "#app/domain/behaviour/methods/ease-evidence.ts";
import { regressTail, type EaseWeights } from "#app/domain/behaviour/methods/ease-weights.ts";
import { matMul, tensor2d, tidy, neg, sub, transpose, type Tensor2D } from "@tensorflow/tfjs-core";
import type { Baskets } from "#app/domain/prepare/baskets.ts";
import {
  countTermPairs,
  multiplyTerms,
  spreadTerms,
  weighBridgeTerms,
  type TextBridge,
} from "#app/domain/behaviour/methods/text-bridge.ts";
import { pause } from "#app/learning/pause.ts";

// Chosen together with the weights of `gatherEvidence`.
/** λ, added to the diagonal: the weight of the prior, in baskets. */
const REGULARISATION = 20;
/** Dropout share of an item's evidence, so that popular items do not just copy themselves. */
const DROPOUT_RATIO = 0.1;
/** Items in fewer baskets have no weights. */
const MIN_BASKETS = 3;
/**
 * The inverse costs n³. Beyond this many items it holds only the best-selling ones, and `regressTail` approximates the
 * rest. 5,000 items take 100 MB and, on one core of WebAssembly, about 10 s.
 */
const MAX_ITEMS = 5_000;

/**
 * EASE: the linear map from a set of items to itself with a zero diagonal and the least loss, in closed form:
 * `P = (XᵀWX + Λ)⁻¹`, `B_ij = −P_ij / P_jj`. W weights the sets; `Λ_ii = λ + p / (1 − p) · (XᵀWX)_ii`, with p the
 * dropout share.
 *
 * @param evidence from `gatherEvidence`
 * @param sold [items] baskets with each item
 * @param maxItems lower only to measure the cost of the tail
 * @throws DOMException AbortError when aborted
 * @see Steck 2019, "Embarrassingly Shallow Autoencoders for Sparse Data"; Steck 2020, "Autoencoders that don't overfit
 *   towards the identity", for Λ. Known weakness: from a single item it is no better than direct pairs
 */
export async function fitEase(
  evidence: ItemSets,
  sold: Uint32Array,
  run: { onProgress?: (ratio: number) => void; signal?: AbortSignal } = {},
  maxItems = MAX_ITEMS,
): Promise<EaseWeights> {
  const { items, tail } = pickItems(sold, maxItems);
  const rowOf = new Int32Array(sold.length).fill(-1);
  items.forEach((item, row) => (rowOf[item] = row));
  const index = indexItemSets(evidence, sold.length);
  const matrix = countTogether(evidence, index, items, rowOf);
  const n = items.length;
  const regularise = (counted: number) => counted / (1 - DROPOUT_RATIO) + REGULARISATION;
  for (let row = 0; row < n; row++) matrix[row * n + row] = regularise(matrix[row * n + row]!);
  const regressions = regressTail({ evidence, index, regularise }, { rowOf, size: n, gram: matrix }, tail);
  await invertSpd(matrix, n, run);
  const diagonal = Float32Array.from({ length: n }, (_, row) => matrix[row * n + row]!);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) matrix[i * n + j] = i === j ? 0 : -matrix[i * n + j]! / diagonal[j]!;
  }
  return { items, rowOf, weights: matrix, tail: regressions.finish(diagonal) };
}

/** Items in enough baskets: the best-selling ones for the inverse, ascending, and the rest. */
function pickItems(counts: Uint32Array, maxItems: number) {
  const sold = [...counts.keys()].filter((item) => counts[item]! >= MIN_BASKETS);
  if (sold.length > maxItems) sold.sort((a, b) => counts[b]! - counts[a]! || a - b);
  return { items: Int32Array.from(sold.slice(0, maxItems)).sort(), tail: sold.slice(maxItems) };
}

/** XᵀWX over the picked items, row by row. */
function countTogether(
  { offsets, item: items, weight }: ItemSets,
  index: SetsOfItems,
  picked: Int32Array,
  rowOf: Int32Array,
): Float32Array {
  const n = picked.length;
  const matrix = new Float32Array(n * n);
  const sums = new Float64Array(n);
  picked.forEach((item, row) => {
    sums.fill(0);
    for (let at = index.offsets[item]!; at < index.offsets[item + 1]!; at++) {
      const set = index.set[at]!;
      const end = offsets[set + 1]!;
      for (let entry = offsets[set]!; entry < end; entry++) {
        const partner = rowOf[items[entry]!]!;
        if (partner >= 0) sums[partner]! += weight[set]!;
      }
    }
    matrix.set(sums, row * n);
  });
  return matrix;
}

/**
 * Learns which words of one product go with which words of another from co-purchases. M minimises
 * `Σ (c_ij − t_iᵀ M t_j)²` over all pairs with a ridge on each side, in closed form
 * `M = (G + λI)⁻¹ (Tᵀ C T) (G + λI)⁻¹`, `G = Tᵀ T`. T are the term vectors, C the co-purchases without the diagonal,
 * with each basket divided by its size less one. It covers products that nobody has bought yet.
 *
 * @param weights [baskets] by age
 * @throws DOMException AbortError when aborted
 * @see Gantner et al. 2010 (mapping attributes to the space of co-purchases)
 */
export async function fitTextBridge(
  baskets: Baskets,
  weights: Float32Array,
  run: { signal?: AbortSignal } = {},
): Promise<TextBridge> {
  const vectors = weighBridgeTerms(baskets.items);
  const d = vectors.terms;
  if (d === 0) return { vectors, wanted: new Float32Array(0) };
  const gram = multiplyTerms(vectors);
  await invertSpd(gram, d, run);
  const seen = countTermPairs(baskets, weights, vectors);
  return { vectors, wanted: spreadTerms(vectors, await multiply(await multiply(gram, seen, d), gram, d)) };
}

async function multiply(a: Float32Array, b: Float32Array, d: number): Promise<Float32Array> {
  const product = tidy(() => matMul(tensor2d(a, [d, d]), tensor2d(b, [d, d])));
  try {
    // A copy, because some backends return their own memory.
    return Float32Array.from(await product.data());
  } finally {
    product.dispose();
  }
}

/** Side of a tile: large enough for the backend's matrix product, small enough for plain loops on the diagonal. */
const TILE = 256;

/**
 * Inverts a symmetric positive definite matrix by block sweeps on the TensorFlow.js backend: for each block k, with
 * `P = A_kk⁻¹`, every other tile loses A_ik·P·A_kj, and column k becomes A_ik·P. Computes only the lower triangle; n³
 * floating-point operations in all.
 *
 * @param matrix [size × size] row-major; overwritten with the inverse
 * @param onProgress share of the blocks done, 0 to 1
 * @throws RangeError when a diagonal block is not positive definite
 * @throws DOMException AbortError when the signal is aborted
 * @see Goodnight 1979 (the sweep operator). The matrix is first scaled to a unit diagonal, and the diagonal blocks are
 *   inverted in 64 bits; the error of the 32-bit products is about 1e-7 times the condition number
 */
export async function invertSpd(
  matrix: Float32Array,
  size: number,
  { onProgress, signal }: { onProgress?: (ratio: number) => void; signal?: AbortSignal } = {},
): Promise<void> {
  const scale = Float64Array.from({ length: size }, (_, i) => 1 / Math.sqrt(matrix[i * size + i]!));
  if (scale.some((value) => !Number.isFinite(value))) {
    throw new RangeError("a diagonal entry is not positive");
  }
  const count = Math.ceil(size / TILE);
  const tiles: Tensor2D[][] = [];
  try {
    for (let i = 0; i < count; i++) {
      tiles[i] = [];
      for (let j = 0; j <= i; j++) tiles[i]![j] = readTile(matrix, size, scale, i, j);
    }
    for (let k = 0; k < count; k++) {
      await pause(signal);
      await sweep(tiles, k);
      onProgress?.((k + 1) / count);
    }
    for (let i = 0; i < count; i++) {
      for (let j = 0; j <= i; j++) writeTile(matrix, size, scale, i, j, await tiles[i]![j]!.data());
    }
  } finally {
    for (const row of tiles) for (const tile of row) tile.dispose();
  }
}

/** One block's sweep. Products have no transposed operand, because WebAssembly's kernel is 30 times slower then. */
async function sweep(tiles: Tensor2D[][], k: number): Promise<void> {
  const count = tiles.length;
  const pivot = tiles[k]![k]!;
  const inverse = invertInPlace(Float64Array.from(await pivot.data()), pivot.shape[0]);
  const p = tensor2d(Float32Array.from(inverse), pivot.shape); // [k, k]
  const right: Tensor2D[] = []; // A_kj: [k, j]
  const left: Tensor2D[] = []; // A_ik·P: [i, k]
  for (let i = 0; i < count; i++) {
    if (i === k) continue;
    const stored = i > k ? tiles[i]![k]! : tiles[k]![i]!;
    const mirrored = transpose(stored);
    right[i] = i > k ? mirrored : stored;
    const column = i > k ? stored : mirrored; // A_ik: [i, k]
    left[i] = matMul(column, p);
    column.dispose();
  }
  for (let i = 0; i < count; i++) {
    if (i === k) continue;
    for (let j = 0; j <= i; j++) {
      if (j === k) continue;
      const product = matMul(left[i]!, right[j]!) as Tensor2D; // [i, j]
      const old = tiles[i]![j]!;
      tiles[i]![j] = sub(old, product);
      old.dispose();
      product.dispose();
    }
  }
  pivot.dispose();
  tiles[k]![k] = neg(p);
  p.dispose();
  for (let i = 0; i < count; i++) {
    if (i === k) continue;
    right[i]!.dispose();
    if (i > k) tiles[i]![k] = left[i]!;
    else {
      tiles[k]![i] = transpose(left[i]!);
      left[i]!.dispose();
    }
  }
}

/** Inverts a small symmetric positive definite matrix by Gauss-Jordan without pivoting, in 64 bits. */
export function invertInPlace(a: Float64Array, n: number): Float64Array {
  for (let k = 0; k < n; k++) {
    const pivot = a[k * n + k]!;
    if (!(pivot > 0)) throw new RangeError(`not positive definite: pivot ${k} is ${pivot}`);
    a[k * n + k] = 1;
    for (let j = 0; j < n; j++) a[k * n + j]! /= pivot;
    for (let i = 0; i < n; i++) {
      if (i === k) continue;
      const factor = a[i * n + k]!;
      if (factor === 0) continue;
      a[i * n + k] = 0;
      for (let j = 0; j < n; j++) a[i * n + j]! -= factor * a[k * n + j]!;
    }
  }
  return a;
}

function readTile(matrix: Float32Array, size: number, scale: Float64Array, i: number, j: number): Tensor2D {
  const rows = Math.min(TILE, size - i * TILE);
  const columns = Math.min(TILE, size - j * TILE);
  const values = new Float32Array(rows * columns);
  for (let r = 0; r < rows; r++) {
    const row = i * TILE + r;
    for (let c = 0; c < columns; c++) {
      const column = j * TILE + c;
      values[r * columns + c] = matrix[row * size + column]! * scale[row]! * scale[column]!;
    }
  }
  return tensor2d(values, [rows, columns]);
}

/** Writes a tile of the negated inverse and its mirror image, with the scaling undone. */
function writeTile(
  matrix: Float32Array,
  size: number,
  scale: Float64Array,
  i: number,
  j: number,
  values: ArrayLike<number>,
): void {
  const rows = Math.min(TILE, size - i * TILE);
  const columns = Math.min(TILE, size - j * TILE);
  for (let r = 0; r < rows; r++) {
    const row = i * TILE + r;
    for (let c = 0; c < columns; c++) {
      const column = j * TILE + c;
      const value = -values[r * columns + c]! * scale[row]! * scale[column]!;
      matrix[row * size + column] = value;
      matrix[column * size + row] = value;
    }
  }
}

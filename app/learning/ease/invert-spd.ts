import { matMul, neg, sub, tensor2d, transpose, type Tensor2D } from "@tensorflow/tfjs-core";
import { pause } from "#app/learning/pause.ts";

/** Side of a tile: large enough for the backend's matrix product, small enough for plain loops on the diagonal. */
const TILE = 256;

/**
 * Inverse of a symmetric positive definite matrix by block sweeps on the TensorFlow.js backend: for each block k,
 * with P = A_kk⁻¹, every other tile loses A_ik·P·A_kj, and column k becomes A_ik·P. Only the lower triangle is
 * computed; n³ floating-point operations in all.
 *
 * @param matrix [size × size] row-major; overwritten with the inverse
 * @param onProgress share of the blocks done, 0 to 1
 * @throws RangeError when a diagonal block is not positive definite
 * @throws DOMException AbortError when the signal is aborted
 * @see Goodnight 1979 (the sweep operator). The matrix is scaled to a unit diagonal first, and the diagonal blocks
 *   are inverted in 64 bits; what is lost to 32-bit products is about 1e-7 times the condition number
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

/** Inverse of a small symmetric positive definite matrix by Gauss-Jordan without pivoting, in 64 bits. */
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

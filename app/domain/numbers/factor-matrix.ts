/**
 * Lower Cholesky factor of a symmetric positive definite matrix, by rows.
 *
 * @param matrix [size × size]; only its lower half is read
 * @returns null if the matrix is not positive definite
 */
export function factorMatrix(matrix: Float64Array, size: number): Float64Array | null {
  const factor = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = matrix[row * size + column]!;
      for (let inner = 0; inner < column; inner++)
        sum -= factor[row * size + inner]! * factor[column * size + inner]!;
      if (row === column && !(sum > 1e-12 * matrix[row * size + row]!)) return null;
      factor[row * size + column] = row === column ? Math.sqrt(sum) : sum / factor[column * size + column]!;
    }
  }
  return factor;
}

/** Solves `L Lᵀ x = right`. @param factor L, from `factorMatrix` */
export function solveFactored(factor: Float64Array, right: ArrayLike<number>): Float64Array {
  return solveUpper(factor, solveLower(factor, right));
}

/** Solves `L x = right`. The sum of squares of x is `rightᵀ (L Lᵀ)⁻¹ right`. */
export function solveLower(factor: Float64Array, right: ArrayLike<number>): Float64Array {
  const size = right.length;
  const x = Float64Array.from(right);
  for (let row = 0; row < size; row++) {
    let left = x[row]!;
    for (let inner = 0; inner < row; inner++) left -= factor[row * size + inner]! * x[inner]!;
    x[row] = left / factor[row * size + row]!;
  }
  return x;
}

/** Solves `Lᵀ x = right`. Turns independent normal draws into draws with covariance `(L Lᵀ)⁻¹`. */
export function solveUpper(factor: Float64Array, right: ArrayLike<number>): Float64Array {
  const size = right.length;
  const x = Float64Array.from(right);
  for (let row = size - 1; row >= 0; row--) {
    for (let inner = row + 1; inner < size; inner++) x[row]! -= factor[inner * size + row]! * x[inner]!;
    x[row]! /= factor[row * size + row]!;
  }
  return x;
}

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += a[at]! * b[at]!;
  return sum;
}

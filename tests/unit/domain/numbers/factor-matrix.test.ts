import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { factorMatrix, solveFactored } from "#app/domain/numbers/factor-matrix.ts";

describe("factorMatrix", () => {
  it.each([
    ["indefinite", [1, 2, 2, 1]],
    ["singular", [1, 1, 1, 1]],
    ["of zeros", [0, 0, 0, 0]],
    ["of no numbers", [NaN, 0, 0, 1]],
  ])("is null for a matrix that is %s", (_, matrix) => {
    expect(factorMatrix(Float64Array.from(matrix), 2)).toBeNull();
  });

  it("gives a factor that solves the system", () => {
    const size = 4;
    const numbers = (length: number) =>
      fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: length, maxLength: length });
    fc.assert(
      fc.property(numbers(size * size), numbers(size), (root, right) => {
        // RᵀR + I is positive definite, whatever R is.
        const matrix = Float64Array.from({ length: size * size }, (_, at) => {
          const [i, j] = [Math.floor(at / size), at % size];
          let sum = i === j ? 1 : 0;
          for (let k = 0; k < size; k++) sum += root[k * size + i]! * root[k * size + j]!;
          return sum;
        });
        const x = solveFactored(factorMatrix(matrix, size)!, right);
        for (let i = 0; i < size; i++) {
          let product = 0;
          for (let j = 0; j < size; j++) product += matrix[i * size + j]! * x[j]!;
          expect(product).toBeCloseTo(right[i]!, 6);
        }
      }),
    );
  });
});

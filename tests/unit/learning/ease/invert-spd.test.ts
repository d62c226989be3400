import { memory } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { seededRandom } from "#app/domain/numbers/random.ts";
import { invertInPlace, invertSpd } from "#app/learning/ease/fit-ease.ts";
import { chooseBackend } from "#jobs/backend.ts";

beforeAll(async () => {
  await chooseBackend("wasm");
});

/** FᵀF + λI with entries of very different magnitude, like counts of best sellers and slow sellers. */
function randomSpd(size: number, lambda: number): Float32Array {
  const random = seededRandom(size);
  const rank = 30;
  const factors = Float64Array.from({ length: size * rank }, (_, at) => random() * (1 + (at % 7)));
  const matrix = new Float32Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      let sum = i === j ? lambda : 0;
      for (let k = 0; k < rank; k++) sum += factors[i * rank + k]! * factors[j * rank + k]!;
      matrix[i * size + j] = sum;
    }
  }
  return matrix;
}

describe("the inverse on the tensor backend", () => {
  it("refuses a matrix that is not positive definite", async () => {
    await expect(invertSpd(Float32Array.from([1, 2, 2, 1]), 2)).rejects.toThrow(RangeError);
    await expect(invertSpd(Float32Array.from([0]), 1)).rejects.toThrow(RangeError);
    expect(memory().numTensors).toBe(0);
  });

  it("stops when aborted, and leaves no tensor behind", async () => {
    const signal = AbortSignal.abort();
    await expect(invertSpd(randomSpd(10, 50), 10, { signal })).rejects.toThrow(/abort/i);
    expect(memory().numTensors).toBe(0);
  });

  it.each([0, 1, 5, 256, 257, 600])(
    "of %d rows matches the 64-bit inverse within a thousandth of its scale",
    async (size) => {
      const matrix = randomSpd(size, 50);
      const exact = invertInPlace(Float64Array.from(matrix), size);
      await invertSpd(matrix, size);
      const scale = exact.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      const worst = exact.reduce((most, value, at) => Math.max(most, Math.abs(value - matrix[at]!)), 0);
      expect(worst).toBeLessThanOrEqual(1e-3 * scale);
      expect(memory().numTensors).toBe(0);
    },
  );
});

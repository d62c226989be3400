import { expect, it } from "vitest";
import { LARGE_WORKER_BYTES, SMALL_RUN_BYTES, toTrainingNeed } from "#app/domain/retraining.ts";

const GIB = 2 ** 30;

it.each([
  ["1 million lines", { lines: 1_000_000, products: 4_000 }, 1.2, 38],
  ["10 million lines", { lines: 10_000_000, products: 20_000 }, 4.6, 169],
])("toTrainingNeed of a run with %s is the measured need plus at most 30 %%", (_, size, gib, seconds) => {
  const need = toTrainingNeed(size);
  expect(need.memoryBytes / GIB).toBeGreaterThanOrEqual(gib);
  expect(need.memoryBytes / GIB).toBeLessThan(gib * 1.3);
  expect(need.seconds).toBeGreaterThanOrEqual(seconds);
  expect(need.seconds).toBeLessThan(seconds * 1.3);
});

it("a large worker has room for the largest expected run and two small ones", () => {
  const largest = toTrainingNeed({ lines: 10_000_000, products: 20_000 }).memoryBytes;
  expect(largest).toBeGreaterThan(SMALL_RUN_BYTES);
  expect(largest + 2 * SMALL_RUN_BYTES).toBeLessThanOrEqual(LARGE_WORKER_BYTES);
});

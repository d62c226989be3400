import { expect, it } from "vitest";
import { LARGE_WORKER_BYTES, SMALL_RUN_BYTES, estimateMemoryBytes } from "#app/domain/retraining.ts";

const GIB = 2 ** 30;

it.each([
  ["1 million lines", { lines: 1_000_000, products: 4_000 }, 1.2],
  ["10 million lines", { lines: 10_000_000, products: 20_000 }, 4.6],
])("a run with %s is estimated at the measured memory plus at most 30 %%", (_, size, gib) => {
  const estimated = estimateMemoryBytes(size) / GIB;
  expect(estimated).toBeGreaterThanOrEqual(gib);
  expect(estimated).toBeLessThan(gib * 1.3);
});

it("a large worker has room for the largest expected run and two small ones", () => {
  const largest = estimateMemoryBytes({ lines: 10_000_000, products: 20_000 });
  expect(largest).toBeGreaterThan(SMALL_RUN_BYTES);
  expect(largest + 2 * SMALL_RUN_BYTES).toBeLessThanOrEqual(LARGE_WORKER_BYTES);
});

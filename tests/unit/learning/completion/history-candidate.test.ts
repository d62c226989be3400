import { memory } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { prepareBaskets } from "#app/domain/prepare/prepare-baskets.ts";
import type { Baskets } from "#app/domain/prepare/baskets.ts";
import { refitHistory, trainHistoryCandidate } from "#app/learning/completion/history-candidate.ts";
import { chooseBackend } from "#jobs/backend.ts";
import { plantedOrders } from "#tests/factories/planted-shop.ts";
import { inEnglish } from "#tests/factories/write-english.ts";

const run = { seed: 1, onRatio: () => {} };

function plant(orders: number, products: number): Baskets {
  return prepareBaskets(plantedOrders({ orders, products, days: 200, seed: 2 }), [], { currency: "USD" })
    .baskets;
}

describe("the Transformer over histories as a candidate", () => {
  beforeAll(async () => {
    await chooseBackend("wasm");
  });

  it("is none in a small shop, nor in a log without dates", async () => {
    const small = plant(400, 20);
    const count = small.placedAtMs.length;
    expect(await trainHistoryCandidate(small, count, run)).toEqual({
      ok: false,
      reason: { code: "training.few", values: { missing: 1_000 - count } },
    });
    const undated = { ...small, placedAtMs: new Float64Array(count).fill(1) };
    expect(await trainHistoryCandidate(undated, count, run)).toEqual({
      ok: false,
      reason: { code: "training.undated", values: {} },
    });
  });

  it("is none where one core would take too long, and says what it would take", async () => {
    const wide = plant(12_000, 1_500);
    const candidate = await trainHistoryCandidate(wide, wide.placedAtMs.length, run);
    expect(candidate.ok ? "" : inEnglish(candidate.reason)).toMatch(
      /^Not trained: takes \d+ billion multiply-adds, 2 are spent without a graphics card$/,
    );
  });

  it("is trained where it is affordable, and goes on over all orders", async () => {
    const baskets = plant(1_600, 40);
    const candidate = await trainHistoryCandidate(baskets, 1_300, run);
    if (!candidate.ok) throw new Error(candidate.reason.code);
    expect(candidate.fit.losses.length).toBeGreaterThan(0);
    const into = new Float32Array(baskets.items.length);
    const model = await refitHistory(baskets, candidate.fit, run);
    model.score({ basket: [0], atMs: baskets.placedAtMs.at(-1)!, history: [] }, into);
    expect(into.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 4);
    expect(memory().numTensors).toBe(0);
  });
});

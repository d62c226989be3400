import { memory } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { prepareBaskets } from "#app/domain/prepare/prepare-baskets.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { trainBehaviour } from "#app/learning/train-behaviour.ts";
import { chooseBackend } from "#jobs/backend.ts";
import { orderLine } from "#tests/factories/order-lines.ts";
import { PLANTED_START_MS, plantedOrders } from "#tests/factories/planted-shop.ts";

const DAYS = 200;
const CUTOFF_MS = PLANTED_START_MS + (DAYS + 1) * DAY_MS;

function prepare(lines: Iterable<ReturnType<typeof orderLine>>) {
  return prepareBaskets(lines, [], { currency: "USD" }).baskets;
}

beforeAll(async () => {
  await chooseBackend("wasm");
});

describe("training the behaviour model", { timeout: 60_000 }, () => {
  it("refuses a shop without orders before the cutoff", async () => {
    await expect(trainBehaviour(prepare([]), { cutoffMs: CUTOFF_MS, seed: 1 })).rejects.toThrow(RangeError);
  });

  it("of a single order gives a model without partners", async () => {
    const { eligible, neighbours, losses } = await trainBehaviour(
      prepare([orderLine(), orderLine({ itemKey: "SKU-2" })]),
      {
        cutoffMs: CUTOFF_MS,
        seed: 1,
      },
    );
    expect(eligible).toEqual([]);
    expect(losses).toEqual([]);
    expect(neighbours.partner.every((partner) => partner === -1)).toBe(true);
  });

  it("stops when aborted, and leaves no tensor behind", async () => {
    const abort = new AbortController();
    const run = trainBehaviour(prepare(plantedOrders({ orders: 800, products: 40, days: DAYS, seed: 1 })), {
      cutoffMs: CUTOFF_MS,
      seed: 1,
      signal: abort.signal,
      onProgress: (ratio) => ratio > 0.3 && abort.abort(),
    });
    await expect(run).rejects.toThrow(/abort/i);
    expect(memory().numTensors).toBe(0);
  });

  it("of a small shop finds the partners, beats popularity on later orders and shows every candidate", async () => {
    const baskets = prepare(plantedOrders({ orders: 1_400, products: 60, days: DAYS, seed: 2 }));
    const ratios: number[] = [];
    const trained = await trainBehaviour(baskets, {
      cutoffMs: CUTOFF_MS,
      seed: 1,
      onProgress: (ratio) => ratios.push(ratio),
    });
    const itemOf = new Map(baskets.items.map(({ key }, item) => [key, item]));
    let found = 0;
    for (let pair = 0; pair < 30; pair++) {
      const item = itemOf.get(`SKU-${2 * pair}`)!;
      if (trained.neighbours.partner[item * trained.neighbours.count] === itemOf.get(`SKU-${2 * pair + 1}`))
        found++;
    }
    expect(found).toBeGreaterThanOrEqual(27);

    for (const task of ["cart", "product"]) {
      const ofTask = trained.candidates.filter(({ name }) => name.endsWith(`(${task})`));
      const chosen = ofTask.filter(({ isChosen }) => isChosen);
      expect(chosen).toHaveLength(1);
      expect(ofTask.map(({ name }) => name)).toContain(`relu network (${task})`);
      const popularity = ofTask.find(({ name }) => name === `popularity (${task})`)!;
      expect(chosen[0]!.ndcg10).toBeGreaterThan(1.3 * popularity.ndcg10);
    }
    expect(trained.losses.length).toBeGreaterThan(0);
    expect(ratios).toEqual(ratios.slice().sort((a, b) => a - b));
    expect(ratios.at(-1)).toBe(1);
    expect(memory().numTensors).toBe(0);
  }, 120_000);

  it("learns nothing from orders at or after the cutoff", async () => {
    const before = [...plantedOrders({ orders: 300, products: 20, days: DAYS, seed: 3 })];
    const after = before.map((line) => ({
      ...line,
      orderId: `later ${line.orderId}`,
      placedAtMs: CUTOFF_MS + 1,
      unitPriceMinor: 1,
    }));
    const scoresOf = async (lines: typeof before) => {
      const baskets = prepare(lines);
      const { model } = await trainBehaviour(baskets, { cutoffMs: CUTOFF_MS, seed: 1 });
      const scores = new Float32Array(baskets.items.length);
      model.score({ basket: [0, 1], atMs: CUTOFF_MS, history: [] }, scores);
      return scores;
    };
    expect(await scoresOf([...before, ...after])).toEqual(await scoresOf(before));
  });
});

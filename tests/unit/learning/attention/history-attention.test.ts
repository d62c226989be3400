import { memory } from "@tensorflow/tfjs-core";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { AttentionWeights } from "#app/domain/behaviour/networks/attention-weights.ts";
import { HISTORY_PLACES, openHistoryAttention } from "#app/domain/behaviour/networks/history-attention.ts";
import { prepareBaskets } from "#app/domain/prepare/prepare-baskets.ts";
import { seededRandom } from "#app/domain/numbers/random.ts";
import { DAY_MS } from "#app/domain/time.ts";
import {
  historyGradients,
  historyLosses,
  type HistoryBatch,
} from "#app/learning/attention/history-attention-gradients.ts";
import { trainHistoryAttention } from "#app/learning/attention/history-attention.ts";
import { chooseBackend } from "#jobs/backend.ts";
import { orderLine } from "#tests/factories/order-lines.ts";
import { openSmallAttention, ROWS } from "#tests/unit/learning/small-attention.ts";

const small = openSmallAttention<HistoryBatch>(HISTORY_PLACES, {
  losses: historyLosses,
  gradients: historyGradients,
});
const SETTINGS = {
  width: 16,
  hidden: 16,
  length: 4,
  maxEpochs: 12,
  patience: 3,
  shoppersPerBatch: 32,
  learningRate: 0.02,
  dropoutRatio: 0.1,
  minOrders: 1,
  maxItems: 1_000,
  maxBaskets: 5_000,
};
/** Two shoppers of two tokens: {0, 1} then {2}, and {3} then {4, 5}; the first bought 3 and 4, the second 0. */
const TWO: HistoryBatch = {
  shoppers: 2,
  length: 2,
  places: Int32Array.of(3, 0, 1, 0),
  rows: Int32Array.of(0, 1, 2, 3, 4, 5),
  tokenOf: Int32Array.of(0, 0, 1, 2, 3, 3),
  weights: Float32Array.of(Math.SQRT1_2, Math.SQRT1_2, 1, 1, Math.SQRT1_2, Math.SQRT1_2),
  bought: Int32Array.of(3, 4, 0),
  shopperOf: Int32Array.of(0, 0, 1),
  shares: Float32Array.of(0.5, 0.5, 1),
};

/** Customers who take product 2k and, in their next order, 2k + 1; every order holds one of three fillers too. */
function toBaskets(customers: number) {
  const products = 20;
  const random = seededRandom(3);
  const lines = Array.from({ length: customers }, (_, customer) => {
    const start = 2 * Math.floor((random() * products) / 2);
    const of = (order: number, items: readonly number[]) =>
      items.map((item) =>
        orderLine({
          orderId: `${customer}-${order}`,
          customerKey: `c${customer}`,
          itemKey: `SKU-${item}`,
          title: `Product ${item}`,
          placedAtMs: Date.UTC(2026, 0, 1) + (customer / 20 + 10 * order) * DAY_MS,
        }),
      );
    const filler = products + Math.floor(random() * 3);
    return [...of(0, [start, filler]), ...of(1, [start + 1, filler])];
  }).flat();
  return prepareBaskets(lines, [], { currency: "EUR" }).baskets;
}

describe("the Transformer over purchase histories", () => {
  beforeAll(async () => {
    await chooseBackend("wasm");
  });
  afterEach(() => expect(memory().numTensors).toBe(0));

  it("goes down by its gradient", () => {
    small.expectGradient(small.drawParameters(2), TWO, seededRandom(9));
  });

  it("says the same in plain loops as in tensors, whatever the order within an order", () => {
    const parameters = small.drawParameters(3);
    const weights = small.toWeights(parameters, 2);
    const atMs = Date.UTC(2026, 0, 31);
    /** Bought 8 to 14 days before: the third of the gaps. */
    const ask = (bought: readonly number[]) => {
      const probabilities = new Float32Array(ROWS);
      const history = bought.map((item) => ({ item, atMs: atMs - 9 * DAY_MS }));
      openHistoryAttention(weights).score({ basket: [2], atMs, history }, probabilities);
      return probabilities;
    };
    const probabilities = ask([0, 1]);
    expect(probabilities.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 5);
    ask([1, 0]).forEach((probability, item) => expect(probability).toBeCloseTo(probabilities[item]!, 6));
    for (let bought = 0; bought < ROWS; bought++) {
      const loss = small.meanLoss(parameters, {
        shoppers: 1,
        length: 2,
        places: Int32Array.of(3, 0),
        rows: Int32Array.of(0, 1, 2),
        tokenOf: Int32Array.of(0, 0, 1),
        weights: Float32Array.of(Math.SQRT1_2, Math.SQRT1_2, 1),
        bought: Int32Array.of(bought),
        shopperOf: Int32Array.of(0),
        shares: Float32Array.of(1),
      });
      expect(Math.log(probabilities[bought]!)).toBeCloseTo(-loss, 3);
    }
  });

  it("asks a guest by the basket alone, and knows nothing of a product without a row", () => {
    const weights = small.toWeights(small.drawParameters(4), 3);
    const model = openHistoryAttention({ ...weights, rowOf: Int32Array.of(...weights.items, -1) });
    const ask = (basket: readonly number[], history: readonly number[]) => {
      const into = new Float32Array(ROWS + 1);
      model.score({ basket, atMs: DAY_MS, history: history.map((item) => ({ item, atMs: 0 })) }, into);
      return [...into];
    };
    expect(ask([1, ROWS], [ROWS])).toEqual(ask([1], []));
    expect(ask([1], [2])).not.toEqual(ask([1], []));
    expect(ask([1], [])[ROWS]).toBe(0);
  });

  it("learns what is bought after what, the same for the same seed, and goes on from where it was", async () => {
    const baskets = toBaskets(600);
    const count = baskets.placedAtMs.length;
    const [learned, heldOut] = [
      { from: 0, to: Math.floor(0.8 * count) },
      { from: Math.floor(0.8 * count), to: count },
    ];
    const fit = await trainHistoryAttention(baskets, learned, heldOut, SETTINGS, { seed: 1 });
    const again = await trainHistoryAttention(
      baskets,
      learned,
      heldOut,
      { ...SETTINGS, maxEpochs: 1 },
      { seed: 1 },
    );
    expect(again.losses[0]).toBe(fit.losses[0]);
    expect(Math.min(...fit.losses)).toBeLessThan(fit.losses[0]!);

    const itemOf = new Map(baskets.items.map(({ key }, item) => [key, item]));
    const countRight = (weights: AttentionWeights) => {
      const model = openHistoryAttention(weights);
      const into = new Float32Array(baskets.items.length);
      return Array.from({ length: 10 }, (_, n) => 2 * n).filter((start) => {
        const atMs = Date.UTC(2026, 3, 1);
        const history = ["SKU-" + start, "SKU-20"].map((key) => ({
          item: itemOf.get(key)!,
          atMs: atMs - 10 * DAY_MS,
        }));
        model.score({ basket: [itemOf.get("SKU-20")!], atMs, history }, into);
        const best = into.indexOf(Math.max(...into));
        return best === itemOf.get(`SKU-${start + 1}`);
      }).length;
    };
    expect(countRight(fit.weights)).toBeGreaterThanOrEqual(8);
    const further = await trainHistoryAttention(
      baskets,
      { from: 0, to: count },
      null,
      { ...SETTINGS, maxEpochs: 1 },
      { seed: 2, start: fit.weights },
    );
    expect(further.losses).toEqual([]);
    expect(countRight(further.weights)).toBeGreaterThanOrEqual(8);
  });

  it("stops when aborted, and leaves no tensor behind", async () => {
    const baskets = toBaskets(60);
    const run = trainHistoryAttention(baskets, { from: 0, to: 100 }, null, SETTINGS, {
      seed: 1,
      signal: AbortSignal.abort(),
    });
    await expect(run).rejects.toThrow(/abort/i);
  });
});

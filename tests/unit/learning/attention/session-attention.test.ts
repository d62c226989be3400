import { memory } from "@tensorflow/tfjs-core";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { openAttention } from "#app/domain/behaviour/sessions/session-attention.ts";
import { listSessionCases, measureNextViews } from "#app/domain/behaviour/sessions/session-measure.ts";
import { seededRandom } from "#app/domain/numbers/random.ts";
import {
  attentionGradients,
  attentionLosses,
  type AttentionBatch,
} from "#app/learning/attention/session-attention-gradients.ts";
import { trainAttention } from "#app/learning/attention/session-attention.ts";
import { chooseBackend } from "#jobs/backend.ts";
import { plantedSessions } from "#tests/factories/planted-sessions.ts";
import { openSmallAttention, ROWS } from "#tests/unit/learning/small-attention.ts";

const LENGTH = 3;
const small = openSmallAttention<AttentionBatch>(LENGTH, {
  losses: attentionLosses,
  gradients: attentionGradients,
});
const SETTINGS = {
  width: 16,
  hidden: 16,
  length: 5,
  maxEpochs: 8,
  patience: 4,
  viewsPerBatch: 64,
  learningRate: 0.015,
  dropoutRatio: 0.1,
  minViews: 1,
  maxItems: 1_000,
};

describe("the Transformer", () => {
  beforeAll(async () => {
    await chooseBackend("wasm");
  });
  afterEach(() => expect(memory().numTensors).toBe(0));

  it("refuses sessions without a product in enough views", async () => {
    const none = plantedSessions({ sessions: 0, products: 4, seed: 1 });
    await expect(trainAttention(none, null, SETTINGS, { seed: 1 })).rejects.toThrow(RangeError);
  });

  it("stops when aborted, and leaves no tensor behind", async () => {
    const sessions = plantedSessions({ sessions: 50, products: 10, seed: 1 });
    const run = trainAttention(sessions, null, SETTINGS, { seed: 1, signal: AbortSignal.abort() });
    await expect(run).rejects.toThrow(/abort/i);
  });

  it.each([2, LENGTH])("goes down by its gradient, over sessions of %d looks", (length) => {
    const sessions = 4;
    const random = seededRandom(9);
    const draw = () => Int32Array.from({ length: sessions * length }, () => Math.floor(random() * ROWS));
    const batch = { sessions, length, views: draw(), next: draw() };
    small.expectGradient(small.drawParameters(length), batch, random);
  });

  it("says the same in plain loops as in tensors", () => {
    const parameters = small.drawParameters(3);
    const probabilities = new Float32Array(ROWS);
    const views = Int32Array.of(4, 1, 2);
    openAttention(small.toWeights(parameters, LENGTH)).score({ views, atMs: 0 }, probabilities);
    const meanLoss = (next: number) =>
      small.meanLoss(parameters, { sessions: 1, length: 3, views, next: Int32Array.of(0, 0, next) });
    for (let next = 1; next < ROWS; next++) {
      const logRatio = 3 * (meanLoss(0) - meanLoss(next));
      expect(Math.log(probabilities[next]! / probabilities[0]!)).toBeCloseTo(logRatio, 3);
    }
    expect(probabilities.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 5);
  });

  it("learns the order that was planted, the same for the same seed, and goes on from where it was", async () => {
    const products = 30;
    const sessions = plantedSessions({ sessions: 500, products, seed: 1 });
    const later = plantedSessions({ sessions: 100, products, seed: 2 });
    const fit = await trainAttention(sessions, later, SETTINGS, { seed: 1 });
    expect(fit.losses.at(-1)).toBeLessThan(0.7 * Math.log(products));
    const again = await trainAttention(sessions, later, { ...SETTINGS, maxEpochs: 1 }, { seed: 1 });
    expect(again.losses[0]).toBe(fit.losses[0]);

    const cases = listSessionCases(later, () => true);
    const { mrr20 } = await measureNextViews(openAttention(fit.weights), cases, products);
    expect(mrr20).toBeGreaterThan(0.7);
    const further = await trainAttention(
      sessions,
      null,
      { ...SETTINGS, maxEpochs: 1 },
      {
        seed: 1,
        start: fit.weights,
      },
    );
    const after = await measureNextViews(openAttention(further.weights), cases, products);
    expect(after.mrr20).toBeGreaterThan(0.7);
  });
});

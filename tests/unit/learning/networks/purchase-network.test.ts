import { memory } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import type { NetworkWeights } from "#app/domain/behaviour/networks/network-weights.ts";
import type { PurchaseExamples } from "#app/learning/networks/gather-examples.ts";
import { trainPurchaseNetwork } from "#app/learning/networks/purchase-network.ts";
import type { TrainingCheckpoints } from "#app/learning/networks/training-state.ts";
import { chooseBackend } from "#jobs/backend.ts";
import { plantedPurchases, rankPurchases } from "#tests/factories/planted-purchases.ts";

const SETTINGS = {
  hidden: [8],
  maxEpochs: 25,
  patience: 25,
  batchQueries: 16,
  learningRate: 0.02,
  weightDecay: 0,
};
const BRIEF = { ...SETTINGS, maxEpochs: 2 };

/** Share of the queries with the bought product ranked first. */
function hitRate(weights: NetworkWeights, examples: PurchaseExamples): number {
  const ranked = rankPurchases(weights, examples);
  const hits = ranked.filter(([first], query) => examples.bought[query * examples.candidates + first!] === 1);
  return hits.length / examples.queries;
}

function checkpointsInMemory(): TrainingCheckpoints & { saves: number } {
  const states = new Map<string, Uint8Array>();
  return {
    saves: 0,
    async read(key) {
      return states.get(key) ?? null;
    },
    async save(key, state) {
      this.saves++;
      states.set(key, state);
    },
  };
}

describe("the purchase network", () => {
  beforeAll(async () => {
    await chooseBackend("wasm");
  });

  it("stops when aborted, and leaves no tensor behind", async () => {
    const run = trainPurchaseNetwork(plantedPurchases(40, 1), plantedPurchases(10, 2), SETTINGS, {
      seed: 1,
      signal: AbortSignal.abort(),
    });
    await expect(run).rejects.toThrow(/abort/i);
    expect(memory().numTensors).toBe(0);
  });

  it("learns a rule that no linear score can express", async () => {
    const later = plantedPurchases(300, 3);
    let losses: readonly number[] = [];
    const weights = await trainPurchaseNetwork(plantedPurchases(400, 1), plantedPurchases(100, 2), SETTINGS, {
      seed: 1,
      onLosses: (soFar) => (losses = soFar),
    });
    expect(hitRate(weights, later)).toBeGreaterThan(0.75);
    expect(losses.at(-1)!).toBeLessThan(0.6 * losses[0]!);
    expect(memory().numTensors).toBe(0);
  });

  it("gives the same weights for the same seed, and others for another", async () => {
    const settings = { ...SETTINGS, maxEpochs: 2 };
    const fit = (seed: number) =>
      trainPurchaseNetwork(plantedPurchases(60, 1), plantedPurchases(20, 2), settings, { seed });
    const [first, again, other] = [await fit(5), await fit(5), await fit(6)];
    expect(again.parameters).toEqual(first.parameters);
    expect(other.parameters).not.toEqual(first.parameters);
  });

  it("resumes from its last epoch after an abort, and ends with the same result as without one", async () => {
    const settings = { ...SETTINGS, maxEpochs: 6 };
    const [examples, heldOut] = [plantedPurchases(120, 1), plantedPurchases(40, 2)];
    const undisturbed = await trainPurchaseNetwork(examples, heldOut, settings, { seed: 1 });
    const checkpoints = checkpointsInMemory();
    const abort = new AbortController();
    const broken = trainPurchaseNetwork(examples, heldOut, settings, {
      seed: 1,
      checkpoints,
      signal: abort.signal,
      onProgress: (ratio) => ratio >= 0.5 && abort.abort(),
    });
    await expect(broken).rejects.toThrow(/abort/i);

    const ratios: number[] = [];
    const stated: number[] = [];
    const resumed = await trainPurchaseNetwork(examples, heldOut, settings, {
      seed: 1,
      checkpoints,
      onProgress: (ratio) => ratios.push(ratio),
      onLosses: (losses) => stated.push(losses.length),
    });
    expect(ratios).toEqual([4 / 6, 5 / 6, 1]);
    expect(stated).toEqual([3, 4, 5, 6]);
    expect(resumed).toEqual(undisturbed);
    expect(memory().numTensors).toBe(0);
  });

  it("is not trained again once its training has ended", async () => {
    const checkpoints = checkpointsInMemory();
    const once = await trainPurchaseNetwork(plantedPurchases(60, 1), plantedPurchases(20, 2), BRIEF, {
      seed: 1,
      checkpoints,
    });
    expect(checkpoints.saves).toBe(2);
    const again = await trainPurchaseNetwork(plantedPurchases(60, 1), plantedPurchases(20, 2), BRIEF, {
      seed: 1,
      checkpoints,
    });
    expect(again).toEqual(once);
    expect(checkpoints.saves).toBe(2);
  });

  it.each([
    ["another seed", plantedPurchases(60, 1), BRIEF, 2],
    ["other settings", plantedPurchases(60, 1), { ...BRIEF, learningRate: 0.01 }, 1],
    ["other examples", plantedPurchases(60, 5), BRIEF, 1],
  ])("does not resume from the state of %s", async (_, examples, settings, seed) => {
    const checkpoints = checkpointsInMemory();
    await trainPurchaseNetwork(plantedPurchases(60, 1), plantedPurchases(20, 2), BRIEF, {
      seed: 1,
      checkpoints,
    });
    const alone = await trainPurchaseNetwork(examples, plantedPurchases(20, 2), settings, { seed });
    expect(
      await trainPurchaseNetwork(examples, plantedPurchases(20, 2), settings, { seed, checkpoints }),
    ).toEqual(alone);
  });

  it("learns the same from a batch in parts if the batch is too large for the memory", async () => {
    const fit = async (memoryBytes: number) => {
      let losses: readonly number[] = [];
      const onLosses = (soFar: readonly number[]) => (losses = soFar);
      const run = { seed: 1, memoryBytes, onLosses };
      await trainPurchaseNetwork(plantedPurchases(60, 1), plantedPurchases(20, 2), BRIEF, run);
      return losses;
    };
    const [whole, inParts] = [await fit(Infinity), await fit(20_000)];
    inParts.forEach((loss, epoch) => expect(loss).toBeCloseTo(whole[epoch]!, 5));
    expect(inParts).not.toEqual(whole);
    expect(memory().numTensors).toBe(0);
  });
});

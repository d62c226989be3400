import { memory } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { applyNetwork, type NetworkWeights } from "#app/domain/behaviour/network-weights.ts";
import { seededRandom } from "#app/domain/random.ts";
import type { PurchaseExamples } from "#app/learning/network-gradients.ts";
import { trainPurchaseNetwork } from "#app/learning/purchase-network.ts";
import type { TrainingCheckpoints } from "#app/learning/training-state.ts";
import { chooseBackend } from "#jobs/backend.ts";

const CANDIDATES = 6;
const FEATURES = 3;
const SETTINGS = {
  hidden: [8],
  maxEpochs: 25,
  patience: 25,
  batchQueries: 16,
  learningRate: 0.02,
  weightDecay: 0,
};
const BRIEF = { ...SETTINGS, maxEpochs: 2 };

/** What is bought is the candidate whose first feature is closest to 0.5: no linear rule finds it. */
function planted(queries: number, seed: number): PurchaseExamples {
  const random = seededRandom(seed);
  const x = Float32Array.from({ length: queries * CANDIDATES * FEATURES }, () => random());
  const bought = new Float32Array(queries * CANDIDATES);
  const padding = new Float32Array(queries * CANDIDATES);
  for (let query = 0; query < queries; query++) {
    const distance = (candidate: number) => Math.abs(x[(query * CANDIDATES + candidate) * FEATURES]! - 0.5);
    const order = [...Array(CANDIDATES - 1).keys()].sort((a, b) => distance(a) - distance(b));
    bought[query * CANDIDATES + order[0]!] = 1;
    padding[query * CANDIDATES + CANDIDATES - 1] = -1e9;
  }
  return { queries, candidates: CANDIDATES, features: FEATURES, x, bought, padding };
}

/** Share of the queries whose likeliest candidate is what was bought. */
function hitRate(weights: NetworkWeights, { queries, x, bought }: PurchaseExamples): number {
  const scores = applyNetwork(weights, x);
  let hits = 0;
  for (let query = 0; query < queries; query++) {
    const own = [...scores.subarray(query * CANDIDATES, (query + 1) * CANDIDATES - 1)];
    if (bought[query * CANDIDATES + own.indexOf(Math.max(...own))] === 1) hits++;
  }
  return hits / queries;
}

/** For each query its candidates, the likeliest first. */
function rankEach(weights: NetworkWeights, { queries, x }: PurchaseExamples): number[][] {
  const scores = applyNetwork(weights, x);
  return Array.from({ length: queries }, (_, query) => {
    const scoreOf = (candidate: number) => scores[query * CANDIDATES + candidate]!;
    return [...Array(CANDIDATES - 1).keys()].sort((a, b) => scoreOf(b) - scoreOf(a));
  });
}

function rememberStates(): TrainingCheckpoints & { saves: number } {
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
    const run = trainPurchaseNetwork(planted(40, 1), planted(10, 2), SETTINGS, {
      seed: 1,
      signal: AbortSignal.abort(),
    });
    await expect(run).rejects.toThrow(/abort/i);
    expect(memory().numTensors).toBe(0);
  });

  it("learns a rule that no linear score can express", async () => {
    const later = planted(300, 3);
    const { weights, losses } = await trainPurchaseNetwork(planted(400, 1), planted(100, 2), SETTINGS, {
      seed: 1,
    });
    expect(hitRate(weights, later)).toBeGreaterThan(0.75);
    expect(losses.at(-1)!).toBeLessThan(0.6 * losses[0]!);
    expect(memory().numTensors).toBe(0);
  });

  it("gives the same weights for the same seed, and others for another", async () => {
    const fit = async (seed: number) =>
      (await trainPurchaseNetwork(planted(60, 1), planted(20, 2), { ...SETTINGS, maxEpochs: 2 }, { seed }))
        .weights;
    const [first, again, other] = [await fit(5), await fit(5), await fit(6)];
    expect(again.parameters).toEqual(first.parameters);
    expect(other.parameters).not.toEqual(first.parameters);
  });

  it("broken off and begun again goes on from its last epoch, and ends as if nothing had been", async () => {
    const settings = { ...SETTINGS, maxEpochs: 6 };
    const [examples, heldOut] = [planted(120, 1), planted(40, 2)];
    const undisturbed = await trainPurchaseNetwork(examples, heldOut, settings, { seed: 1 });
    const checkpoints = rememberStates();
    const abort = new AbortController();
    const broken = trainPurchaseNetwork(examples, heldOut, settings, {
      seed: 1,
      checkpoints,
      signal: abort.signal,
      onProgress: (ratio) => ratio >= 0.5 && abort.abort(),
    });
    await expect(broken).rejects.toThrow(/abort/i);

    const ratios: number[] = [];
    const told: number[] = [];
    const resumed = await trainPurchaseNetwork(examples, heldOut, settings, {
      seed: 1,
      checkpoints,
      onProgress: (ratio) => ratios.push(ratio),
      onLosses: (losses) => told.push(losses.length),
    });
    expect(ratios).toEqual([4 / 6, 5 / 6, 1]);
    expect(told).toEqual([3, 4, 5, 6]);
    expect(resumed).toEqual(undisturbed);
    expect(memory().numTensors).toBe(0);
  });

  it("that ended is not trained again", async () => {
    const checkpoints = rememberStates();
    const once = await trainPurchaseNetwork(planted(60, 1), planted(20, 2), BRIEF, { seed: 1, checkpoints });
    expect(checkpoints.saves).toBe(2);
    const again = await trainPurchaseNetwork(planted(60, 1), planted(20, 2), BRIEF, { seed: 1, checkpoints });
    expect(again).toEqual(once);
    expect(checkpoints.saves).toBe(2);
  });

  it.each([
    ["another seed", planted(60, 1), BRIEF, 2],
    ["other settings", planted(60, 1), { ...BRIEF, learningRate: 0.01 }, 1],
    ["other examples", planted(60, 5), BRIEF, 1],
  ])("does not go on from the state of %s", async (_, examples, settings, seed) => {
    const checkpoints = rememberStates();
    await trainPurchaseNetwork(planted(60, 1), planted(20, 2), BRIEF, { seed: 1, checkpoints });
    const alone = await trainPurchaseNetwork(examples, planted(20, 2), settings, { seed });
    expect(await trainPurchaseNetwork(examples, planted(20, 2), settings, { seed, checkpoints })).toEqual(
      alone,
    );
  });

  it("where a batch is too large for the memory, learns the same from it in parts", async () => {
    const fit = (memoryBytes: number) =>
      trainPurchaseNetwork(planted(60, 1), planted(20, 2), BRIEF, { seed: 1, memoryBytes });
    const [whole, inParts] = [await fit(Infinity), await fit(20_000)];
    inParts.losses.forEach((loss, epoch) => expect(loss).toBeCloseTo(whole.losses[epoch]!, 5));
    expect(inParts.losses).not.toEqual(whole.losses);
    expect(memory().numTensors).toBe(0);
  });

  it("ranks alike on WebAssembly and in plain JavaScript", async () => {
    const fit = () =>
      trainPurchaseNetwork(planted(60, 1), planted(20, 2), { ...SETTINGS, maxEpochs: 3 }, { seed: 1 });
    const onWasm = await fit();
    await chooseBackend("cpu");
    const onCpu = await fit();
    await chooseBackend("wasm");
    onCpu.losses.forEach((loss, epoch) => expect(loss).toBeCloseTo(onWasm.losses[epoch]!, 4));
    const later = planted(100, 3);
    expect(rankEach(onCpu.weights, later)).toEqual(rankEach(onWasm.weights, later));
  });
});

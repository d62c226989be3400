import { memory } from "@tensorflow/tfjs-core";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { openSessionLinear } from "#app/domain/behaviour/sessions/session-model.ts";
import { fitSessionLinear } from "#app/learning/sessions/session-linear.ts";
import { trainNextView } from "#app/learning/sessions/session-training.ts";
import { chooseBackend } from "#jobs/backend.ts";
import { plantedSessions } from "#tests/factories/planted-sessions.ts";

const PRODUCTS = 30;

beforeAll(async () => {
  await chooseBackend("wasm");
});
afterEach(() => expect(memory().numTensors).toBe(0));

describe("the linear session model", () => {
  it("of no sessions guesses nothing", async () => {
    const model = openSessionLinear(
      await fitSessionLinear(plantedSessions({ sessions: 0, products: 3, seed: 1 })),
    );
    const into = new Float32Array(3).fill(1);
    model.score({ views: [0], atMs: 0 }, into);
    expect([...into]).toEqual([0, 0, 0]);
  });

  it("guesses the product that comes after, not the one before", async () => {
    const sessions = plantedSessions({ sessions: 600, products: PRODUCTS, seed: 1 });
    const model = openSessionLinear(await fitSessionLinear(sessions));
    const into = new Float32Array(PRODUCTS);
    for (let item = 0; item < PRODUCTS; item++) {
      model.score({ views: [item], atMs: 0 }, into);
      expect(into[(item + 1) % PRODUCTS]).toBeGreaterThan(into[(item + PRODUCTS - 1) % PRODUCTS]!);
    }
  });
});

describe("choosing what tells the next view", () => {
  it("chooses nothing from a handful of sessions", async () => {
    const few = plantedSessions({ sessions: 20, products: PRODUCTS, seed: 1 });
    expect(await trainNextView(few, { seed: 1 })).toBeNull();
  });

  it("stops when aborted, and leaves no tensor behind", async () => {
    const abort = new AbortController();
    const run = trainNextView(plantedSessions({ sessions: 900, products: PRODUCTS, seed: 1 }), {
      seed: 1,
      signal: abort.signal,
      onProgress: (ratio) => ratio > 0.2 && abort.abort(),
    });
    await expect(run).rejects.toThrow(/abort/i);
  });

  it("falls back on session neighbours where nothing is clearly better", async () => {
    const noise = plantedSessions({ sessions: 200, products: PRODUCTS, seed: 3, orderRatio: 0 });
    const trained = await trainNextView(noise, { seed: 1 });
    const chosen = trained!.candidates.filter(({ isChosen }) => isChosen);
    expect(chosen.map(({ name }) => name)).toEqual(["session neighbours"]);
  });

  it("finds the planted order, beats popularity by far and shows every candidate", async () => {
    const sessions = plantedSessions({ sessions: 900, products: PRODUCTS, seed: 2 });
    const ratios: number[] = [];
    const trained = await trainNextView(sessions, { seed: 1, onProgress: (ratio) => ratios.push(ratio) });
    const { candidates, model, losses, nextViews } = trained!;
    const chosen = candidates.find(({ isChosen }) => isChosen)!;
    const popular = candidates.find(({ name }) => name === "popular looks")!;
    expect(chosen.newMrr20).toBeGreaterThan(2 * popular.newMrr20);
    expect(chosen.newMrr20).toBeGreaterThan(0.6);
    expect(candidates.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        "pair counts",
        "sequential rules",
        "session linear",
        "transformer",
        "session network",
      ]),
    );
    expect(losses.length).toBeGreaterThan(0);
    const into = new Float32Array(PRODUCTS);
    let found = 0;
    for (let item = 0; item < PRODUCTS; item++) {
      model.score({ views: [item], atMs: 0 }, into);
      into[item] = 0;
      if (into.indexOf(Math.max(...into)) === (item + 1) % PRODUCTS) found++;
    }
    expect(found).toBeGreaterThanOrEqual(0.9 * PRODUCTS);
    const { partner, count } = nextViews;
    const listed = Array.from({ length: PRODUCTS }, (_, item) => partner[item * count]);
    expect(listed.filter((next, item) => next === (item + 1) % PRODUCTS)).toHaveLength(found);
    expect(ratios).toEqual(ratios.slice().sort((a, b) => a - b));
    expect(ratios.at(-1)).toBe(1);
  });
});

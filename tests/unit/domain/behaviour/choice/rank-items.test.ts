import { describe, expect, it } from "vitest";
import {
  forecastTop,
  measureRankings,
  rankCases,
  rankItems,
} from "#app/domain/behaviour/choice/rank-items.ts";

/** A model that always gives the same scores. */
const fixed = (scores: number[]) => ({ score: (_query: unknown, into: Float32Array) => into.set(scores) });
const query = { basket: [0], atMs: 0, history: [{ item: 1, atMs: -1 }] };
const universe = { eligible: [0, 1, 2, 3, 4], items: 5 };

describe("rankItems", () => {
  it("leaves out the basket, keeps to the eligible items and accepts negative scores", () => {
    const model = fixed([9, -1, -300, -200, 8]);
    const request = { eligible: [0, 1, 2, 3], items: 5, k: 10, isExplore: false };
    expect(rankItems(model, query, request)).toEqual([1, 3, 2]);
  });

  it("leaves out earlier purchases when exploring and passes them to the model", () => {
    let stated: boolean[] = [];
    const model = {
      score(_query: unknown, into: Float32Array, excluded: ReadonlySet<number> = new Set()) {
        stated = [0, 1, 2].map((item) => excluded.has(item));
        into.fill(1);
      },
    };
    expect(rankItems(model, query, { ...universe, k: 2, isExplore: true })).toEqual([2, 3]);
    expect(stated).toEqual([true, true, false]);
  });
});

describe("measureRankings", () => {
  const cases = [
    { query, bought: [2], isExplore: false },
    { query, bought: [3, 4], isExplore: false },
  ];

  it("gives 1 to a ranking that puts the purchases first, and 0 when there is no case", async () => {
    const [onlySecond] = await measureRankings([fixed([0, 0, 1, 5, 4])], [cases[1]!], universe);
    expect(onlySecond!.ndcg10).toBeCloseTo(1);
    const [ofNoCase] = await measureRankings([fixed([0, 0, 0, 0, 0])], [], universe);
    expect(ofNoCase).toMatchObject({ hr10: 0, ndcg10: 0 });
  });

  it("discounts a hit by its rank, for each model", async () => {
    // Ranking 3, 4, 2, 1: the first case has its hit third, the second has both first.
    const models = [fixed([0, 0, 1, 5, 4]), fixed([0, 0, 5, 4, 3])];
    const [first, second] = await measureRankings(models, cases, universe);
    expect([...first!.gains]).toEqual([1 / Math.log2(4), 1]);
    expect(first!.hr10).toBe(1);
    expect(second!.gains[0]).toBe(1);
  });

  it("rejects with the error that the pause throws", async () => {
    const many = Array.from({ length: 64 }, () => cases[0]!);
    const pause = () => Promise.reject(new Error("aborted"));
    const measured = measureRankings([fixed([0, 0, 1, 5, 4])], many, { ...universe, pause });
    await expect(measured).rejects.toThrow("aborted");
  });
});

describe("forecastTop", () => {
  it("gives the exponential of each score and whether the item was bought", async () => {
    const model = fixed([0, -9, Math.log(0.5), Math.log(0.25), -8]);
    const explored = [{ query, bought: [3], isExplore: true }];
    const [ranked] = await rankCases([model], explored, universe);
    const [forecasts] = forecastTop(ranked!, explored);
    expect(forecasts!.slice(0, 2)).toEqual([
      { probability: expect.closeTo(0.5, 5) as number, isBought: false },
      { probability: expect.closeTo(0.25, 5) as number, isBought: true },
    ]);
  });
});

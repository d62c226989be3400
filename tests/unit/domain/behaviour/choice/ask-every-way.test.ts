import { describe, expect, it } from "vitest";
import { askEveryWay } from "#app/domain/behaviour/choice/rank-items.ts";

const history = [
  { item: 1, atMs: 10 },
  { item: 2, atMs: 20 },
];
const caseOf = (bought: readonly number[], past = history) => ({
  query: { basket: [7, 8], atMs: 100, history: past },
  bought,
  isExplore: false,
});

describe("a case that is asked in every way", () => {
  it("is the customer's, explore with what is new alone, and a guest's", () => {
    const asked = askEveryWay([caseOf([1, 5])]);
    expect(asked.map(({ query, ...rest }) => ({ ...rest, knows: query.history.length }))).toEqual([
      { bought: [1, 5], isExplore: false, knows: 2 },
      { bought: [5], isExplore: true, knows: 2 },
      { bought: [1, 5], isExplore: false, knows: 0 },
    ]);
  });

  it("is not asked as explore where nothing new was bought", () => {
    expect(askEveryWay([caseOf([2])]).map(({ isExplore }) => isExplore)).toEqual([false, false]);
  });

  it("stays one where the shopper has no history", () => {
    const one = caseOf([5], []);
    expect(askEveryWay([one])).toEqual([one]);
  });

  it("keeps the very basket, so that what is gathered of it serves all ways", () => {
    const one = caseOf([5]);
    expect(askEveryWay([one]).every(({ query }) => query.basket === one.query.basket)).toBe(true);
  });
});

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

describe("askEveryWay", () => {
  it("asks a case as the customer, as an exploring customer with only the new items, and as a guest", () => {
    const asked = askEveryWay([caseOf([1, 5])]);
    expect(asked.map(({ query, ...rest }) => ({ ...rest, knows: query.history.length }))).toEqual([
      { bought: [1, 5], isExplore: false, knows: 2 },
      { bought: [5], isExplore: true, knows: 2 },
      { bought: [1, 5], isExplore: false, knows: 0 },
    ]);
  });

  it("does not ask as an exploring customer when nothing new was bought", () => {
    expect(askEveryWay([caseOf([2])]).map(({ isExplore }) => isExplore)).toEqual([false, false]);
  });

  it("leaves a case without history as it is", () => {
    const one = caseOf([5], []);
    expect(askEveryWay([one])).toEqual([one]);
  });

  it("keeps the same basket object, so its gathered evidence serves every way", () => {
    const one = caseOf([5]);
    expect(askEveryWay([one]).every(({ query }) => query.basket === one.query.basket)).toBe(true);
  });
});

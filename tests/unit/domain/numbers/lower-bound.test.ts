import { describe, expect, it } from "vitest";
import { lowerBound } from "#app/domain/numbers/statistics.ts";

describe("lowerBound", () => {
  it.each([
    [0, 0],
    [1, 0],
    [2, 1],
    [3, 1],
    [5, 4],
    [6, 5],
  ])("finds %d among 1, 3, 3, 3, 5 at %d", (wanted, expected) => {
    const ascending = [1, 3, 3, 3, 5];
    expect(lowerBound(ascending.length, (at) => ascending[at]! < wanted)).toBe(expected);
  });

  it("is 0 without elements", () => {
    expect(lowerBound(0, () => true)).toBe(0);
  });
});

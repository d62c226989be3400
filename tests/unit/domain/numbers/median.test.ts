import { describe, expect, it } from "vitest";
import { medianOfSorted, upperMedian } from "#app/domain/numbers/statistics.ts";

describe("upperMedian and medianOfSorted", () => {
  it.each([
    [[], undefined, NaN],
    [[4], 4, 4],
    [[1, 4], 4, 2.5],
    [[1, 2, 9], 2, 2],
    [[1, 2, 4, 9], 4, 3],
  ])("of %j are %d and %d", (ascending, upper, middle) => {
    expect(upperMedian(ascending)).toBe(upper);
    expect(medianOfSorted(ascending)).toBe(middle);
  });
});

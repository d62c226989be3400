import { describe, expect, it } from "vitest";
import { isClearlyBetter } from "#app/domain/numbers/statistics.ts";

describe("a challenger that gained 1, 2, 0 and 2", () => {
  // Their mean is 2.6 of its standard errors above 0.
  it.each([
    [1, true],
    [2, true],
    [3, false],
  ])("is better by %d standard errors: %s", (standardErrors, expected) => {
    expect(isClearlyBetter(Float64Array.from([1, 2, 0, 2]), standardErrors)).toBe(expected);
  });
});

import { describe, expect, it } from "vitest";
import { wonRatioAt } from "#app/domain/propose/price-response.ts";

describe("the shoppers that a saving wins", () => {
  it("are none without a saving, and no more for a component that costs less than the saving", () => {
    expect(wonRatioAt(1_000, 0, 2.8)).toBe(0);
    expect(wonRatioAt(1_000, 3_000, 2.8)).toBe(wonRatioAt(1_000, 500, 2.8));
  });

  it("are three fifths of what the elasticity says of a price on the shelf", () => {
    expect(wonRatioAt(1_000, 200, 2)).toBeCloseTo(0.6 * (0.8 ** -2 - 1), 12);
  });
});

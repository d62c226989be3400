import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectedCalibrationError } from "#app/domain/behaviour/choice/calibration.ts";

describe("calibration error", () => {
  it("is NaN without forecasts", () => {
    expect(expectedCalibrationError([])).toBeNaN();
  });

  it("is 1 when certain forecasts never come true", () => {
    expect(expectedCalibrationError([{ probability: 1, isBought: false }])).toBe(1);
  });

  it("is 0 when one of four forecasts at 25 % comes true", () => {
    const forecasts = [true, false, false, false].map((isBought) => ({ probability: 0.25, isBought }));
    expect(expectedCalibrationError(forecasts)).toBe(0);
  });

  it("finds errors among small probabilities although their mean is right", () => {
    const forecasts = Array.from({ length: 1_000 }, (_, n) => ({
      probability: n < 500 ? 0.01 : 0.05,
      // Both come true in 3 of 100.
      isBought: n % 100 < 3,
    }));
    expect(expectedCalibrationError(forecasts)).toBeCloseTo(0.02, 9);
  });

  it("lies between the error of the mean and 1", () => {
    const forecast = fc.record({
      probability: fc.double({ min: 0, max: 1, noNaN: true }),
      isBought: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(forecast, { minLength: 1 }), (forecasts) => {
        const excess = forecasts.reduce((sum, f) => sum + f.probability - Number(f.isBought), 0);
        const error = expectedCalibrationError(forecasts);
        expect(error).toBeGreaterThanOrEqual(Math.abs(excess) / forecasts.length - 1e-9);
        expect(error).toBeLessThanOrEqual(1 + 1e-9);
      }),
    );
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  calibrate,
  fitCalibration,
  measureCalibration,
  UNCALIBRATED,
} from "#app/domain/behaviour/choice/calibration.ts";
import { seededRandom } from "#app/domain/numbers/random.ts";

/** Forecasts of a model whose probabilities are always twice the true ones. */
function overstated(count: number, seed: number) {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => {
    const truth = 0.45 * random();
    return { probability: 2 * truth, isBought: random() < truth };
  });
}

describe("calibrating purchase probabilities", () => {
  it("leaves every probability as it is without forecasts", () => {
    expect(fitCalibration([])).toEqual(UNCALIBRATED);
    expect(calibrate(0.3, UNCALIBRATED)).toBeCloseTo(0.3, 12);
  });

  it("keeps the order of items and returns probabilities for any forecasts and outcomes", () => {
    const anyProbability = fc.double({ min: 0, max: 1, noNaN: true });
    const anyForecasts = fc.array(fc.record({ probability: anyProbability, isBought: fc.boolean() }));
    fc.assert(
      fc.property(anyForecasts, anyProbability, anyProbability, (forecasts, one, other) => {
        const calibration = fitCalibration(forecasts);
        const [low, high] = [Math.min(one, other), Math.max(one, other)].map((p) =>
          calibrate(p, calibration),
        );
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(high!).toBeGreaterThanOrEqual(low!);
      }),
    );
  });

  it("keeps even the least likely items apart", () => {
    const stated = [1e-25, 1e-12, 1e-7, 1e-6].map((probability) => calibrate(probability, UNCALIBRATED));
    expect(stated).toEqual([...new Set(stated)].sort((a, b) => a - b));
  });

  it("changes little after a handful of forecasts", () => {
    const { slope, intercept } = fitCalibration([{ probability: 0.2, isBought: true }]);
    expect(Math.abs(slope - 1)).toBeLessThan(0.3);
    expect(Math.abs(intercept)).toBeLessThan(0.3);
  });

  it("corrects overstated probabilities on cases it was not fitted on", () => {
    const cases = overstated(4_000, 1).map((forecast) => [forecast]);
    const { raw, calibrated } = measureCalibration(cases);
    expect(raw).toBeGreaterThan(0.15);
    expect(calibrated).toBeLessThan(0.05);
    expect(calibrate(0.4, fitCalibration(overstated(4_000, 2)))).toBeCloseTo(0.2, 1);
  });

  it("is measured on cases it was not fitted on, so it does not help when the two halves differ", () => {
    const cases = Array.from({ length: 200 }, (_, at) => [{ probability: 0.5, isBought: at % 2 === 0 }]);
    const { raw, calibrated } = measureCalibration(cases);
    expect(raw).toBeCloseTo(0, 9);
    expect(calibrated).toBeGreaterThan(0.8);
  });
});

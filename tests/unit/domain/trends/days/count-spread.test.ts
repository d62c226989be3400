import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "#app/domain/numbers/random.ts";
import { countIntervalOf, learnDispersion } from "#app/domain/trends/days/count-spread.ts";
import { chanceOfAtMost } from "#tests/bench/demand/daily-score.ts";

const random = seededRandom(3);

/** A Poisson draw, by the product of uniform ones. */
function drawCount(mean: number): number {
  let count = -1;
  for (let product = 1; product > Math.exp(-mean); count++) product *= random();
  return count;
}

/** A mean that varies twofold up and down about `mean` as days do, half of them each: φ = 0.36. */
const drawSpreadCount = (mean: number) => drawCount(mean * (random() < 0.5 ? 0.4 : 1.6));

const draw = (cases: number, mean: number, one: (mean: number) => number) => ({
  expected: new Float32Array(cases).fill(mean),
  came: Uint32Array.from({ length: cases }, () => one(mean)),
});

describe("the spread of counts about their forecasts", () => {
  it("is Poisson's without a case", () => {
    expect(learnDispersion(new Float32Array(0), new Uint32Array(0))).toBe(0);
  });

  it("finds no more than Poisson's where there is no more", () => {
    const { expected, came } = draw(5_000, 6, drawCount);
    expect(learnDispersion(expected, came)).toBeLessThan(0.03);
  });

  it("finds what days of like conditions add", () => {
    const { expected, came } = draw(1_500, 6, drawSpreadCount);
    expect(learnDispersion(expected, came)).toBeGreaterThan(0.25);
  });

  it("holds new counts of the same kind as often as it says", () => {
    const seen = draw(5_000, 12, drawSpreadCount);
    const dispersion = learnDispersion(seen.expected, seen.came);
    const { low, high } = countIntervalOf(dispersion, 12);
    const { came } = draw(4_000, 12, drawSpreadCount);
    const held = came.filter((count) => low <= count && count <= high).length / came.length;
    const promised = chanceOfAtMost(dispersion, 12, high) - chanceOfAtMost(dispersion, 12, low - 1);
    expect(promised).toBeGreaterThanOrEqual(0.8);
    expect(Math.abs(held - promised)).toBeLessThan(0.06);
  });
});

describe("the interval of a count", () => {
  it("is none for what cannot be sold", () => {
    expect(countIntervalOf(0.5, 0)).toEqual({ low: 0, high: 0 });
  });

  it("ends also for a mean of a hundred thousand, whose single chances vanish", () => {
    const { low, high } = countIntervalOf(0, 1e5);
    expect(low).toBeGreaterThan(1e5 - 500);
    expect(high).toBeLessThan(1e5 + 500);
  });

  it("leaves out at most a tenth at either end, and no whole order more than it must", () => {
    const mean = fc.double({ min: 0.01, max: 300, noNaN: true });
    // Of less it is Poisson's.
    const dispersion = fc.oneof(fc.constant(0), fc.double({ min: 1e-3, max: 5, noNaN: true }));
    fc.assert(
      fc.property(mean, dispersion, (expected, phi) => {
        const { low, high } = countIntervalOf(phi, expected);
        expect(chanceOfAtMost(phi, expected, low - 1)).toBeLessThanOrEqual(0.1 + 1e-9);
        expect(chanceOfAtMost(phi, expected, low)).toBeGreaterThan(0.1 - 1e-9);
        expect(chanceOfAtMost(phi, expected, high)).toBeGreaterThanOrEqual(0.9 - 1e-9);
        expect(chanceOfAtMost(phi, expected, high - 1)).toBeLessThan(0.9 + 1e-9);
      }),
    );
  });
});

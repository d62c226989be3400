import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "#app/domain/numbers/random.ts";
import { countIntervalOf, learnDispersion } from "#app/domain/trends/days/count-spread.ts";
import { chanceOfAtMost } from "#tests/bench/demand/daily-score.ts";

const random = seededRandom(3);

/** Poisson draw by a product of uniform draws. */
function drawCount(mean: number): number {
  let count = -1;
  for (let product = 1; product > Math.exp(-mean); count++) product *= random();
  return count;
}

/** A mean that is 60 % higher or lower with equal probability, as on different days: φ = 0.36. */
const drawSpreadCount = (mean: number) => drawCount(mean * (random() < 0.5 ? 0.4 : 1.6));

const draw = (cases: number, mean: number, one: (mean: number) => number) => ({
  expected: new Float32Array(cases).fill(mean),
  came: Uint32Array.from({ length: cases }, () => one(mean)),
});

describe("learnDispersion", () => {
  it("is 0 without cases", () => {
    expect(learnDispersion(new Float32Array(0), new Uint32Array(0))).toBe(0);
  });

  it("is almost 0 for Poisson counts", () => {
    const { expected, came } = draw(5_000, 6, drawCount);
    expect(learnDispersion(expected, came)).toBeLessThan(0.03);
  });

  it("finds the extra variance between days", () => {
    const { expected, came } = draw(1_500, 6, drawSpreadCount);
    expect(learnDispersion(expected, came)).toBeGreaterThan(0.25);
  });

  it("gives intervals that cover new counts as often as promised", () => {
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

describe("countIntervalOf", () => {
  it("is zero for a product that cannot be sold", () => {
    expect(countIntervalOf(0.5, 0)).toEqual({ low: 0, high: 0 });
  });

  it("ends for a mean of 100,000, whose single probabilities underflow", () => {
    const { low, high } = countIntervalOf(0, 1e5);
    expect(low).toBeGreaterThan(1e5 - 500);
    expect(high).toBeLessThan(1e5 + 500);
  });

  it("leaves out at most a tenth at either end, with no order to spare", () => {
    const mean = fc.double({ min: 0.01, max: 300, noNaN: true });
    // Below this, the distribution is Poisson's.
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

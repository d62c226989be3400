import { describe, expect, it } from "vitest";
import { normalDraw, seededRandom, type Random } from "#app/domain/numbers/random.ts";
import { countToCome, Z90 } from "#app/domain/numbers/statistics.ts";

const DRAWS = 4_000;

/** @see Knuth 1969, section 3.4.1 */
function poissonDraw(mean: number, random: Random): number {
  const limit = Math.exp(-mean);
  let count = -1;
  for (let product = 1; product > limit; product *= random()) count += 1;
  return count;
}

describe("countToCome", () => {
  it.each([
    { mean: 3, logSd: 0.4 },
    { mean: 12, logSd: 0 },
    { mean: 12, logSd: 0.3 },
    { mean: 150, logSd: 0.2 },
  ])("covers nine of ten counts with mean $mean, known within a factor of e^$logSd", ({ mean, logSd }) => {
    const random = seededRandom(1);
    let held = 0;
    for (let draw = 0; draw < DRAWS; draw++) {
      const value = mean * Math.exp(-logSd * normalDraw(random));
      const reach = Math.exp(Z90 * logSd);
      const { low, high } = countToCome({ value, low: value / reach, high: value * reach });
      const count = poissonDraw(mean, random);
      if (count >= low && count <= high) held += 1;
    }
    expect(held / DRAWS).toBeGreaterThan(0.86);
    expect(held / DRAWS).toBeLessThan(0.96);
  });

  it("is 0 for 0", () => {
    expect(countToCome({ value: 0, low: 0, high: 0 })).toEqual({ value: 0, low: 0, high: 0 });
  });
});

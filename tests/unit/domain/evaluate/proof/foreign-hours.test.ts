import { describe, expect, it } from "vitest";
import {
  findForeignHours,
  type CountedHour,
  isDrawnOtherwise,
} from "#app/domain/evaluate/proof/sample-ratio.ts";
import { seededRandom } from "#app/domain/numbers/random.ts";

const HOLDOUT_RATIO = 0.1;

function drawHours(
  seed: number,
  hours: number,
  visitors: number,
  holdoutRatio = HOLDOUT_RATIO,
): CountedHour[] {
  const random = seededRandom(seed);
  return Array.from({ length: hours }, (_, hour) => {
    let holdout = 0;
    for (let visitor = 0; visitor < visitors; visitor++) if (random() < holdoutRatio) holdout++;
    return { hour, treated: visitors - holdout, holdout };
  });
}

describe("findForeignHours", () => {
  it("finds hours filled with visitors of one arm, in both directions", () => {
    const hours = drawHours(1, 100, 40).map((counted) => {
      if (counted.hour === 20) return { ...counted, holdout: counted.holdout + 25 };
      return counted.hour === 60 ? { ...counted, treated: counted.treated + 150, holdout: 0 } : counted;
    });
    expect(findForeignHours(hours, () => HOLDOUT_RATIO)).toEqual([20, 60]);
  });

  it("finds none when the storefront loses half of the holdout in every hour", () => {
    const broken = drawHours(2, 200, 900, 0.05);
    expect(broken.some((hour) => isDrawnOtherwise({ ...hour, holdoutRatio: HOLDOUT_RATIO }))).toBe(true);
    expect(findForeignHours(broken, () => HOLDOUT_RATIO)).toEqual([]);
  });

  it("flags at most one in 2,000 of 60,000 sound hours, busy or quiet", () => {
    const found = [1, 3, 10, 40, 200, 1_000].map((visitors, seed) => {
      const hours = drawHours(seed + 3, 10_000, visitors);
      return findForeignHours(hours, () => HOLDOUT_RATIO).length;
    });
    expect(found.reduce((sum, count) => sum + count)).toBeLessThanOrEqual(30);
  });

  it("finds none while the holdout share is 0", () => {
    expect(findForeignHours(drawHours(9, 50, 100, 0.9), () => 0)).toEqual([]);
  });
});

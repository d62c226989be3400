import { describe, expect, it } from "vitest";
import { holdoutShareOn } from "#app/domain/evaluate/holdout-share.ts";
import { smallestVisibleEffect, timeToAnswer } from "#app/domain/evaluate/time-to-answer.ts";

const TRAFFIC = { visitorsADay: 1_000, holdoutRatio: 0.2, meanMinor: 120, deviationMinor: 800 };

describe("the time to an answer", () => {
  it("never comes without a holdout, visitors or orders", () => {
    for (const lacking of [
      { holdoutRatio: 0 },
      { visitorsADay: 0 },
      { meanMinor: 0 },
      { deviationMinor: 0 },
    ]) {
      expect(timeToAnswer({ ...TRAFFIC, ...lacking }, 0.2)).toEqual({
        effectRatio: 0.2,
        days: null,
        chance: 0,
      });
      expect(smallestVisibleEffect({ ...TRAFFIC, ...lacking })).toBeNull();
    }
  });

  it("is shorter for a larger effect, for more visitors and for more even arms", () => {
    const days = (changes: Partial<typeof TRAFFIC>, effect = 0.3) =>
      timeToAnswer({ ...TRAFFIC, ...changes }, effect).days!;
    expect(days({}, 0.5)).toBeLessThan(days({}));
    expect(days({ visitorsADay: 2_000 })).toBeLessThan(days({}));
    expect(days({ holdoutRatio: 0.5 })).toBeLessThan(days({}));
  });

  it("is shorter when half of the visitors are held out at first", () => {
    const ramped = (holdoutRampDays: number) =>
      timeToAnswer(TRAFFIC, 0.4, (day) => holdoutShareOn(day, { ...TRAFFIC, holdoutRampDays })).days!;
    expect(ramped(0)).toBe(timeToAnswer(TRAFFIC, 0.4).days);
    expect(ramped(28)).toBeLessThan(ramped(0) - 7);
  });

  it("agrees with the smallest effect that a period lets see", () => {
    const effect = smallestVisibleEffect(TRAFFIC)!;
    expect(timeToAnswer(TRAFFIC, effect * 1.001)).toMatchObject({ days: 90 });
    expect(timeToAnswer(TRAFFIC, effect * 0.9).days).toBeNull();
    expect(timeToAnswer(TRAFFIC, effect).chance).toBeCloseTo(0.8, 3);
  });
});

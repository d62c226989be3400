import { describe, expect, it } from "vitest";
import { holdoutShareOn } from "#app/domain/evaluate/proof/measuring-period.ts";
import { chancesToSee } from "#app/domain/evaluate/proof/interim-boundary.ts";
import {
  smallestVisibleEffect,
  timeToAnswer,
  WANTED_CHANCE,
  WANTED_DRIFT,
} from "#app/domain/evaluate/proof/time-to-answer.ts";
import { EVEN_ANALYSES } from "#tests/factories/even-analyses.ts";

const TRAFFIC = {
  visitorsADay: 1_000,
  holdoutRatio: 0.2,
  meanMinor: 120,
  deviationMinor: 800,
  exposableRatio: 1,
};

describe("timeToAnswer", () => {
  it("is null without a holdout, visitors or orders", () => {
    for (const lacking of [
      { holdoutRatio: 0 },
      { visitorsADay: 0 },
      { meanMinor: 0 },
      { deviationMinor: 0 },
    ]) {
      expect(timeToAnswer({ ...TRAFFIC, ...lacking }, 0.2)).toEqual({ effectRatio: 0.2, days: null });
      expect(smallestVisibleEffect({ ...TRAFFIC, ...lacking })).toBeNull();
    }
  });

  it("is shorter for a larger effect, more visitors and more even arms", () => {
    const days = (changes: Partial<typeof TRAFFIC>, effect = 0.3) =>
      timeToAnswer({ ...TRAFFIC, ...changes }, effect).days!;
    expect(days({}, 0.5)).toBeLessThan(days({}));
    expect(days({ visitorsADay: 2_000 })).toBeLessThan(days({}));
    expect(days({ holdoutRatio: 0.5 })).toBeLessThan(days({}));
  });

  it("is shorter with half of the visitors held out at first", () => {
    const ramped = (holdoutRampDays: number) =>
      timeToAnswer(TRAFFIC, 0.4, (day) => holdoutShareOn(day, { ...TRAFFIC, holdoutRampDays })).days!;
    expect(ramped(0)).toBe(timeToAnswer(TRAFFIC, 0.4).days);
    expect(ramped(28)).toBeLessThan(ramped(0) - 7);
  });

  it("is shorter the smaller the exposable share, and a quarter of it equals four times the visitors", () => {
    const small = 0.01;
    const days = (exposableRatio: number, visitorsADay: number) =>
      timeToAnswer({ ...TRAFFIC, exposableRatio, visitorsADay }, small).days!;
    expect(timeToAnswer({ ...TRAFFIC, exposableRatio: 0.5 }, 0.3).days).toBeLessThan(
      timeToAnswer(TRAFFIC, 0.3).days!,
    );
    // A small effect adds almost nothing to the variance, so a quarter of it equals four times the
    // visitors.
    expect(Math.abs(days(0.25, 100_000) - days(1, 400_000))).toBeLessThanOrEqual(3);
  });

  it("includes the variance of the effect itself, so a rare effect takes longer", () => {
    const noiseAlone = (effect: number) => smallestVisibleEffect(TRAFFIC)! / effect;
    const rare = { ...TRAFFIC, exposableRatio: 0.05 };
    expect(smallestVisibleEffect(rare)!).toBeGreaterThan(smallestVisibleEffect(TRAFFIC)! * Math.sqrt(0.05));
    expect(noiseAlone(smallestVisibleEffect(rare)!)).toBeGreaterThan(1);
  });

  it("agrees with smallestVisibleEffect", () => {
    const effect = smallestVisibleEffect(TRAFFIC)!;
    expect(timeToAnswer(TRAFFIC, effect * 1.001)).toMatchObject({ days: 90 });
    expect(timeToAnswer(TRAFFIC, effect * 0.999).days).toBeNull();
  });

  it("uses the drift at which four of five shops see an effect by the end of a period", () => {
    expect(chancesToSee(EVEN_ANALYSES, WANTED_DRIFT).at(-1)).toBeCloseTo(WANTED_CHANCE, 5);
  });
});

describe("drift of an effect", () => {
  /** Variance per visitor of the compared measure, by definition; in squared minor units. */
  const varianceAt = (
    effect: number,
    { meanMinor, deviationMinor, exposableRatio, holdoutRatio }: typeof TRAFFIC,
  ) => {
    const squares = deviationMinor ** 2 + meanMinor ** 2;
    const still = exposableRatio * squares - (exposableRatio * meanMinor) ** 2;
    return still + (holdoutRatio + (1 - holdoutRatio) ** 2) * squares * effect;
  };
  /** Standard errors that an effect is worth at the end of a period. */
  const driftAt = (effect: number, traffic: typeof TRAFFIC) => {
    const { visitorsADay, holdoutRatio, meanMinor } = traffic;
    const information = 90 * visitorsADay * holdoutRatio * (1 - holdoutRatio);
    return effect * meanMinor * Math.sqrt(information / varianceAt(effect, traffic));
  };

  it.each([
    [0.2, {}],
    [0.3, { holdoutRatio: 0.5 }],
    [0.15, { exposableRatio: 0.3, holdoutRatio: 0.05 }],
    [0.1, { visitorsADay: 5_000, deviationMinor: 500 }],
  ])("gives the day on which an effect of %d is seen, with %j", (effect, changes) => {
    const traffic = { ...TRAFFIC, ...changes };
    const stated = timeToAnswer(traffic, effect);
    const chances = chancesToSee(EVEN_ANALYSES, driftAt(effect, traffic));
    const day = chances.findIndex((chance) => chance >= WANTED_CHANCE);
    expect(stated.days).toBe(day === -1 ? null : day + 1);
    expect(timeToAnswer(traffic, -effect)).toEqual({ ...stated, effectRatio: -effect });
  });

  it.each([{}, { holdoutRatio: 0.5 }, { exposableRatio: 0.1 }])(
    "is the wanted one at the smallest visible effect, with %j",
    (changes) => {
      const traffic = { ...TRAFFIC, ...changes };
      expect(driftAt(smallestVisibleEffect(traffic)!, traffic)).toBeCloseTo(WANTED_DRIFT, 9);
    },
  );

  it("does not grow on days with nobody or everybody held out", () => {
    const from = (share: (day: number) => number) => timeToAnswer(TRAFFIC, 0.5, share).days!;
    const always = from(() => 0.5);
    const late = from((day) => (day < 20 ? 0 : 0.5));
    // After twenty days without a comparison, some error has been saved up.
    expect(late).toBeGreaterThan(20);
    expect(late).toBeLessThan(20 + always);
    expect(from((day) => (day < 20 ? 1 : 0.5))).toBe(late);
    expect(timeToAnswer(TRAFFIC, 0.5, () => 0)).toEqual({ effectRatio: 0.5, days: null });
  });

  it("is never enough for no effect", () => {
    expect(timeToAnswer(TRAFFIC, 0)).toEqual({ effectRatio: 0, days: null });
    expect(smallestVisibleEffect({ ...TRAFFIC, exposableRatio: 0 })).toBeNull();
    expect(timeToAnswer({ ...TRAFFIC, exposableRatio: 0 }, 0.2).days).toBeNull();
  });
});

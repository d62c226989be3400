import { describe, expect, it } from "vitest";
import { explainUplift } from "#app/domain/evaluate/proof/explain-uplift.ts";
import type { InterimAnalysis } from "#app/domain/evaluate/proof/interim-boundary.ts";
import { judge, LAST_CRITICAL } from "#app/domain/evaluate/proof/verdict.ts";

type Known = Parameters<typeof judge>[0];

/** Interval from −2 to 4 around 1. The holdout spends 10 per visitor, and half of the period is over. */
const known = (changes: Partial<Known> = {}): Known => ({
  revenue: { value: 1, low: -2, high: 4 },
  base: 10,
  information: 450,
  deviation: 30,
  visitors: { treated: 900, holdout: 900 },
  analyses: evenAnalyses(45),
  isThin: false,
  isBroken: false,
  ...changes,
});
const evenAnalyses = (days: number): InterimAnalysis[] =>
  Array.from({ length: days }, (_, day) => ({
    information: 10 * (day + 1),
    fresh: 10,
    elapsedRatio: (day + 1) / 90,
  }));

describe("judge", () => {
  it("never trusts the figures of a broken draw", () => {
    expect(judge(known({ isBroken: true, revenue: { value: 5, low: 1, high: 9 } }))).toEqual({
      isEnough: false,
      visitorsMissing: null,
    });
  });

  it("has no answer without a holdout", () => {
    expect(judge(known({ visitors: { treated: 900, holdout: 0 } }))).toEqual({
      isEnough: false,
      visitorsMissing: null,
    });
  });

  const open = "uplift.notEnough";
  it.each([
    ["more", { value: 2, low: 0.1, high: 4 }, 10, "uplift.more"],
    ["no less than nothing", { value: 2, low: 0, high: 4 }, 10, open],
    ["less", { value: -2, low: -4, high: -0.1 }, 10, "uplift.less"],
    ["no more than nothing", { value: -2, low: -4, high: 0 }, 10, open],
    ["less than a twentieth", { value: 0, low: -0.4, high: 0.4 }, 10, "uplift.same"],
    ["maybe a twentieth more", { value: 0, low: -0.4, high: 0.5 }, 10, open],
    ["maybe a twentieth less", { value: 0, low: -0.5, high: 0.4 }, 10, open],
  ])("names an interval that holds %s", (_, revenue, base, verdict) => {
    const judged = judge(known({ revenue, base }));
    const { visitors } = known();
    const stated = explainUplift({ ...judged, visitors, perVisitorMinor: revenue, sampleRatioPValue: null });
    expect(stated.code).toBe(verdict);
    expect(judged.isEnough).toBe(verdict !== open);
    if (judged.isEnough) expect(judged.visitorsMissing).toBe(0);
  });

  it.each([
    { value: 2, low: 0.1, high: 4 },
    { value: -2, low: -4, high: -0.1 },
    { value: 0, low: -0.4, high: 0.4 },
  ])("has no answer for $low to $high while the data are thin", (revenue) => {
    expect(judge(known({ revenue, isThin: true })).isEnough).toBe(false);
  });

  it("calls no difference small when the holdout bought nothing", () => {
    const judged = judge(known({ revenue: { value: 0, low: -0, high: 0 }, base: 0 }));
    expect(judged).toEqual({ isEnough: false, visitorsMissing: null });
  });
});

describe("missing visitors", () => {
  it.each([
    ["nothing varies", { deviation: 0 }],
    ["no comparison was possible", { information: 0 }],
    [
      "there is neither an effect nor revenue to relate it to",
      { base: 0, revenue: { value: 0, low: -1, high: 1 } },
    ],
  ])("are unknown when %s", (_, changes) => {
    expect(judge(known(changes))).toEqual({
      isEnough: false,
      visitorsMissing: null,
    });
  });

  it("are planned for a whole period before the first analysis, and at least 100 while the data are thin", () => {
    const thin = { analyses: [], isThin: true, information: 100, visitors: { treated: 200, holdout: 200 } };
    // 400 visitors are worth 100 of information; the interval must reach 3, at a deviation of 30.
    const needed = (LAST_CRITICAL * 30) / 3;
    const missing = 400 * (needed ** 2 / 100 - 1);
    expect(missing).toBeCloseTo(1_834, 0);
    expect(judge(known({ ...thin, revenue: { value: 3, low: -9, high: 15 } }))).toMatchObject({
      visitorsMissing: 1_900,
    });
    expect(judge(known({ ...thin, revenue: { value: 30, low: -9, high: 70 } })).visitorsMissing).toBe(100);
    expect(
      judge(known({ ...thin, isThin: false, revenue: { value: 30, low: -9, high: 70 } })).visitorsMissing,
    ).toBe(0);
  });

  it("are rounded up to two digits", () => {
    const asked = (value: number) =>
      judge(known({ analyses: [], information: 100, revenue: { value, low: -90, high: 90 } }))
        .visitorsMissing!;
    const exact = (value: number) => 1_800 * (((LAST_CRITICAL * 30) / value) ** 2 / 100 - 1);
    for (const [value, step] of [
      [0.9, 10_000],
      [4, 100],
      [6.7, 10],
      [7.08, 1],
    ] as const) {
      expect(asked(value)).toBe(Math.ceil(exact(value) / step) * step);
    }
  });

  it("aim for the smallest effect when the value is nearer to 0 than to it", () => {
    // A twentieth is 0.5 per visitor: for a value of 0.1 the interval can reach 0.4, for −0.4 just as far.
    const [small, negative] = [0.1, -0.4].map(
      (value) => judge(known({ analyses: [], revenue: { value, low: -9, high: 9 } })).visitorsMissing,
    );
    expect(small).toBe(negative);
    expect(small).toBeGreaterThan(
      judge(known({ analyses: [], revenue: { value: 1, low: -9, high: 9 } })).visitorsMissing!,
    );
  });

  it("come at the pace so far, and are fewer the nearer the answer is", () => {
    const missing = (value: number) =>
      judge(known({ revenue: { value, low: -9, high: 9 } })).visitorsMissing!;
    // Within the period, answers come at an analysis: whole days of 40 visitors.
    const days = missing(2.9) / 40;
    expect(days).toBeGreaterThan(0);
    expect(days).toBeLessThanOrEqual(45);
    expect(missing(2.9)).toBeGreaterThan(missing(3.3));
    // An answer that the period cannot give takes longer than the period.
    expect(missing(1)).toBeGreaterThan(1_800);
  });
});

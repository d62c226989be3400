import { describe, expect, it } from "vitest";
import { explainUplift } from "#app/domain/evaluate/proof/explain-uplift.ts";
import type { InterimAnalysis } from "#app/domain/evaluate/proof/interim-boundary.ts";
import { judge } from "#app/domain/evaluate/proof/verdict.ts";

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

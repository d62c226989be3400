import { describe, expect, it } from "vitest";
import { PeriodResult, restoreEstimate, toPeriodResult } from "#app/domain/evaluate/proof/period-result.ts";
import { estimateUplift } from "#app/domain/evaluate/proof/uplift.ts";
import { seededRandom } from "#app/domain/numbers/random.ts";
import { drawDays } from "#tests/factories/cohorts.ts";

const store = (days: Parameters<typeof estimateUplift>[0]["days"]) => {
  const uplift = estimateUplift({ days, holdoutRatioOf: () => 0.2 });
  return { uplift, kept: PeriodResult.parse(JSON.parse(JSON.stringify(toPeriodResult(uplift)))) };
};

describe("PeriodResult", () => {
  it("survives the database round trip", () => {
    const { uplift, kept } = store(
      drawDays(seededRandom(2), 30, {
        treated: { visitors: 400, buyRatio: 0.06 },
        holdout: { visitors: 100, buyRatio: 0.04 },
      }),
    );
    expect(restoreEstimate(kept.perVisitorMinor)).toEqual(uplift.perVisitorMinor);
    expect(restoreEstimate(kept.incrementalRevenueMinor)).toEqual(uplift.incrementalRevenueMinor);
    const { visitors, sampleRatioPValue } = uplift;
    expect(kept).toMatchObject({ visitors, sampleRatioPValue, isDrawBroken: false });
  });

  it("accepts a row of an earlier release with more fields", () => {
    const { kept } = store([]);
    expect(PeriodResult.parse({ ...kept, capMinor: 9_000, relative: null, metrics: [] })).toEqual(kept);
  });

  it("keeps an unbounded interval, which JSON cannot express", () => {
    const { uplift, kept } = store([]);
    expect(uplift.perVisitorMinor.high).toBe(Infinity);
    expect(restoreEstimate(kept.perVisitorMinor)).toEqual({ value: 0, low: -Infinity, high: Infinity });
    expect(kept).toMatchObject({ isEnough: false });
  });

  it.each([
    ["fewer visitors than none", { visitors: { treated: -1, holdout: 0 } }],
    ["half a visitor", { visitors: { treated: 0, holdout: 0.5 } }],
    ["fewer held out than none", { visitors: { treated: 0, holdout: -1 } }],
    ["half a treated visitor", { visitors: { treated: 0.5, holdout: 0 } }],
    ["no verdict", { isEnough: null }],
  ])("refuses %s", (_, changes) => {
    const { kept } = store([]);
    expect(PeriodResult.safeParse(kept).success).toBe(true);
    expect(PeriodResult.safeParse({ ...kept, ...changes }).success).toBe(false);
  });
});

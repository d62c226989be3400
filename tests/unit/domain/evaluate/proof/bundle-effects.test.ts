import { describe, expect, it } from "vitest";
import { compareBundles } from "#app/domain/evaluate/proof/bundle-effects.ts";
import { NO_VISITORS, type CohortDay } from "#app/domain/evaluate/proof/cohort-day.ts";
import { compareMeans } from "#app/domain/evaluate/proof/compare-arms.ts";
import { criticalValues, listInterimAnalyses } from "#app/domain/evaluate/proof/interim-boundary.ts";
import { listMetrics } from "#app/domain/evaluate/proof/metrics.ts";
import { standardiseArms } from "#app/domain/evaluate/proof/standardised-arms.ts";
import { sumVisitors } from "#tests/factories/cohorts.ts";

/** This many visitors, a quarter with one order at about this margin. */
const arm = (visitors: number, marginMinor: number) =>
  sumVisitors(
    Array.from({ length: visitors }, (_, n) =>
      n % 4 === 0 ? { orders: 1, buyers: 1, marginMinor: marginMinor + (n % 8) } : {},
    ),
  );
const daysOf = (count: number, treated: number, holdout: number): CohortDay[] =>
  Array.from({ length: count }, (_, day) => ({
    day,
    treated: arm(200, treated),
    holdout: arm(200, holdout),
  }));

describe("compareBundles", () => {
  it("leaves out a bundle until its own data allow an interval", () => {
    const few = [{ day: 0, treated: arm(40, 500), holdout: arm(40, 500) }];
    const alone = [{ day: 0, treated: arm(400, 500), holdout: NO_VISITORS }];
    const still = daysOf(1, 0, 0).map((day) => ({
      ...day,
      treated: sumVisitors(Array.from({ length: 200 }, () => ({ orders: 1, marginMinor: 9 }))),
      holdout: sumVisitors(Array.from({ length: 200 }, () => ({ orders: 1, marginMinor: 9 }))),
    }));
    const ofBundle = new Map([
      ["few", few],
      ["alone", alone],
      ["nothing varies", still],
      ["told", daysOf(3, 600, 500)],
    ]);
    expect(compareBundles(ofBundle)).toMatchObject([{ id: "told", visitors: 1_200 }]);
  });

  it("uses the bundle's own critical value when it is alone", () => {
    const days = daysOf(9, 600, 500);
    const [alone] = compareBundles(new Map([["alone", days]]));
    const own = criticalValues(listInterimAnalyses(days)).at(-1)!;
    const { difference } = compareMeans(standardiseArms(days)!, "marginMinor", own);
    expect(alone!.effect.high).toBeCloseTo(difference.high, 9);
  });

  it("uses the widest critical value for all bundles", () => {
    const ofBundle = new Map([
      ["young", daysOf(2, 900, 500)],
      ["old", daysOf(9, 600, 500)],
    ]);
    const [young, old] = compareBundles(ofBundle);
    const own = (days: readonly CohortDay[]) => criticalValues(listInterimAnalyses(days)).at(-1)!;
    const widest = Math.max(...[...ofBundle.values()].map(own));
    expect(own(ofBundle.get("young")!)).toBe(widest);
    expect(own(ofBundle.get("old")!)).toBeLessThan(widest);

    expect([young!.effect.value, young!.visitors]).toEqual([100, 800]);
    expect([old!.effect.value, old!.visitors]).toEqual([25, 3_600]);
    for (const [effect, days] of [
      [young!, ofBundle.get("young")!],
      [old!, ofBundle.get("old")!],
    ] as const) {
      const { difference } = compareMeans(standardiseArms(days)!, "marginMinor", widest);
      expect(effect.effect.high - effect.effect.value).toBeCloseTo(difference.high - difference.value, 9);
    }
  });
});

describe("listMetrics", () => {
  const visitor = {
    orders: 2,
    buyers: 1,
    repeatBuyers: 1,
    revenueMinor: 900,
    cappedRevenueMinor: 800,
    marginMinor: 300,
    units: 5,
    soldUnits: 8,
    returnedUnits: 2,
    fullPriceUnits: 3,
    componentOrders: 2,
    attachedOrders: 1,
  };
  const metricsOf = () =>
    listMetrics(
      standardiseArms([
        { day: 0, treated: sumVisitors([visitor, visitor]), holdout: sumVisitors([visitor, visitor]) },
      ])!,
      2,
    );

  it("lists the metrics in order, with revenue as the only primary one", () => {
    expect(metricsOf().map(({ name, unit, role, holdout }) => [name, unit, role, holdout])).toEqual([
      ["revenue", "minor", "primary", 800],
      ["revenueUncapped", "minor", "secondary", 900],
      ["margin", "minor", "secondary", 300],
      ["orders", "count", "secondary", 2],
      ["buyers", "ratio", "secondary", 1],
      ["units", "count", "secondary", 5],
      ["fullPriceUnits", "count", "secondary", 3],
      ["orderValue", "minor", "secondary", 450],
      ["attachRate", "ratio", "secondary", 0.5],
      ["returnRate", "ratio", "secondary", 0.25],
      ["repeatRate", "ratio", "secondary", 1],
    ]);
  });

  it("leaves out a rate without a denominator in one arm", () => {
    const unsold = { ...visitor, returnedUnits: 0, soldUnits: 0 };
    const some = standardiseArms([
      { day: 0, treated: sumVisitors([unsold, unsold]), holdout: sumVisitors([visitor, visitor]) },
    ])!;
    expect(listMetrics(some, 2).map(({ name }) => name)).not.toContain("returnRate");
  });
});

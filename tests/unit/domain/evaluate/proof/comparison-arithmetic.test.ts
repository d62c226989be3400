import { describe, expect, it } from "vitest";
import { toCohortSums } from "#app/domain/evaluate/proof/cohort-day.ts";
import { compareMeans, compareRatios, deviationOf } from "#app/domain/evaluate/proof/compare-arms.ts";
import { explainUplift } from "#app/domain/evaluate/proof/explain-uplift.ts";
import { sampleRatioPValue } from "#app/domain/evaluate/proof/sample-ratio.ts";
import { standardiseArms } from "#app/domain/evaluate/proof/standardised-arms.ts";
import { estimateUplift } from "#app/domain/evaluate/proof/uplift.ts";
import { spender, sumVisitors, type Visitor } from "#tests/factories/cohorts.ts";

const arms = (treated: readonly Visitor[], holdout: readonly Visitor[]) =>
  standardiseArms([{ day: 0, treated: sumVisitors(treated), holdout: sumVisitors(holdout) }])!;
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const squares = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0);

/** One day: spending per visitor, and the variance of each mean, which is at least the pooled one. */
const TREATED = [0, 400, 900, 1_300, 2_000];
const HOLDOUT = [0, 300, 300, 1_000];
const pooled = (squares(TREATED) + squares(HOLDOUT)) / 7;
const luckOfTreated = Math.max(pooled, squares(TREATED) / 4) / 5;
const luckOfHoldout = Math.max(pooled, squares(HOLDOUT) / 3) / 4;
const of = (values: readonly number[]) => values.map((minor) => spender(minor));

describe("difference of two means", () => {
  const compare = () => compareMeans(arms(of(TREATED), of(HOLDOUT)), "cappedRevenueMinor", 2);

  it("reaches the given number of standard errors to each side", () => {
    const compared = compare();
    const reach = 2 * Math.sqrt(luckOfTreated + luckOfHoldout);
    expect([compared.treated, compared.holdout]).toEqual([920, 400]);
    expect(compared.difference.value).toBeCloseTo(520, 9);
    expect(compared.difference.low).toBeCloseTo(520 - reach, 9);
    expect(compared.difference.high).toBeCloseTo(520 + reach, 9);
  });

  it("has the deviation of one unit of information", () => {
    const both = arms(of(TREATED), of(HOLDOUT));
    expect(both.information).toBeCloseTo(20 / 9, 12);
    expect(deviationOf(both, "cappedRevenueMinor")).toBeCloseTo(
      Math.sqrt((luckOfTreated + luckOfHoldout) * (20 / 9)),
      9,
    );
  });

  it("has no bounds while the critical value is infinite", () => {
    const { difference } = compareMeans(arms(of(TREATED), of(HOLDOUT)), "cappedRevenueMinor", Infinity);
    expect(difference).toEqual({ value: expect.closeTo(520, 9), low: -Infinity, high: Infinity });
  });

  it("removes what earlier purchases explain, with the pooled slope", () => {
    const known = (values: readonly (readonly [earlier: number, minor: number])[]) =>
      values.map(([earlier, minor]) => spender(minor, { earlierRevenueMinor: earlier }));
    const [treated, holdout] = [
      [
        [0, 100],
        [100, 260],
        [200, 300],
        [300, 560],
      ] as const,
      [
        [0, 0],
        [100, 120],
        [300, 300],
      ] as const,
    ];
    const split = (values: readonly (readonly [number, number])[]) =>
      [values.map(([x]) => x), values.map(([, y]) => y)] as const;
    const products = (values: readonly (readonly [number, number])[]) => {
      const [x, y] = split(values);
      return values.reduce((sum, [one, other]) => sum + (one - mean(x)) * (other - mean(y)), 0);
    };
    const slope =
      (products(treated) + products(holdout)) / (squares(split(treated)[0]) + squares(split(holdout)[0]));
    const adjusted = (values: readonly (readonly [number, number])[]) =>
      values.map(([x, y]) => y - slope * x);
    const shift = mean(adjusted(treated)) - mean(adjusted(holdout));
    const together = (squares(adjusted(treated)) + squares(adjusted(holdout))) / 5;
    const variance =
      Math.max(together, squares(adjusted(treated)) / 3) / 4 +
      Math.max(together, squares(adjusted(holdout)) / 2) / 3;

    const { difference } = compareMeans(arms(known(treated), known(holdout)), "revenueMinor", 2);
    expect(difference.value).toBeCloseTo(shift, 9);
    expect(difference.high).toBeCloseTo(shift + 2 * Math.sqrt(variance), 9);
    // Full-price units are not adjusted.
    const units = known(treated).map((visitor, at) => ({ ...visitor, fullPriceUnits: at }));
    const none = known(holdout).map((visitor) => ({ ...visitor, fullPriceUnits: 1 }));
    expect(compareMeans(arms(units, none), "fullPriceUnits", 2).difference.value).toBeCloseTo(0.5, 9);
  });
});

describe("difference of two ratios", () => {
  const orders = (values: readonly (readonly [orders: number, minor: number])[]) =>
    values.map(([count, revenueMinor]) => ({ orders: count, revenueMinor }));
  const treated = [
    [1, 500],
    [2, 900],
    [0, 0],
    [1, 700],
  ] as const;
  const holdout = [
    [1, 300],
    [0, 0],
    [1, 500],
  ] as const;

  it("has the variance of the residuals of each order's value", () => {
    const compared = compareRatios(arms(orders(treated), orders(holdout)), ["revenueMinor", "orders"], 2)!;
    const [ofTreated, ofHoldout] = [2_100 / 4, 800 / 2];
    const residuals = (values: readonly (readonly [number, number])[], ratio: number) =>
      values.map(([count, minor]) => minor - ratio * count);
    const variance = (own: typeof treated | typeof holdout, ratio: number, freedom: number) => {
      const both = (squares(residuals(treated, ratio)) + squares(residuals(holdout, ratio))) / 5;
      const perOrder = own.reduce((sum, [count]) => sum + count, 0) / own.length;
      return Math.max(both, squares(residuals(own, ratio)) / freedom) / perOrder ** 2 / own.length;
    };
    const [t, h] = [variance(treated, ofTreated, 3), variance(holdout, ofHoldout, 2)];
    expect([compared.treated, compared.holdout]).toEqual([expect.closeTo(525, 9), expect.closeTo(400, 9)]);
    expect(compared.difference.value).toBeCloseTo(125, 9);
    expect(compared.difference.high).toBeCloseTo(125 + 2 * Math.sqrt(t + h), 9);
  });

  it("is null while the treated have no denominator", () => {
    expect(
      compareRatios(
        arms(
          orders([
            [0, 0],
            [0, 0],
          ]),
          orders(holdout),
        ),
        ["revenueMinor", "orders"],
        2,
      ),
    ).toBeNull();
  });
});

describe("estimateUplift", () => {
  const treated = Array.from({ length: 300 }, (_, n) =>
    spender(n % 5 === 0 ? 2_000 + n : 0, {
      exposableVisitors: n < 150 ? 1 : 0,
      marginMinor: n % 5 === 0 ? 700 + n : 0,
      fullPriceUnits: n % 3,
    }),
  );
  const holdout = Array.from({ length: 200 }, (_, n) =>
    spender(n % 5 === 0 ? 1_500 + n : 0, {
      exposableOrders: n % 20 === 0 ? 1 : 0,
      exposableVisitors: n < 100 ? 1 : 0,
    }),
  );
  const days = () => [{ day: 0, treated: sumVisitors(treated), holdout: sumVisitors(holdout) }];
  const measure = () => estimateUplift({ days: days(), critical: 2, holdoutRatioOf: () => 0.4 });

  it("states the primary metric and the revenue of all treated visitors", () => {
    const given = measure();
    const revenue = given.metrics.find(({ name }) => name === "revenue")!;
    expect(revenue.role).toBe("primary");
    expect(given.perVisitorMinor).toEqual(revenue.difference);
    expect(given.incrementalRevenueMinor.value).toBeCloseTo(300 * given.perVisitorMinor.value, 6);
    expect(given.visitors).toEqual({ treated: 300, holdout: 200 });
    expect([given.critical, given.capMinor, given.cappedRatio]).toEqual([2, null, 0]);
  });

  it("gives the exposable share of the holdout's orders, and 1 without any", () => {
    expect(measure().exposableRatio).toBeCloseTo(0.25, 12);
    const idle = [spender(0), spender(0)];
    const none = estimateUplift({
      days: [{ day: 0, treated: sumVisitors(treated), holdout: sumVisitors(idle) }],
    });
    expect(none.exposableRatio).toBe(1);
    expect(estimateUplift({ days: [] })).toMatchObject({
      exposableRatio: 1,
      cappedRatio: 0,
      sampleRatioPValue: null,
      isDrawBroken: false,
      perVisitorMinor: { value: 0, low: -Infinity, high: Infinity },
    });
  });

  it("has no bounds when the critical value is null", () => {
    const { perVisitorMinor, isEnough, critical } = estimateUplift({ days: days(), critical: null });
    expect([perVisitorMinor.high, isEnough, critical]).toEqual([Infinity, false, null]);
  });

  it("checks the draw of all and of exposable visitors, as two tests", () => {
    const pValueOf = (count: { treated: number; holdout: number }) =>
      sampleRatioPValue([{ ...count, holdoutRatio: 0.3 }])!;
    const checked = estimateUplift({ days: days(), holdoutRatioOf: () => 0.3 }).sampleRatioPValue!;
    const [ofAll, ofExposable] = [
      pValueOf({ treated: 300, holdout: 200 }),
      pValueOf({ treated: 150, holdout: 100 }),
    ];
    expect(ofAll).toBeLessThan(ofExposable);
    expect(checked).toBeCloseTo(2 * ofAll, 12);
    expect(measure().sampleRatioPValue).toBe(1);

    const nobodyExposed = (visitors: readonly Visitor[]) =>
      sumVisitors(visitors.map((visitor) => ({ ...visitor, exposableVisitors: 0 })));
    const unexposed = [{ day: 0, treated: nobodyExposed(treated), holdout: nobodyExposed(holdout) }];
    expect(estimateUplift({ days: unexposed, holdoutRatioOf: () => 0.3 }).sampleRatioPValue).toBe(ofAll);
    expect(estimateUplift({ days: days(), holdoutRatioOf: () => 0 }).sampleRatioPValue).toBeNull();
  });

  it("uses the given critical value on any day", () => {
    const reach = (critical: number) => {
      const { value, high } = estimateUplift({ days: days(), critical }).perVisitorMinor;
      return high - value;
    };
    expect(reach(9) / reach(2)).toBeCloseTo(4.5, 9);
  });

  it("has no answer while no interval is known, however clear the data look", () => {
    const arm = (minor: number) =>
      sumVisitors(Array.from({ length: 300 }, (_, n) => spender(minor + (n % 2))));
    const clear = [{ day: 0, treated: arm(900), holdout: arm(100) }];
    expect(estimateUplift({ days: clear, critical: null })).toMatchObject({
      isEnough: false,
      visitorsMissing: null,
    });
    expect(estimateUplift({ days: clear, critical: 2 })).toMatchObject({
      isEnough: true,
      visitorsMissing: 0,
    });
  });

  it("calls a small interval around 0 no effect, relative to the holdout", () => {
    const alike = toCohortSums(100_000, { cappedRevenueMinor: [10_000_000, 1_100_000_000] });
    const uplift = estimateUplift({
      days: [{ day: 0, treated: alike, holdout: alike }],
      critical: 2,
    });
    expect([uplift.isEnough, explainUplift(uplift).code]).toEqual([true, "uplift.same"]);
  });

  it("has no revenue above the cap when nothing was bought", () => {
    const idle = sumVisitors([spender(0), spender(0)]);
    expect(estimateUplift({ days: [{ day: 0, treated: idle, holdout: idle }] }).cappedRatio).toBe(0);
  });
});

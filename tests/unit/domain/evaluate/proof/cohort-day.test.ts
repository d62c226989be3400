import { describe, expect, it } from "vitest";
import {
  ADJUSTED,
  MEASURES,
  NO_VISITORS,
  numberOf,
  productOf,
  EXPOSABLE,
  toCohortSums,
  type CohortSums,
  type Measure,
} from "#app/domain/evaluate/proof/cohort-day.ts";
import { comparisonSize, standardiseArms } from "#app/domain/evaluate/proof/standardised-arms.ts";
import { sumVisitors } from "#tests/factories/cohorts.ts";

const sumOf = ({ sums }: CohortSums, measure: Measure) => sums[numberOf(measure)];
const productsOf = ({ products }: CohortSums, a: Measure, b: Measure) => products[productOf(a, b)!];

describe("sumVisitors", () => {
  it("is zero without visitors", () => {
    expect(NO_VISITORS.visitors).toBe(0);
    expect([...NO_VISITORS.sums, ...NO_VISITORS.products].every((value) => value === 0)).toBe(true);
  });

  it("counts a visitor without fields as exposed and without a purchase", () => {
    const sums = sumVisitors([{}]);
    expect(sums.visitors).toBe(1);
    expect(MEASURES.filter((measure) => sumOf(sums, measure) !== 0)).toEqual(["exposableVisitors"]);
  });

  it("adds up values, and products within a visitor", () => {
    const sums = sumVisitors([
      { revenueMinor: 300, orders: 2, earlierRevenueMinor: 50, exposableVisitors: 0 },
      { revenueMinor: 100, orders: 1, earlierRevenueMinor: 7 },
    ]);
    expect(sumOf(sums, "revenueMinor")).toBe(400);
    expect(sumOf(sums, "exposableVisitors")).toBe(1);
    expect(productsOf(sums, "revenueMinor", "orders")).toBe(700);
    expect(productsOf(sums, "orders", "revenueMinor")).toBe(700);
    expect(productsOf(sums, "orders", "orders")).toBe(5);
    expect(productsOf(sums, "exposableRevenueMinor", "earlierRevenueMinor")).toBe(15_700);
  });

  it.each([
    ["orders", "exposableOrders", true],
    ["buyers", "exposableBuyers", true],
    ["revenueMinor", "exposableRevenueMinor", true],
    ["cappedRevenueMinor", "exposableCappedRevenueMinor", true],
    ["marginMinor", "exposableMarginMinor", true],
    ["units", "exposableUnits", true],
    ["fullPriceUnits", "exposableFullPriceUnits", false],
  ] as const)("treats %s as fully exposable (%s) by default", (whole, part, isSteadied) => {
    expect(sumOf(sumVisitors([{ [whole]: 3 }]), part)).toBe(3);
    const sums = sumVisitors([{ [whole]: 3, [part]: 2, earlierRevenueMinor: 5 }]);
    expect(sumOf(sums, part)).toBe(2);
    // The comparison needs the square of the exposable part and, for some, its product with earlier
    // revenue.
    expect(productsOf(sums, part, part)).toBe(4);
    expect(productOf(part, "earlierRevenueMinor") !== undefined).toBe(isSteadied);
    expect(ADJUSTED.includes(part)).toBe(isSteadied);
    expect(EXPOSABLE.get(whole)).toBe(part);
  });

  it.each([
    ["revenueMinor", "orders"],
    ["returnedUnits", "soldUnits"],
    ["repeatBuyers", "buyers"],
    ["attachedOrders", "componentOrders"],
  ] as const)("keeps the product of %s and %s for their ratio", (over, under) => {
    expect(productsOf(sumVisitors([{ [over]: 3, [under]: 4 }]), over, under)).toBe(12);
  });

  it("has no product of measures that no ratio needs", () => {
    expect(productOf("soldUnits", "buyers")).toBeUndefined();
    const arms = standardiseArms([
      { day: 0, treated: sumVisitors([{}, {}]), holdout: sumVisitors([{}, {}]) },
    ])!;
    expect(() => arms.covariance("soldUnits", "buyers")).toThrow(
      "the products of soldUnits and buyers are not added up",
    );
  });
});

describe("toCohortSums", () => {
  it("equals the sums over visitors when all purchases were exposable", () => {
    const visitors = [{ orders: 2, marginMinor: 30 }, { orders: 1, marginMinor: -10 }, {}];
    const known = toCohortSums(3, { orders: [3, 5], marginMinor: [20, 1_000] });
    const all = sumVisitors(visitors);
    expect(known.visitors).toBe(3);
    expect(known.sums).toEqual(all.sums);
    for (const measure of ["orders", "marginMinor", "exposableVisitors", "exposableOrders"] as const)
      expect(productsOf(known, measure, measure)).toBe(productsOf(all, measure, measure));
    expect(productsOf(known, "exposableMarginMinor", "exposableMarginMinor")).toBe(1_000);
    expect(productsOf(known, "revenueMinor", "orders")).toBe(0);
  });

  it("keeps an exposable part that is given", () => {
    const known = toCohortSums(10, { orders: [6, 8], exposableOrders: [2, 2], exposableVisitors: [4, 4] });
    expect([
      sumOf(known, "orders"),
      sumOf(known, "exposableOrders"),
      sumOf(known, "exposableVisitors"),
    ]).toEqual([6, 2, 4]);
    expect(productsOf(known, "exposableOrders", "exposableOrders")).toBe(2);
  });
});

describe("standardiseArms", () => {
  const arm = (visitors: number, orders: number) => toCohortSums(visitors, { orders: [orders, orders] });

  it("weighs each day by its comparison size and ignores a day without one of the arms", () => {
    const { treated, holdout, information } = standardiseArms([
      { day: 0, treated: arm(30, 15), holdout: arm(10, 1) },
      { day: 1, treated: arm(10, 1), holdout: arm(10, 2) },
      { day: 2, treated: arm(500, 500), holdout: NO_VISITORS },
    ])!;
    expect(information).toBe(7.5 + 5);
    expect(treated.mean("orders")).toBeCloseTo((7.5 * 0.5 + 5 * 0.1) / 12.5, 12);
    expect(holdout.mean("orders")).toBeCloseTo((7.5 * 0.1 + 5 * 0.2) / 12.5, 12);
    expect([treated.visitors, holdout.visitors]).toEqual([540, 20]);
    expect([treated.sum("orders"), holdout.sum("orders")]).toEqual([516, 3]);
    expect(treated.varianceFactor).toBeCloseTo((7.5 ** 2 / 30 + 5 ** 2 / 10) / 12.5 ** 2, 12);
    expect(holdout.varianceFactor).toBeCloseTo((7.5 ** 2 / 10 + 5 ** 2 / 10) / 12.5 ** 2, 12);
  });

  it("uses the variance within days, and per arm at least the pooled one", () => {
    const { treated, holdout, covariance } = standardiseArms([
      { day: 0, treated: arm(4, 2), holdout: arm(4, 0) },
      { day: 1, treated: arm(4, 4), holdout: arm(4, 4) },
    ])!;
    // Two of four visitors ordered: squares 2, less 2² / 4. The other groups do not vary.
    expect(treated.variance([["orders", 1]])).toBeCloseTo(1 / 6, 12);
    expect(holdout.variance([["orders", 1]])).toBeCloseTo(1 / 12, 12);
    expect(covariance("orders", "orders")).toBeCloseTo(1 / 12, 12);
    expect(treated.variance([["orders", -3]])).toBeCloseTo(9 / 6, 12);
  });

  it.each([
    [0, 0, 0],
    [50, 0, 0],
    [0, 50, 0],
    [100, 100, 50],
    [1e9, 100, 100],
  ])("gives %d and %d visitors a comparison size of %d", (treated, holdout, size) => {
    expect(comparisonSize(treated, holdout)).toBeCloseTo(size, 4);
  });

  it("returns null with too few visitors for a variance", () => {
    const two = [{ day: 0, treated: arm(2, 1), holdout: arm(1, 1) }];
    expect(standardiseArms(two)).toBeNull();
    expect(standardiseArms([{ day: 0, treated: arm(2, 1), holdout: arm(2, 1) }])).not.toBeNull();
    // A single visitor a day has no variance, so the pooled one counts.
    const lone = standardiseArms([{ day: 0, treated: arm(5, 2), holdout: arm(1, 1) }])!;
    expect(lone.holdout.variance([["orders", 1]])).toBeCloseTo(lone.covariance("orders", "orders"), 12);
  });
});

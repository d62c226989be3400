import { compareMeans, compareRatios, type Comparison } from "./compare-arms.ts";
import type { Measure } from "./cohort-day.ts";
import { reachLateOrders } from "./orders-to-come.ts";
import type { StandardisedArms } from "./standardised-arms.ts";

type MetricName =
  | "revenue"
  | "revenueUncapped"
  | "margin"
  | "orders"
  | "buyers"
  | "units"
  | "fullPriceUnits"
  | "orderValue"
  | "attachRate"
  | "returnRate"
  | "repeatRate";

export interface MetricUplift extends Comparison {
  readonly name: MetricName;
  /** `minor` units of money, `count`, or `ratio` from 0 to 1. */
  readonly unit: "minor" | "count" | "ratio";
  /** The one metric that was chosen beforehand, or one of the others. */
  readonly role: "primary" | "secondary";
}

/** Means per visitor. */
const MEANS: readonly (readonly [MetricName, Measure, MetricUplift["unit"]])[] = [
  ["revenue", "cappedRevenueMinor", "minor"],
  ["revenueUncapped", "revenueMinor", "minor"],
  ["margin", "marginMinor", "minor"],
  ["orders", "orders", "count"],
  ["buyers", "buyers", "ratio"],
  ["units", "units", "count"],
  ["fullPriceUnits", "fullPriceUnits", "count"],
];

/** Ratios of sums: numerator, denominator. */
const RATIOS: readonly (readonly [MetricName, readonly [Measure, Measure], MetricUplift["unit"]])[] = [
  ["orderValue", ["revenueMinor", "orders"], "minor"],
  ["attachRate", ["attachedOrders", "componentOrders"], "ratio"],
  ["returnRate", ["returnedUnits", "soldUnits"], "ratio"],
  ["repeatRate", ["repeatBuyers", "buyers"], "ratio"],
];

/**
 * Every metric of the arms, the primary one first. A ratio without a denominator in an arm is left out.
 *
 * @param toComeRatio share of the orders still to come, which widens the intervals of the means
 */
export function listMetrics(arms: StandardisedArms, critical: number, toComeRatio = 0): MetricUplift[] {
  const means = MEANS.map(([name, measure, unit]) => {
    const { difference, ...compared } = compareMeans(arms, measure, critical);
    return {
      name,
      unit,
      role: name === "revenue" ? ("primary" as const) : ("secondary" as const),
      ...compared,
      difference: reachLateOrders(difference, toComeRatio),
    };
  });
  const ratios = RATIOS.flatMap(([name, measures, unit]) => {
    const compared = compareRatios(arms, measures, critical);
    return compared ? [{ name, unit, role: "secondary" as const, ...compared }] : [];
  });
  return [...means, ...ratios];
}

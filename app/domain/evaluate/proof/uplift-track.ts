import type { Estimate } from "#app/domain/numbers/statistics.ts";
import type { CohortDay } from "./cohort-day.ts";
import { compareMeans } from "./compare-arms.ts";
import { criticalValues, listInterimAnalyses } from "./interim-boundary.ts";
import { PERIOD_DAYS } from "./measuring-period.ts";
import { reachLateOrders } from "./orders-to-come.ts";
import { standardiseArms } from "./standardised-arms.ts";

/** The primary metric from the visitors who had come by the end of a day. */
export interface UpliftPoint {
  /** Days since the measuring began, from 0. */
  readonly day: number;
  /** Revenue per visitor, capped, treated minus holdout, minor units. */
  readonly perVisitorMinor: Estimate;
}

/**
 * The primary metric and its interval over the days of a period: one point for each day that carries an interval. All
 * intervals together hold the truth with 95 % probability.
 *
 * Known weakness: later orders of an early day's visitors count from that day on, so an early point can differ a little
 *   from what the page showed then.
 *
 * @param days in order of time
 * @param toComeRatio share of the orders still to come, 0 to 1; for an early day's visitors fewer are
 */
export function trackUplift(days: readonly CohortDay[], toComeRatio = 0): UpliftPoint[] {
  const analyses = listInterimAnalyses(days);
  const critical = criticalValues(analyses);
  return analyses.flatMap(({ elapsedRatio }, index) => {
    const day = Math.round(elapsedRatio * PERIOD_DAYS) - 1;
    // An analysis only exists if both arms had visitors.
    const arms = standardiseArms(days.filter((one) => one.day <= day))!;
    const { difference } = compareMeans(arms, "cappedRevenueMinor", critical[index]!);
    const perVisitorMinor = reachLateOrders(difference, toComeRatio);
    return Number.isFinite(perVisitorMinor.low) ? [{ day, perVisitorMinor }] : [];
  });
}

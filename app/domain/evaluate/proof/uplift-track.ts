import type { Estimate } from "#app/domain/numbers/statistics.ts";
import type { CohortDay } from "./cohort-day.ts";
import { compareMeans } from "./compare-arms.ts";
import { criticalValues, listInterimAnalyses } from "./interim-boundary.ts";
import { PERIOD_DAYS } from "./measuring-period.ts";
import { reachLateOrders } from "./orders-to-come.ts";
import { standardiseArms } from "./standardised-arms.ts";

/** The primary metric by what was known of the visitors who had come by the end of a day. */
export interface UpliftPoint {
  /** Days since the measuring began, from 0. */
  readonly day: number;
  /** Revenue a visitor, capped, treated minus holdout, minor units. */
  readonly perVisitorMinor: Estimate;
}

/**
 * How the primary metric and its interval have moved over the days of a period: one point for each day that carries an
 * interval. All intervals hold the truth together, with 95 % chance.
 *
 * Known weakness: what a visitor of an early day bought since counts from that day on, so an early point may lie a
 * little off from what the page showed then.
 *
 * @param days in time
 * @param toComeRatio share of the orders still to come, 0 to 1; of an early day's visitors fewer are
 */
export function trackUplift(days: readonly CohortDay[], toComeRatio = 0): UpliftPoint[] {
  const analyses = listInterimAnalyses(days);
  const critical = criticalValues(analyses);
  return analyses.flatMap(({ elapsedRatio }, index) => {
    const day = Math.round(elapsedRatio * PERIOD_DAYS) - 1;
    // An analysis is of days on which both arms had visitors.
    const arms = standardiseArms(days.filter((one) => one.day <= day))!;
    const { difference } = compareMeans(arms, "cappedRevenueMinor", critical[index]!);
    const perVisitorMinor = reachLateOrders(difference, toComeRatio);
    return Number.isFinite(perVisitorMinor.low) ? [{ day, perVisitorMinor }] : [];
  });
}

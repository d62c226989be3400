import { DAY_MS } from "#app/domain/time.ts";
import { comparisonSize } from "./standardised-arms.ts";
import { numberOf, type CohortDay } from "./cohort-day.ts";
import type { InterimAnalysis } from "./interim-boundary.ts";

/** An interval holds over all interim analyses of so many days; then the measuring begins anew, with an error of its own. */
export const PERIOD_DAYS = 90;
/**
 * Below this many visitors, or orders that offers can have changed, in an arm the normal approximation says nothing, and
 * no error is spent.
 */
const LEAST_VISITORS = 100;
const LEAST_ORDERS = 30;

/** The period in which an instant lies. */
export interface MeasuringPeriod {
  readonly startMs: number;
  /** 0 is the first period since the shop showed an offer. */
  readonly number: number;
}

/** Periods follow one another from the day on which the shop first showed an offer: chosen before any outcome is seen. */
export function periodOf(nowMs: number, firstOfferMs: number): MeasuringPeriod {
  const beganMs = Math.floor(firstOfferMs / DAY_MS) * DAY_MS;
  const lengthMs = PERIOD_DAYS * DAY_MS;
  const number = Math.max(0, Math.floor((nowMs - beganMs) / lengthMs));
  return { startMs: beganMs + number * lengthMs, number };
}

/**
 * The instant whose date on the shop's clock names a day of a period. Days begin at midnight UTC, which is the evening
 * before in America and the morning in Asia: the date that most of a day has is that of its middle.
 *
 * @param day from 0
 * @param nowMs a day that runs yet is named no later
 */
export function namingInstantMs(startMs: number, day: number, nowMs = Infinity): number {
  return Math.min(startMs + (day + 0.5) * DAY_MS, nowMs);
}

/**
 * The analyses that a merchant may have taken so far: every day from the first on which both arms had enough visitors and
 * orders, whoever really looked.
 *
 * Known weakness: orders that visitors of an early day placed late count for the early day, so the first analysis may be
 * taken for a little earlier than it was; it then has a little less error to spend.
 *
 * @param days in time
 * @returns nothing while the last day still has too few
 */
export function listInterimAnalyses(days: readonly CohortDay[]): InterimAnalysis[] {
  const analyses: InterimAnalysis[] = [];
  const orders = numberOf("exposableOrders");
  let information = 0;
  const seen = { treated: { visitors: 0, orders: 0 }, holdout: { visitors: 0, orders: 0 } };
  for (const { day, treated, holdout } of days) {
    const fresh = comparisonSize(treated.visitors, holdout.visitors);
    information += fresh;
    for (const [arm, sums] of [
      [seen.treated, treated],
      [seen.holdout, holdout],
    ] as const) {
      arm.visitors += sums.visitors;
      arm.orders += sums.sums[orders]!;
    }
    const visitors = Math.min(seen.treated.visitors, seen.holdout.visitors);
    const bought = Math.min(seen.treated.orders, seen.holdout.orders);
    if (visitors < LEAST_VISITORS || bought < LEAST_ORDERS || information === 0) continue;
    analyses.push({ information, fresh, elapsedRatio: Math.min(1, (day + 1) / PERIOD_DAYS) });
  }
  return analyses;
}

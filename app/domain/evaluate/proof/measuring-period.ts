import type { Result } from "#app/domain/result.ts";
import { DAY_MS, zonedDayEndMs, zonedDayStartMs } from "#app/domain/time.ts";

/** An interval holds over all interim analyses of this many days; then measuring starts again. */
export const PERIOD_DAYS = 90;
interface MeasuringPeriod {
  readonly startMs: number;
  /** 0 is the first period since the shop showed an offer. */
  readonly number: number;
}

/** Periods run back to back from the day of the shop's first offer, which is chosen before any outcome is seen. */
export function periodOf(nowMs: number, firstOfferMs: number): MeasuringPeriod {
  const beganMs = Math.floor(firstOfferMs / DAY_MS) * DAY_MS;
  const lengthMs = PERIOD_DAYS * DAY_MS;
  const number = Math.max(0, Math.floor((nowMs - beganMs) / lengthMs));
  return { startMs: beganMs + number * lengthMs, number };
}

/**
 * The instant whose date in the shop's time zone names a day of a period. Days begin at midnight UTC, which is the
 * evening before in America and the morning in Asia. The middle of a day has the date that most of the day has.
 *
 * @param day from 0
 * @param nowMs upper bound, for a day that is not over
 */
export function namingInstantMs(startMs: number, day: number, nowMs = Infinity): number {
  return Math.min(startMs + (day + 0.5) * DAY_MS, nowMs);
}

/** The 99 % quantile of fewer earlier orders is not reliable. */
const LEAST_EARLIER_ORDERS = 100;
/** Quantile of the earlier orders' values that caps a visitor's revenue. */
export const CAP_QUANTILE = 0.99;
/** Older orders say little about today's. */
const MOST_CAP_DAYS = 180;

/**
 * Days before a period whose orders fix its cap: none of which retention deletes before the period ends, which would
 * move the cap.
 *
 * @param ordersKeptDays age at which orders are deleted, above `PERIOD_DAYS`
 */
export function capDays(ordersKeptDays: number): number {
  return Math.min(MOST_CAP_DAYS, ordersKeptDays - PERIOD_DAYS);
}

/**
 * The cap of the primary metric (winsorising). Without it, a few very large orders would decide which arm looks better.
 * Orders from before the measuring fix it, so no outcome can move it.
 *
 * @param quantileMinor the `CAP_QUANTILE` of the earlier orders' values, minor units
 * @returns null, for no cap, with fewer than 100 earlier orders
 * @see Kohavi, Tang & Xu 2020, Trustworthy Online Controlled Experiments, ch. 22, on capping skewed metrics
 * Known weakness: the primary metric misses changes in the largest hundredth of the orders. The revenue above the cap
 *   is reported with it, and the uncapped metric is a secondary metric.
 */
export function capOf({
  earlierOrders,
  quantileMinor,
}: {
  earlierOrders: number;
  quantileMinor: number | null;
}): number | null {
  return earlierOrders < LEAST_EARLIER_ORDERS ? null : quantileMinor;
}

/** The merchant's settings for the holdout. */
export interface HoldoutPlan {
  /** Long-run share, 0 to 1; 0 turns measuring off. */
  readonly holdoutRatio: number;
  /** Days from the first approval during which half of the visitors are held out; 0 for none. */
  readonly holdoutRampDays: number;
}

/** Arms of equal size give the most information in the least time. */
const RAMP_RATIO = 0.5;
const STEP_DAYS = 7;

/**
 * Share held out on a day: half during the ramp, then halved each week down to the long-run share. The answer comes
 * sooner, and afterwards few visitors go without offers.
 *
 * @param day since the day of the first approval, from 0
 * @returns 0 to 1, never below `holdoutRatio`; 0 if measuring is off
 * @see Xu, Duan & Huang 2018, SQR: balancing speed, quality and risk in online controlled experiments, for a phase of
 *   maximum power before the long-term holdout
 * Known weakness: a visitor who was held out during the ramp and comes back later can see offers, and still counts as
 *   held out. This hides a little of the effect.
 */
export function holdoutShareOn(day: number, { holdoutRatio, holdoutRampDays }: HoldoutPlan): number {
  if (holdoutRatio === 0 || holdoutRampDays === 0) return holdoutRatio;
  const steps = day < holdoutRampDays ? 0 : 1 + Math.floor((day - holdoutRampDays) / STEP_DAYS);
  return Math.max(holdoutRatio, RAMP_RATIO / 2 ** steps);
}

interface ShareChange {
  readonly changedAtMs: number;
  readonly ratioBefore: number;
  readonly ratioAfter: number;
}

/**
 * The intended holdout share on each day of a period.
 *
 * @param changes in order of time
 * @param now current share, which held all along if it was never changed
 * @returns share by day from 0, each 0 to 1; 0 for a day with a change, which has two intended shares
 */
export function shareByDay(
  changes: readonly ShareChange[],
  { startMs, now }: { startMs: number; now: number },
): (day: number) => number {
  return (day) => {
    const fromMs = startMs + day * DAY_MS;
    if (changes.some(({ changedAtMs }) => changedAtMs >= fromMs && changedAtMs < fromMs + DAY_MS)) return 0;
    const last = changes.findLast(({ changedAtMs }) => changedAtMs < fromMs);
    if (last) return last.ratioAfter;
    return changes[0]?.ratioBefore ?? now;
  };
}

/** Reasons to leave days out. The list is fixed, so no reason is written to fit a result. */
export const LEFT_OUT_REASONS = ["outage", "wrong_price", "unusual_visitors", "sold_out"] as const;
export type LeftOutReason = (typeof LEFT_OUT_REASONS)[number];

/** Whole days of the shop's calendar that the merchant leaves out, for both arms. */
export interface LeftOutDays {
  readonly from: Date;
  /** First instant after them. */
  readonly to: Date;
  readonly reason: LeftOutReason;
  readonly notedAt: Date;
}

export interface NotedDays extends LeftOutDays {
  readonly id: string;
}

/** Most days left out at once; a period of 90 days keeps enough. */
export const MOST_LEFT_OUT_DAYS = 14;

/**
 * Whether the days were chosen before anyone could know their outcome. Such days are excluded from both arms, with the
 * visitors who first came on them and everything bought on them, and the interval still holds. Days chosen later stay
 * in the figure that serves as proof, because choosing days by their outcome would bias it. The page also shows the
 * figure without them, but not as proof.
 *
 * @see app/decisions/evaluate/012-proof-spends-its-error-over-a-period-and-over-a-year.md
 */
export function areChosenBefore({ from, notedAt }: LeftOutDays): boolean {
  return notedAt < from;
}

/** Days between two instants that are left out, fractions included; overlaps count once. */
export function countLeftOutDays(
  { from, to }: Pick<LeftOutDays, "from" | "to">,
  leftOut: readonly Pick<LeftOutDays, "from" | "to">[],
): number {
  let [reachedMs, leftOutMs] = [from.getTime(), 0];
  for (const hours of leftOut.toSorted((a, b) => a.from.getTime() - b.from.getTime())) {
    const untilMs = Math.min(hours.to.getTime(), to.getTime());
    leftOutMs += Math.max(0, untilMs - Math.max(reachedMs, hours.from.getTime()));
    reachedMs = Math.max(reachedMs, untilMs);
  }
  return leftOutMs / DAY_MS;
}

/** Whether left-out days can be removed: nobody can know their outcome yet, or the figures count them anyway. */
export function canTakeBack(days: LeftOutDays, now: Date): boolean {
  return days.from > now || !areChosenBefore(days);
}

/**
 * Parses the days that a person typed, both included, in the shop's calendar.
 *
 * @param now the days must be within `PERIOD_DAYS` of it, in either direction
 * @returns reason "days_unreadable", "days_in_wrong_order", "too_many_days" or "too_far_off"
 */
export function readTypedDays(
  { firstDay, lastDay }: { readonly firstDay: string; readonly lastDay: string },
  { timeZone, now }: { readonly timeZone: string; readonly now: Date },
): Result<
  Pick<LeftOutDays, "from" | "to">,
  "days_unreadable" | "days_in_wrong_order" | "too_many_days" | "too_far_off"
> {
  const startMs = zonedDayStartMs(firstDay, timeZone);
  const endMs = zonedDayEndMs(lastDay, timeZone);
  if (startMs === null || endMs === null) return { ok: false, reason: "days_unreadable" };
  if (endMs < startMs) return { ok: false, reason: "days_in_wrong_order" };
  // A day with a clock change can have 25 hours.
  if (Math.round((endMs - startMs) / DAY_MS) > MOST_LEFT_OUT_DAYS)
    return { ok: false, reason: "too_many_days" };
  const offMs = Math.max(endMs - now.getTime(), now.getTime() - startMs);
  if (offMs > PERIOD_DAYS * DAY_MS) return { ok: false, reason: "too_far_off" };
  return { ok: true, value: { from: new Date(startMs), to: new Date(endMs + 1) } };
}

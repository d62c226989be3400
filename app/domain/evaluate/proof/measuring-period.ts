import type { Result } from "#app/domain/result.ts";
import { DAY_MS, zonedDayEndMs, zonedDayStartMs } from "#app/domain/time.ts";

/** An interval holds over all interim analyses of so many days; then the measuring begins anew, with an error of its own. */
export const PERIOD_DAYS = 90;
/** The period in which an instant lies. */
interface MeasuringPeriod {
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

/** Fewer earlier orders do not tell where the hundredth largest lies. */
const LEAST_EARLIER_ORDERS = 100;
/** What no visitor's revenue counts above: this quantile of what an order was worth before the measuring began. */
export const CAP_QUANTILE = 0.99;

/**
 * The cap of the primary metric, winsorising: a few very large orders would otherwise decide which arm looks better.
 * It is fixed by orders from before the measuring, so that no outcome can move it.
 *
 * @param quantileMinor the `CAP_QUANTILE` of what the earlier orders were worth, minor units
 * @returns null, and nothing is capped, with fewer than 100 earlier orders
 * Known weakness: what the offers change in the largest hundredth of the orders is not seen by the primary metric; how
 *   much revenue lies above the cap is reported beside it, and the uncapped metric stands among the secondary ones.
 * @see Kohavi, Tang & Xu 2020, Trustworthy Online Controlled Experiments, ch. 22, on capping skewed metrics
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

/** What the merchant set of the share held out. */
export interface HoldoutPlan {
  /** Share in the long run, 0 to 1; 0 turns measuring off. */
  readonly holdoutRatio: number;
  /** For so many days from the first approval half of the visitors are held out; 0 for none. */
  readonly holdoutRampDays: number;
}

/** Both arms alike tell the most in the least time. */
const RAMP_RATIO = 0.5;
const STEP_DAYS = 7;

/**
 * The share held out on a day: half while the ramp lasts, then half as much each week until the share of the long run.
 * An answer comes sooner, and few visitors go without offers afterwards.
 *
 * @param day since the day of the first approval, from 0
 * @returns 0 to 1, never below `holdoutRatio`; 0 where measuring is off
 * @see Xu, Duan & Huang 2018, SQR: balancing speed, quality and risk in online controlled experiments, for the phase of
 *   most power before the long-term holdout
 * Known weakness: who came while more were held out and comes back later may see offers then, and still counts as held
 *   out: a little of the effect is hidden.
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
 * The share that was meant to be held out on each day of a period.
 *
 * @param changes in time
 * @param now the share as it is set now, which held all along when it was never changed
 * @returns of a day from 0 the share, 0 to 1; 0 for a day on which it was changed: what was meant then is two things
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

/** Why days may tell nothing of the offers. Fixed beforehand, so that none is written to fit a result. */
export const LEFT_OUT_REASONS = ["outage", "wrong_price", "unusual_visitors", "sold_out"] as const;
export type LeftOutReason = (typeof LEFT_OUT_REASONS)[number];

/** Whole days of the shop's calendar that the merchant leaves out, of both arms. */
export interface LeftOutDays {
  readonly from: Date;
  /** First instant after them. */
  readonly to: Date;
  readonly reason: LeftOutReason;
  readonly notedAt: Date;
}

/** The same as they stand on record. */
export interface NotedDays extends LeftOutDays {
  readonly id: string;
}

/** So much of a period of 90 days still leaves enough of it. */
export const MOST_LEFT_OUT_DAYS = 14;

/**
 * Whether nobody can have known what the days would show when they were chosen. Such days count nowhere: who came first in
 * them, and what anybody bought in them, goes from both arms, and the interval holds as before. Days that were chosen
 * later stay in the figure that proves something, because to choose them by what they showed would bend it; the page
 * shows beside it what the others say alone, and claims nothing for that; see
 * app/decisions/evaluate/012-proof-spends-its-error-over-a-period-and-over-a-year.md.
 */
export function areChosenBefore({ from, notedAt }: LeftOutDays): boolean {
  return notedAt < from;
}

/** Days between two instants of which nothing counts, whole or not; what is left out twice counts once. */
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

/** Whether days may still come off the record: nobody can know yet what they show, or the figures count them anyway. */
export function canTakeBack(days: LeftOutDays, now: Date): boolean {
  return days.from > now || !areChosenBefore(days);
}

/**
 * Days as a person typed them, both included, in the shop's calendar.
 *
 * @param now nothing may lie further off than so many days, in either direction
 * @returns reason "days_unreadable", "days_in_wrong_order", "too_many_days" or "too_far_off"
 */
export function readTypedDays(
  { firstDay, lastDay }: { readonly firstDay: string; readonly lastDay: string },
  {
    timeZone,
    now,
    furthestDays,
  }: { readonly timeZone: string; readonly now: Date; readonly furthestDays: number },
): Result<
  Pick<LeftOutDays, "from" | "to">,
  "days_unreadable" | "days_in_wrong_order" | "too_many_days" | "too_far_off"
> {
  const startMs = zonedDayStartMs(firstDay, timeZone);
  const endMs = zonedDayEndMs(lastDay, timeZone);
  if (startMs === null || endMs === null) return { ok: false, reason: "days_unreadable" };
  if (endMs < startMs) return { ok: false, reason: "days_in_wrong_order" };
  // A day of summer time may have 25 hours.
  if (Math.round((endMs - startMs) / DAY_MS) > MOST_LEFT_OUT_DAYS)
    return { ok: false, reason: "too_many_days" };
  const offMs = Math.max(endMs - now.getTime(), now.getTime() - startMs);
  if (offMs > furthestDays * DAY_MS) return { ok: false, reason: "too_far_off" };
  return { ok: true, value: { from: new Date(startMs), to: new Date(endMs + 1) } };
}

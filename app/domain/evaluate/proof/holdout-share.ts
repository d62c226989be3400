import { DAY_MS } from "#app/domain/time.ts";

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

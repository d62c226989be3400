import { DAY_MS, HOUR_MS } from "#app/domain/time.ts";

/** How often the app learns anew by itself. */
export const RETRAINING = ["day", "week", "month", "never"] as const;
type Retraining = (typeof RETRAINING)[number];

const DAYS: Readonly<Record<Exclude<Retraining, "never">, number>> = { day: 1, week: 7, month: 28 };
/** Asked once a day at about the same minute, a run that finished a little later than that must not cost a day. */
const GRACE_MS = 6 * HOUR_MS;

/**
 * Whether a run is due by the merchant's schedule.
 *
 * @param lastStartedAtMs when the newest run was opened, by hand or by itself; null before the first
 */
export function isRetrainingDue(every: Retraining, lastStartedAtMs: number | null, nowMs: number): boolean {
  if (every === "never") return false;
  return lastStartedAtMs === null || nowMs - lastStartedAtMs >= DAYS[every] * DAY_MS - GRACE_MS;
}

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
export const WEEK_MS = 7 * DAY_MS;

/** A Monday 00:00 UTC; weeks are counted from here, as in ISO 8601. */
const FIRST_MONDAY_MS = Date.UTC(1970, 0, 5);

/** Start of the ISO week (Monday 00:00 UTC) that holds the instant. */
export function weekStartMs(atMs: number): number {
  return FIRST_MONDAY_MS + Math.floor((atMs - FIRST_MONDAY_MS) / WEEK_MS) * WEEK_MS;
}

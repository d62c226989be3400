export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
export const WEEK_MS = 7 * DAY_MS;

/** A Monday 00:00 UTC; weeks start from here, as in ISO 8601. */
const FIRST_MONDAY_MS = Date.UTC(1970, 0, 5);

/** Start of the ISO week (Monday 00:00 UTC) that holds the instant. */
export function weekStartMs(atMs: number): number {
  return FIRST_MONDAY_MS + Math.floor((atMs - FIRST_MONDAY_MS) / WEEK_MS) * WEEK_MS;
}

/** The zone if this system knows it, else UTC. */
export function usableTimeZone(name: string): string {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return "UTC";
  }
}

const DAY_TEXT = /^\d{4}-\d{2}-\d{2}$/;

/**
 * The calendar day of an instant in a time zone: "2026-12-24".
 *
 * @param timeZone IANA name
 * @throws RangeError if the zone is unknown
 */
export function toZonedDay(atMs: number, timeZone: string): string {
  const parts = zonedParts(atMs, timeZone);
  return `${parts["year"]}-${parts["month"]}-${parts["day"]}`;
}

/**
 * Start of a calendar day in a time zone; the first existing instant if daylight saving time skips midnight.
 *
 * @param day "2026-12-24"
 * @param timeZone IANA name
 * @returns null if the text is not a calendar day
 * @throws RangeError if the zone is unknown
 */
export function zonedDayStartMs(day: string, timeZone: string): number | null {
  const utcMs = DAY_TEXT.test(day) ? Date.parse(`${day}T00:00:00Z`) : NaN;
  // Date.parse turns the 30th of February into March.
  if (Number.isNaN(utcMs) || new Date(utcMs).toISOString().slice(0, 10) !== day) return null;
  // The offset depends on the instant, so the second pass corrects the first.
  let startMs = utcMs - offsetMs(utcMs, timeZone);
  startMs = utcMs - offsetMs(startMs, timeZone);
  return toZonedDay(startMs, timeZone) < day ? startMs + HOUR_MS : startMs;
}

/** The last millisecond of a calendar day in a time zone; null if the text is not a day. */
export function zonedDayEndMs(day: string, timeZone: string): number | null {
  const startMs = zonedDayStartMs(day, timeZone);
  if (startMs === null) return null;
  // 30 hours later is always in the next day, whether the day has 23, 24 or 25 hours.
  const nextDay = toZonedDay(startMs + DAY_MS + 6 * HOUR_MS, timeZone);
  return zonedDayStartMs(nextDay, timeZone)! - 1;
}

/**
 * Converts UTC to the local clock of a time zone, as milliseconds since 1970, for hours and weekdays. Zones change
 * offset on quarter hours of UTC, so each quarter is looked up once.
 *
 * @param timeZone IANA name
 * @throws RangeError if the zone is unknown
 */
export function openZonedClock(timeZone: string): (atMs: number) => number {
  const format = openFormat(timeZone);
  const offsets = new Map<number, number>();
  return (atMs) => {
    const quarter = Math.floor(atMs / (HOUR_MS / 4));
    let offset = offsets.get(quarter);
    if (offset === undefined) {
      offset = offsetMs(quarter * (HOUR_MS / 4), timeZone, format);
      offsets.set(quarter, offset);
    }
    return atMs + offset;
  };
}

/**
 * Converts a local clock time to its instant. For an hour repeated by daylight saving time, the first instant; for a
 * skipped one, the instant by the offset before the change.
 *
 * @param timeZone IANA name
 * @throws RangeError if the zone is unknown
 */
export function openZonedInstant(timeZone: string): (clockMs: number) => number {
  const toClockMs = openZonedClock(timeZone);
  const offsetAt = (atMs: number) => toClockMs(atMs) - atMs;
  return (clockMs) => {
    // No zone changes offset twice within two days or is a whole day off UTC.
    const [byOffsetBefore, byOffsetAfter] = [-DAY_MS, DAY_MS].map(
      (awayMs) => clockMs - offsetAt(clockMs + awayMs),
    ) as [number, number];
    const isAfterShift = toClockMs(byOffsetBefore) !== clockMs && toClockMs(byOffsetAfter) === clockMs;
    return isAfterShift ? byOffsetAfter : byOffsetBefore;
  };
}

/** Local time minus UTC at an instant. */
function offsetMs(atMs: number, timeZone: string, format = openFormat(timeZone)): number {
  const { year, month, day, hour, minute, second } = zonedParts(atMs, timeZone, format);
  const wholeSecondMs = Math.floor(atMs / 1_000) * 1_000;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) - wholeSecondMs;
}

function zonedParts(atMs: number, timeZone: string, format = openFormat(timeZone)): Record<string, string> {
  return Object.fromEntries(format.formatToParts(atMs).map(({ type, value }) => [type, value]));
}

function openFormat(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat("en-CA", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
}

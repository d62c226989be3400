import { MINUTE_MS } from "#app/domain/time.ts";

const INSTANT =
  /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?:\s*([+-]\d{2})(?=$))?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?$/i;
const MOST_OFFSET_MINUTES = 14 * 60;

interface WrittenTime {
  /** Local time, as milliseconds since 1970. */
  readonly clockMs: number;
  /** Local time minus UTC, minutes; null if the text has no zone. */
  readonly offsetMinutes: number | null;
}

/**
 * Reads "2011-06-01", "2011-06-01T07:37:00", Shopify's "2011-06-01 07:37:00 -0500", PostgreSQL's "2011-06-01
 * 07:37:00+00".
 *
 * @returns null unless the text is such a date and the day exists in the calendar
 */
export function parseWrittenTime(text: string): WrittenTime | null {
  const match = INSTANT.exec(text.trim());
  if (!match) return null;
  const [
    ,
    year,
    month,
    day,
    hour = "0",
    minute = "0",
    second = "0",
    fraction = "",
    hours = "",
    zone = hours,
  ] = match;
  const offsetMinutes = toOffsetMinutes(zone);
  if (offsetMinutes === null) return null;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  const wholeMs = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  );
  const date = new Date(wholeMs);
  // Date.UTC takes the year 11 for 1911, and rolls 31 February over into March instead of rejecting it.
  if (date.getUTCFullYear() !== Number(year)) return null;
  if (date.getUTCDate() !== Number(day) || date.getUTCMonth() !== Number(month) - 1) return null;
  const clockMs = wholeMs + Number(fraction.padEnd(3, "0").slice(0, 3));
  return { clockMs, offsetMinutes: zone === "" ? null : offsetMinutes };
}

/**
 * Parses text to milliseconds since 1970 UTC, like `parseWrittenTime`. A time without a zone is UTC.
 *
 * @returns null unless the text is such a date
 */
export function parseInstantMs(text: string): number | null {
  const written = parseWrittenTime(text);
  return written && toInstantMs(written, asUtc);
}

/** The instant of a written time; `fromClockMs` converts one without a zone. */
export function toInstantMs(
  { clockMs, offsetMinutes }: WrittenTime,
  fromClockMs: (clockMs: number) => number,
): number {
  return offsetMinutes === null ? fromClockMs(clockMs) : clockMs - offsetMinutes * MINUTE_MS;
}

/** For times without a zone that are UTC. */
export function asUtc(clockMs: number): number {
  return clockMs;
}

/** 0 without a zone; null beyond 14 hours, the largest offset of any zone. */
function toOffsetMinutes(zone: string): number | null {
  const match = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone);
  if (!match) return 0;
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0);
  if (minutes > MOST_OFFSET_MINUTES || Number(match[3] ?? 0) > 59) return null;
  return match[1] === "-" ? -minutes : minutes;
}

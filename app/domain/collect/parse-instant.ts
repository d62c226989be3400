const INSTANT =
  /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?$/i;

/**
 * Text to milliseconds since 1970 UTC: "2011-06-01", "2011-06-01T07:37:00", Shopify's "2011-06-01 07:37:00 -0500".
 * A time without a zone is taken as UTC: an order log says nothing better, and only differences matter.
 *
 * @returns null unless the text is such a date and the day exists in the calendar
 */
export function parseInstantMs(text: string): number | null {
  const match = INSTANT.exec(text.trim());
  if (!match) return null;
  const [, year, month, day, hour = "0", minute = "0", second = "0", fraction = "", zone = ""] = match;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  const utcMs = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  );
  const date = new Date(utcMs);
  // Date.UTC takes the year 11 for 1911, and rolls 31 February over into March instead of refusing it.
  if (date.getUTCFullYear() !== Number(year)) return null;
  if (date.getUTCDate() !== Number(day) || date.getUTCMonth() !== Number(month) - 1) return null;
  return utcMs + Number(fraction.padEnd(3, "0").slice(0, 3)) - zoneOffsetMs(zone);
}

function zoneOffsetMs(zone: string): number {
  const match = /^([+-])(\d{2}):?(\d{2})$/.exec(zone);
  if (!match) return 0;
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  return (match[1] === "-" ? -minutes : minutes) * 60_000;
}

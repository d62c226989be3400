import { MINUTE_MS } from "#app/domain/time.ts";
import { firstBasketAt, type Baskets } from "./baskets.ts";

/**
 * What the clocks showed where a log's orders were placed, as milliseconds since 1970: for hours and weekdays as people
 * know them, by the zones that the log's own times name, so with daylight saving time. A time without a zone is what
 * the clock showed.
 *
 * Known weakness: of orders of one instant under different clocks, one's counts for all.
 *
 * @returns a function of the instants of the orders; between two orders the clock is the later one's
 */
export function openLogClock(baskets: Baskets): (atMs: number) => number {
  const offsetMinutes = baskets.clockOffsetMinutes;
  if (!offsetMinutes) return (atMs) => atMs;
  const last = offsetMinutes.length - 1;
  return (atMs) => atMs + offsetMinutes[Math.min(firstBasketAt(baskets, atMs), last)]! * MINUTE_MS;
}

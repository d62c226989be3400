import { MINUTE_MS, DAY_MS } from "#app/domain/time.ts";
import { firstBasketAt, type Baskets } from "./baskets.ts";
import type { OrderLineRecord } from "#app/domain/collect/order-lines.ts";

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

/** A shop that sells at all does not pause longer than this only to sell again in the future. */
const LONGEST_PAUSE_DAYS = 30;

/**
 * The last instant that a log's orders may be believed to have: a year typed wrongly, "2199" for "2019", would else be
 * taken for today and make all other orders ancient. Orders after now that follow the others without a pause are kept,
 * because then it is the clock that is wrong, or the log is made up as a whole.
 *
 * @param nowMs now, milliseconds since 1970 UTC
 * @returns milliseconds since 1970 UTC; Infinity when every order may be believed
 */
export function lastPlausibleMs(lines: Iterable<OrderLineRecord>, nowMs: number): number {
  let lastMs = -Infinity;
  const laterMs = new Set<number>();
  for (const { placedAtMs } of lines) {
    if (placedAtMs > nowMs) laterMs.add(placedAtMs);
    else lastMs = Math.max(lastMs, placedAtMs);
  }
  for (const atMs of [...laterMs].sort((a, b) => a - b)) {
    if (Number.isFinite(lastMs) && atMs - lastMs > LONGEST_PAUSE_DAYS * DAY_MS) return lastMs;
    lastMs = atMs;
  }
  return Infinity;
}

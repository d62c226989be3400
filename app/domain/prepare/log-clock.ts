import { MINUTE_MS, DAY_MS } from "#app/domain/time.ts";
import { firstBasketAt, type Baskets } from "./baskets.ts";
import type { OrderLineRecord } from "#app/domain/collect/order-lines.ts";

/**
 * Local time where a log's orders were placed, as milliseconds since 1970, for hours and weekdays as people know them.
 * It uses the zones in the log's own times, including daylight saving time. A time without a zone is local already.
 *
 * Known weakness: of orders at one instant in different zones, one zone counts for all.
 *
 * @returns a function of the orders' instants; between two orders the later one's zone counts
 */
export function openLogClock(baskets: Baskets): (atMs: number) => number {
  const offsetMinutes = baskets.clockOffsetMinutes;
  if (!offsetMinutes) return (atMs) => atMs;
  const last = offsetMinutes.length - 1;
  return (atMs) => atMs + offsetMinutes[Math.min(firstBasketAt(baskets, atMs), last)]! * MINUTE_MS;
}

/** Longest plausible pause before an order that is dated after now. */
const LONGEST_PAUSE_DAYS = 30;

/**
 * The latest plausible time of a log's orders. Otherwise a mistyped year, "2199" for "2019", would count as today and
 * make all other orders ancient. Orders after now that follow the others without a pause are kept, because then the
 * clock is wrong or the whole log is made up.
 *
 * @param nowMs now, milliseconds since 1970 UTC
 * @returns milliseconds since 1970 UTC; Infinity if every order is plausible
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

import type { OrderLineRecord } from "#app/domain/collect/order-lines.ts";
import { DAY_MS } from "#app/domain/time.ts";

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

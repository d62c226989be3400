import { firstBasketAt, type Baskets } from "#app/domain/prepare/baskets.ts";
import { DAY_MS } from "#app/domain/time.ts";
import type { CommandContext } from "./command-line.ts";
import { inputError } from "./input-error.ts";

/** A shop that has paused for longer than this has most likely a date of its log wrong. */
const LONGEST_PAUSE_DAYS = 90;
/** Of all orders, how many may be the mistake; one in a log of any size that is worth the warning. */
const [MOST_STRAY_RATIO, LEAST_ORDERS] = [0.001, 30];

/**
 * The instant before which orders are learned from: the one asked for, else right after the last order. Then says on
 * stderr when that order stands alone, long after all others: it makes them ancient, and every forecast nearly nothing.
 *
 * @param path of the log, for what is said of it
 * @returns milliseconds since 1970 UTC
 * @throws AppError input_invalid when no order is before it
 */
export function chooseCutoff(
  path: string,
  baskets: Baskets,
  asOfMs: number | undefined,
  { warn }: Pick<CommandContext, "warn">,
): number {
  if (asOfMs !== undefined) {
    if (firstBasketAt(baskets, asOfMs) > 0) return asOfMs;
    throw inputError(`${path}: no usable order before ${new Date(asOfMs).toISOString()}`);
  }
  const lastMs = baskets.placedAtMs.at(-1)!;
  const stray = findStray(baskets.placedAtMs);
  if (stray !== null) {
    const orders = stray.orders === 1 ? "the last order comes" : `the last ${stray.orders} orders come`;
    warn(
      `${path}: ${orders} ${Math.floor(stray.pauseMs / DAY_MS)} days after all others: ` +
        `${new Date(lastMs).toISOString().slice(0, 10)} is taken for today, --as-of can set another day`,
    );
  }
  return lastMs + 1;
}

/** The few orders behind the last long pause; null without one. */
function findStray(placedAtMs: Float64Array): { orders: number; pauseMs: number } | null {
  const count = placedAtMs.length;
  if (count < LEAST_ORDERS) return null;
  for (let orders = 1; orders <= Math.max(1, count * MOST_STRAY_RATIO); orders++) {
    const pauseMs = placedAtMs[count - orders]! - placedAtMs[count - orders - 1]!;
    if (pauseMs > LONGEST_PAUSE_DAYS * DAY_MS) return { orders, pauseMs };
  }
  return null;
}

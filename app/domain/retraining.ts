import type { RunStatus } from "./run-status.ts";
import { DAY_MS, HOUR_MS } from "./time.ts";

/** How often the app starts a run by itself. */
export const RETRAINING = ["day", "week", "month", "never"] as const;
type Retraining = (typeof RETRAINING)[number];

const DAYS: Readonly<Record<Exclude<Retraining, "never">, number>> = { day: 1, week: 7, month: 28 };
/** The schedule checks daily at about the same minute. A run opened a little later must not delay the next by a day. */
const GRACE_MS = 6 * HOUR_MS;
/** This many of the newest runs decide when the next is due. After this many failures the delay is at its longest. */
export const RUNS_COMPARED = 6;

interface EarlierRun {
  readonly status: RunStatus;
  readonly createdAt: Date;
}

/**
 * When the daily schedule starts the next run: the merchant's period after the newest run was opened, by hand or by
 * schedule. A failed run is repeated sooner, because the shop has nothing new until then: after 1 day, then 2, 4 and so
 * on, up to the period, so repeated failures cost little. A cancelled run keeps the period.
 *
 * @param newestFirst the newest `RUNS_COMPARED` runs
 * @returns milliseconds since the epoch, −∞ before the first run; null if the merchant starts every run
 */
export function nextRunDueMs(every: Retraining, newestFirst: readonly EarlierRun[]): number | null {
  if (every === "never") return null;
  const [newest] = newestFirst;
  if (!newest) return -Infinity;
  const firstOther = newestFirst.findIndex(({ status }) => status !== "failed");
  const failures = firstOther === -1 ? newestFirst.length : firstOther;
  const days = failures === 0 ? DAYS[every] : Math.min(DAYS[every], 2 ** (failures - 1));
  return newest.createdAt.getTime() + days * DAY_MS - GRACE_MS;
}

/**
 * Latest time of the app's next retry after a failure: the schedule checks within a day of the due time.
 *
 * @returns null unless the newest run failed and the schedule repeats it
 */
export function nextTryByMs(
  every: Retraining,
  newestFirst: readonly EarlierRun[],
  nowMs: number,
): number | null {
  if (newestFirst[0]?.status !== "failed") return null;
  const dueMs = nextRunDueMs(every, newestFirst);
  return dueMs === null ? null : Math.max(dueMs, nowMs) + DAY_MS;
}

const GIB = 2 ** 30;

/** Node, TensorFlow.js and the fixed memory of a run. */
const BASE_BYTES = 0.6 * GIB;
/** Orders as columns, their copies during the comparison of candidates, and the networks' examples. */
const BYTES_A_LINE = 400;
/** EASE inverts an items × items matrix in four 32-bit arrays, for at most this many items. */
const EASE_ITEMS = 5_000;
const BYTES_A_PAIR = 16;

/** A run that needs more does not share a small worker. */
export const SMALL_RUN_BYTES = 2 * GIB;
/** Memory of a worker for large runs next to two small ones: 10 million lines take 5 GiB. */
export const LARGE_WORKER_BYTES = 10 * GIB;

/**
 * Estimates the memory that a run needs, in bytes. The constants are measured (tests/bench/FIGURES.md): 1.2 GiB for a
 * million lines, 4.6 GiB for ten million.
 *
 * @param lines order lines that the run reads
 * @param products variants of the shop
 */
export function estimateMemoryBytes({ lines, products }: { lines: number; products: number }): number {
  const easeBytes = Math.min(products, EASE_ITEMS) ** 2 * BYTES_A_PAIR;
  return Math.ceil(BASE_BYTES + lines * BYTES_A_LINE + easeBytes);
}

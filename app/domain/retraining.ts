import type { RunStatus } from "./run-status.ts";
import { DAY_MS, HOUR_MS } from "./time.ts";

/** How often the app learns anew by itself. */
export const RETRAINING = ["day", "week", "month", "never"] as const;
type Retraining = (typeof RETRAINING)[number];

const DAYS: Readonly<Record<Exclude<Retraining, "never">, number>> = { day: 1, week: 7, month: 28 };
/** Asked once a day at about the same minute, a run that finished a little later than that must not cost a day. */
const GRACE_MS = 6 * HOUR_MS;
/** So many of the newest runs tell when the next is due: after this many failures the longest period is reached. */
export const RUNS_COMPARED = 6;

/** A run as the schedule sees it. */
interface EarlierRun {
  readonly status: RunStatus;
  readonly createdAt: Date;
}

/**
 * The instant from which on the daily schedule starts a run: the merchant's period after the newest one was opened, by
 * hand or by itself. After a failure it is tried sooner, for the shop has nothing new until then: after 1 day, then 2,
 * 4 … and never later than the period, so that what fails every time costs little. A run that the merchant stopped
 * keeps the period.
 *
 * @param newestFirst the newest `RUNS_COMPARED` runs
 * @returns milliseconds since the epoch, −∞ before the first run; null where the merchant starts all by hand
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
 * Until when the app has tried again by itself after a failure: the schedule asks within a day of the due time.
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

/** What a run takes of the machine that carries it out. */
interface TrainingNeed {
  readonly memoryBytes: number;
  readonly seconds: number;
}

const GIB = 2 ** 30;

/** Node, TensorFlow.js and what a run holds whatever its size. */
const BASE_BYTES = 0.6 * GIB;
/** Orders as columns, their copies while the candidates are compared, and the networks' examples. */
const BYTES_A_LINE = 400;
/** EASE inverts a matrix of items by items in four arrays of 32 bits, and takes no more items than this. */
const EASE_ITEMS = 5_000;
const BYTES_A_PAIR = 16;

/** One core takes so long for a million lines; time grows with the lines to this power. */
const SECONDS_A_MILLION = 40;
const TIME_POWER = 0.7;

/** A run that needs more than this does not share a small worker with others. */
export const SMALL_RUN_BYTES = 2 * GIB;
/** What a worker must have for large runs beside two small ones: 10 million lines take 5 GiB. */
export const LARGE_WORKER_BYTES = 10 * GIB;

/**
 * What a run will take, told from its size before it begins. The constants are measured (tests/bench/FIGURES.md): 1.2
 * GiB and 38 s for a million lines, 4.6 GiB and 169 s for ten million.
 *
 * @param lines order lines that it reads
 * @param products variants that the shop has
 */
export function toTrainingNeed({ lines, products }: { lines: number; products: number }): TrainingNeed {
  const easeBytes = Math.min(products, EASE_ITEMS) ** 2 * BYTES_A_PAIR;
  return {
    memoryBytes: Math.ceil(BASE_BYTES + lines * BYTES_A_LINE + easeBytes),
    seconds: Math.ceil(SECONDS_A_MILLION * (lines / 1_000_000) ** TIME_POWER),
  };
}

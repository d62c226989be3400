import { Redis } from "ioredis";
import { freeQueuedDueWork, takeFleetTurn } from "#app/data/due-work/due-work.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { repairImports } from "#app/services/collect/receive-order-import.server.ts";
import { sweepInbox } from "#app/services/collect/sweep-inbox.server.ts";
import { reasonOf } from "#app/process/errors.ts";
import { askForDueWork, keepDueWork } from "#app/services/due-work/ask-for-due-work.server.ts";
import { askForDueDays } from "#app/services/publish/ask-for-due-days.server.ts";
import { freeLargeRuns } from "#app/services/runs/start-run.server.ts";
import { repairRuns } from "#app/services/runs/run-step.server.ts";
import { settleFailedJobs } from "./failed-jobs.ts";

/** Poll interval; nightly work can be this late. */
const ASK_EVERY_MS = 5_000;
/** Poll interval while work is due, to keep the queue filled. */
const BUSY_EVERY_MS = 1_000;
/** How far ahead the first and last days of bundles are polled, so that a failed poll makes nothing late. */
const DAYS_AHEAD_MS = 90_000;

interface FleetTurn {
  readonly name: string;
  readonly everyMs: number;
  take(deps: Deps, now: Date): Promise<unknown>;
}

/** Periodic work that one worker does for all workers. */
const toFleetTurns = (redisUrl: string): readonly FleetTurn[] => [
  // Picks up newly installed shops.
  { name: "turn.due_work", everyMs: 60_000, take: (deps, now) => keepDueWork(deps, { now }) },
  { name: "turn.inbox", everyMs: 60_000, take: (deps, now) => sweepInbox(deps, { now }) },
  { name: "turn.imports", everyMs: 30_000, take: (deps, now) => repairImports(deps, { now }) },
  {
    name: "turn.due_days",
    everyMs: 30_000,
    take: (deps, now) => askForDueDays(deps, { now, aheadMs: DAYS_AHEAD_MS }),
  },
  // Jobs that failed while the database was down. Until their run is ended, the merchant cannot start another.
  { name: "turn.failed_jobs", everyMs: 60_000, take: (deps) => settleFailedJobs(deps, { redisUrl }) },
  { name: "turn.large_runs", everyMs: 600_000, take: (deps) => freeLargeRuns(deps) },
  // Runs that Redis lost, or did not take because it was full.
  { name: "turn.lost_runs", everyMs: 60_000, take: (deps) => repairRuns(deps) },
];

interface Schedules {
  /** Resolves after the current poll. */
  close(): Promise<void>;
}

/**
 * Enqueues due work every few seconds and takes the fleet turns, which one process at a time takes for all. Any number
 * of workers can do this at once, because PostgreSQL decides who gets a turn. When Redis comes back, all queued due
 * work is enqueued again.
 */
export function startSchedules(deps: Deps, { redisUrl }: { redisUrl: string }): Schedules {
  const connection = new Redis(redisUrl, { maxRetriesPerRequest: null });
  let isLost = false;
  connection.on("error", (error) => {
    if (!isLost) deps.log.warn("schedules.redis_lost", { reason: reasonOf(error) });
    isLost = true;
  });
  const turns = toFleetTurns(redisUrl);

  const poll = async () => {
    for (const { name, everyMs, take } of turns) {
      const now = new Date();
      const nextAt = new Date(now.getTime() + everyMs);
      if (!(await takeFleetTurn(deps.pool, { name, now, nextAt }))) continue;
      await take(deps, now).catch((error: unknown) =>
        deps.log.warn("schedules.turn_failed", { name, error }),
      );
    }
    return askForDueWork(deps, { now: new Date() });
  };
  let isClosing = false;
  let timer: NodeJS.Timeout | undefined;
  let polling: Promise<void> | undefined;
  const pollAgain = () => {
    clearTimeout(timer);
    polling ??= poll()
      .catch((error: unknown) => {
        deps.log.warn("schedules.not_asked", { error });
        return 0;
      })
      .then((asked) => {
        polling = undefined;
        if (!isClosing) timer = setTimeout(pollAgain, asked > 0 ? BUSY_EVERY_MS : ASK_EVERY_MS);
      });
  };
  pollAgain();
  let isFirst = true;
  connection.on("ready", () => {
    isLost = false;
    if (isFirst) return void (isFirst = false);
    // Redis can come back empty.
    Promise.all([freeQueuedDueWork(deps.pool), repairRuns(deps)]).then(pollAgain, (error: unknown) => {
      deps.log.warn("schedules.not_asked_again", { error });
    });
  });

  return {
    async close() {
      isClosing = true;
      clearTimeout(timer);
      connection.disconnect();
      await polling;
    },
  };
}

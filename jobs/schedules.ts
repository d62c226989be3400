import { Queue } from "bullmq";
import { Redis } from "ioredis";
import { listInstalledShops } from "#app/data/shops/shops.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { askForDueDays } from "#app/services/publish/ask-for-due-days.server.ts";
import { repairRuns } from "#app/services/runs/run-step.server.ts";
import { jobCatalog, type JobName } from "#app/queue/catalog.ts";
import { RUN_QUEUES, settleFailedJobs } from "./failed-jobs.ts";
import { REDIS_PREFIX } from "#app/queue/job-queue.server.ts";

const SWEEP_EVERY_MS = 60_000;
/** Nightly, before the reconciliations. */
const RETAIN_AT = "30 1 * * *";
/** How often shops that were installed or removed since the start are noticed. */
const REFRESH_EVERY_MS = 600_000;
/** How often runs are ended whose job failed while there was no database: until then the merchant can start none. */
const FAILED_RUNS_EVERY_MS = 60_000;
/** How often first and last days of bundles are looked for, and how far ahead: a look may fail and nothing is late. */
const DAYS_EVERY_MS = 30_000;
const DAYS_AHEAD_MS = 90_000;

/** The jobs that every installed shop gets on its own; hours are UTC, minutes spread shops over the hour. */
const PER_SHOP: readonly { name: JobName; pattern: (minute: number) => string }[] = [
  { name: "collect.reconcile", pattern: (minute) => `${minute} 2 * * *` },
  // What an event's pass failed to do is done within the hour, and once a day all is compared.
  { name: "publish.reconcile", pattern: (minute) => `${minute} * * * *` },
  // Asked every day; the merchant's settings say on which of them a run starts.
  { name: "prepare.start", pattern: (minute) => `${minute} 3 * * *` },
  // Whatever the hour, once a day of the shop's own calendar.
  { name: "evaluate.steer", pattern: (minute) => `${minute} 4 * * *` },
];

export interface Schedules {
  close(): Promise<void>;
}

/**
 * Keeps the recurring jobs: the inbox sweep every minute, retention every night, and per installed shop the nightly
 * reconciliation, the hourly publishing pass and the runs that are due. Every minute it ends runs whose job failed for
 * good, and every ten minutes it repairs runs whose job got lost and brings other failed jobs to safety. All is asked
 * for anew when Redis comes back. Any number of workers may do this at once: a schedule's id makes a repeat change
 * nothing.
 */
export async function startSchedules(deps: Deps, { redisUrl }: { redisUrl: string }): Promise<Schedules> {
  const connection = new Redis(redisUrl, { maxRetriesPerRequest: null });
  connection.on("error", (error) => deps.log.debug("schedules.redis_error", { reason: error.message }));
  const names = [...new Set(Object.values(jobCatalog).map(({ queue }) => queue))];
  const queues = new Map(names.map((name) => [name, new Queue(name, { connection, prefix: REDIS_PREFIX })]));
  for (const queue of queues.values()) {
    queue.on("error", (error) => deps.log.debug("schedules.queue_error", { reason: error.message }));
  }
  const queueOf = (name: JobName) => queues.get(jobCatalog[name].queue)!;
  const template = (name: JobName, data: object) => {
    const { attempts, backoffMs } = jobCatalog[name];
    const opts = {
      attempts,
      backoff: { type: "exponential", delay: backoffMs },
      removeOnComplete: true,
      removeOnFail: { age: 7 * 86_400 },
    };
    return { name, data, opts };
  };

  const refresh = async () => {
    await repairRuns(deps);
    await settleFailedJobs(deps, { redisUrl });
    await queueOf("collect.sweep").upsertJobScheduler(
      "collect.sweep",
      { every: SWEEP_EVERY_MS },
      template("collect.sweep", {}),
    );
    await queueOf("collect.retain").upsertJobScheduler(
      "collect.retain",
      { pattern: RETAIN_AT },
      template("collect.retain", {}),
    );
    const shops = new Set(await listInstalledShops(deps.db));
    for (const { name, pattern } of PER_SHOP) {
      const queue = queueOf(name);
      for (const shop of shops) {
        await queue.upsertJobScheduler(
          `${name} ${shop}`,
          { pattern: pattern(minuteOf(shop)) },
          template(name, { shop }),
        );
      }
      for (const { key } of await queue.getJobSchedulers()) {
        const [prefix, shop] = key.split(" ");
        if (prefix === name && shop !== undefined && !shops.has(shop)) await queue.removeJobScheduler(key);
      }
    }
  };
  await refresh();
  const refreshAgain = () => {
    refresh().catch((error: unknown) => deps.log.warn("schedules.not_refreshed", { error }));
  };
  const timer = setInterval(refreshAgain, REFRESH_EVERY_MS);
  // A Redis that went away may come back without what it held.
  connection.on("ready", refreshAgain);
  const runsTimer = setInterval(() => {
    settleFailedJobs(deps, { redisUrl, queues: RUN_QUEUES }).catch((error: unknown) => {
      deps.log.warn("schedules.runs_not_ended", { error });
    });
  }, FAILED_RUNS_EVERY_MS);
  const daysTimer = setInterval(() => {
    askForDueDays(deps, { now: new Date(), aheadMs: DAYS_AHEAD_MS }).catch((error: unknown) => {
      deps.log.warn("schedules.days_not_read", { error });
    });
  }, DAYS_EVERY_MS);

  return {
    async close() {
      clearInterval(timer);
      clearInterval(runsTimer);
      clearInterval(daysTimer);
      await Promise.all([...queues.values()].map((queue) => queue.close()));
      connection.disconnect();
    },
  };
}

/** A minute of the hour that stays the same for a shop. */
function minuteOf(shop: string): number {
  let sum = 0;
  for (const letter of shop) sum = (sum * 31 + letter.codePointAt(0)!) % 60;
  return sum;
}

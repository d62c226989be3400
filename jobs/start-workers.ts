import { Worker, type Job, DelayedError } from "bullmq";
import { Redis } from "ioredis";
import type { Deps } from "#app/services/deps.server.ts";
import { continueShopInbox } from "#app/services/collect/apply-shop-inbox.server.ts";
import { LANES, listLanes, SLOTS, toLaneQueue, type Lane, type QueueName } from "#app/queue/catalog.ts";
import { settleFailedJob } from "./failed-jobs.ts";
import { processJob } from "./process-job.ts";
import { REDIS_PREFIX } from "#app/queue/job-queue.server.ts";
import type { WorkerMetrics } from "./worker-metrics.ts";

/**
 * CPU-bound queues, whose jobs keep a core busy for seconds or minutes. They get their own process, so that the worker
 * can renew their locks and process its other queues.
 */
const BUSY_QUEUES: ReadonlySet<QueueName> = new Set(["import", "train", "propose"]);
/** Queues with low CPU priority: untrusted files, nightly work and large runs. */
const PATIENT_QUEUES = /^import$|-(nightly|large)$/;
/**
 * Leaves 90% of a contended core to urgent work. `nice` applies from the start of the process, because loading its
 * modules takes a second and only a whole process includes all of its threads.
 */
const PATIENTLY = { execPath: "nice", execArgv: ["-n", "10", process.execPath, ...process.execArgv] };

/** A worker that is silent for this long loses its job to another worker. Renewed at half of it. */
const LOCK_MS = 30_000;
/** Shorter: within a minute after a worker is killed, a merchant's file is deleted or read by another worker. */
const IMPORT_LOCK_MS = 10_000;

const CANCEL_EVERY_MS = 100;

export interface Workers {
  /** Takes no new jobs, lets running jobs end or aborts them, and closes the connections. */
  close(): Promise<void>;
}

export async function startWorkers(
  deps: Deps,
  {
    redisUrl,
    queues,
    lanes = LANES,
    lockMs = LOCK_MS,
    metrics,
  }: {
    redisUrl: string;
    queues: readonly QueueName[];
    lanes?: readonly Lane[];
    lockMs?: number;
    metrics?: WorkerMetrics | undefined;
  },
): Promise<Workers> {
  // BullMQ's blocking commands need a connection without a retry limit.
  const connection = new Redis(redisUrl, { maxRetriesPerRequest: null });
  connection.on("error", (error) => deps.log.debug("worker.redis_error", { reason: error.message }));

  const startLane = (queue: QueueName, lane: Lane) => {
    const concurrency = (SLOTS[queue] as Partial<Record<Lane, number>>)[lane]!;
    const ownLockMs = queue === "import" ? Math.min(lockMs, IMPORT_LOCK_MS) : lockMs;
    const takeShare = openShares(Math.ceil(concurrency / 2));
    const inThisProcess = (job: Job, token: string | undefined, signal?: AbortSignal) =>
      takeShare(job, token, () => processJob(deps, job, token, signal));
    const processor = BUSY_QUEUES.has(queue) ? new URL("./job-process.ts", import.meta.url) : inThisProcess;
    const name = toLaneQueue(queue, lane);
    const worker = new Worker(name, processor, {
      workerForkOptions: PATIENT_QUEUES.test(name) ? PATIENTLY : {},
      connection,
      prefix: REDIS_PREFIX,
      concurrency,
      lockDuration: ownLockMs,
      stalledInterval: ownLockMs,
      maxStalledCount: 3,
    });
    worker.on("error", (error) => deps.log.debug("worker.error", { queue, reason: error.message }));
    metrics?.watch(worker, { queue, lane });
    worker.on("completed", (job) => {
      if (job.name !== "collect.apply") return;
      const { shop } = job.data as { shop: string };
      continueShopInbox(deps, { shop, now: new Date() }).catch((cause: unknown) => {
        // The sweep asks for it within a minute.
        deps.log.warn("worker.turn_not_asked_for", { shop, error: cause });
      });
    });
    worker.on("failed", (job, error) => {
      if (job && willRepeat(job, error)) return;
      deps.log.error("worker.gave_up", { queue, job: job?.name, jobId: job?.id, reason: error.message });
      if (!job) return;
      // After the last death of its worker, a job never reaches a handler, so its run is ended here.
      settleFailedJob(deps, job, new Date()).catch((cause: unknown) => {
        // The job stays in Redis for a week, and the schedules try again.
        deps.log.warn("worker.failed_job_not_settled", { jobId: job.id, error: cause });
      });
    });
    return worker;
  };
  const workers = queues.flatMap((queue) =>
    listLanes(queue)
      .filter((lane) => lanes.includes(lane))
      .map((lane) => startLane(queue, lane)),
  );
  await Promise.all(workers.map((worker) => worker.waitUntilReady()));

  return {
    async close() {
      const cancelAll = () => {
        for (const worker of workers) worker.cancelAllJobs("the worker is shutting down");
      };
      cancelAll();
      // A slot that waits for a job still takes one that another slot has just put back.
      const cancelling = setInterval(cancelAll, CANCEL_EVERY_MS);
      // BullMQ would wait for Redis for ever. Another worker takes the jobs again once their locks have expired.
      const isCutOff = connection.status !== "ready";
      await Promise.all(workers.map((worker) => worker.close(isCutOff))).finally(() =>
        clearInterval(cancelling),
      );
      connection.disconnect();
    },
  };
}

function willRepeat(job: Job, error: Error): boolean {
  return error.name !== "UnrecoverableError" && job.attemptsMade < (job.opts.attempts ?? 1);
}

/** Delay of the jobs above a shop's share. */
const WAIT_MS = 1_000;

/**
 * Prevents one shop from using all slots of a worker: delays the jobs above its share. Jobs without a shop are never
 * delayed.
 *
 * @param most jobs of one shop at once
 */
function openShares(most: number) {
  const atWork = new Map<string, number>();
  return async (job: Job, token: string | undefined, work: () => Promise<void>): Promise<void> => {
    const { shop } = job.data as { shop?: string };
    if (shop === undefined) return work();
    const before = atWork.get(shop) ?? 0;
    if (before >= most) {
      await job.moveToDelayed(Date.now() + WAIT_MS, token);
      throw new DelayedError();
    }
    atWork.set(shop, before + 1);
    try {
      await work();
    } finally {
      const left = atWork.get(shop)! - 1;
      if (left > 0) atWork.set(shop, left);
      else atWork.delete(shop);
    }
  };
}

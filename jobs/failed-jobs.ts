import { Queue, type Job } from "bullmq";
import { Redis } from "ioredis";
import { z } from "zod";
import { saveDeadLetter } from "#app/data/inbox/dead-letters.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { giveUpDueWork } from "#app/services/due-work/carry-out-due-work.server.ts";
import { failRun } from "#app/services/runs/run-step.server.ts";
import { jobCatalog, listLanes, QUEUES, toLaneQueue, isJobName } from "#app/queue/catalog.ts";
import { REDIS_PREFIX } from "#app/queue/job-queue.server.ts";
import { toDueWork } from "./process-job.ts";

type SettlingDeps = Pick<Deps, "db" | "pool" | "log">;

/** Only the fields needed here, so that a job of another version also ends its run. */
const RunPayload = z.object({ shop: z.string(), runId: z.string() });

/**
 * Settles a job that failed for good: ends its run, or saves it as a dead letter for the merchant. Then removes it from
 * Redis, which frees its key for the next job. A job that a sweep enqueues again stays in Redis, except a recurring
 * one, which is due at its next time. Idempotent.
 *
 * @throws any database error; the job then stays in Redis for `settleFailedJobs`
 */
export async function settleFailedJob(deps: SettlingDeps, job: Job, now: Date): Promise<void> {
  const kind = isJobName(job.name) ? jobCatalog[job.name] : null;
  const due = toDueWork(job);
  if (due !== null) await giveUpDueWork(deps, due, now);
  const run = RunPayload.safeParse(job.data);
  if (run.success && (kind === null || kind.whenGivenUp === "run_fails")) {
    await failRun(deps, run.data, { job: job.name, reason: job.failedReason ?? "", now });
  } else {
    const payload = kind?.schema.safeParse(job.data);
    if (kind?.whenGivenUp !== "dead_letter" || !payload?.success) {
      if (due !== null) await job.remove();
      return;
    }
    await saveDeadLetter(deps.pool, {
      shop: payload.data.shop,
      jobId: job.id ?? "",
      failedAt: new Date(job.finishedOn ?? job.timestamp),
      name: job.name,
      payload: payload.data,
      attempts: job.attemptsMade,
      problem: job.failedReason ?? "",
    });
  }
  await job.remove();
}

/**
 * Settles every failed job that is still in the queues, because a worker died or the database was down.
 *
 * @throws AggregateError of the jobs that could not be settled; the others are settled
 */
export async function settleFailedJobs(
  deps: SettlingDeps,
  { redisUrl }: { redisUrl: string },
): Promise<void> {
  // BullMQ would wait for Redis for ever, and the other turns with it.
  const connection = new Redis(redisUrl, { maxRetriesPerRequest: 1, retryStrategy: () => null });
  connection.on("error", () => {}); // The command that fails reports it.
  const queues = QUEUES.flatMap((name) => listLanes(name).map((lane) => toLaneQueue(name, lane))).map(
    (name) => new Queue(name, { connection, prefix: REDIS_PREFIX }),
  );
  // Without a listener, each of them prints the error.
  for (const queue of queues) queue.on("error", () => {});
  const problems: unknown[] = [];
  try {
    for (const queue of queues) {
      for (const job of await queue.getFailed()) {
        await settleFailedJob(deps, job, new Date()).catch((error: unknown) => problems.push(error));
      }
    }
  } finally {
    await Promise.all(queues.map((queue) => queue.close()));
    connection.disconnect();
  }
  if (problems.length > 0) throw new AggregateError(problems, `${problems.length} failed jobs are unsettled`);
}

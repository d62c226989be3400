import { Queue, type Job } from "bullmq";
import { Redis } from "ioredis";
import { saveDeadLetter } from "#app/data/dead-letters.server.ts";
import type { Deps } from "#app/deps.server.ts";
import { jobCatalog, QUEUES, type JobName } from "./catalog.ts";
import { REDIS_PREFIX } from "./queue.server.ts";

/**
 * Moves a job that failed for good from Redis, which may lose it, to the database, where the merchant finds it.
 * Jobs of a run and those that a sweep asks for anew are left alone, for they are told elsewhere.
 *
 * @throws whatever the database throws; the job then stays in Redis for `keepDeadLetters`
 */
export async function keepDeadLetter(deps: Pick<Deps, "pool">, job: Job): Promise<void> {
  if (!Object.hasOwn(jobCatalog, job.name)) return;
  const { schema, whenGivenUp } = jobCatalog[job.name as JobName];
  const payload = schema.safeParse(job.data);
  if (whenGivenUp !== "dead_letter" || !payload.success) return;
  await saveDeadLetter(deps.pool, {
    shop: (payload.data as { shop: string }).shop,
    jobId: job.id ?? "",
    failedAt: new Date(job.finishedOn ?? job.timestamp),
    name: job.name,
    payload: payload.data,
    attempts: job.attemptsMade,
    problem: job.failedReason ?? "",
  });
  // Its key is free now, so that the same need may come again.
  await job.remove();
}

/** The same for every failed job that Redis still holds: of a worker that died, or that had no database. */
export async function keepDeadLetters(deps: Pick<Deps, "pool">, redisUrl: string): Promise<void> {
  const connection = new Redis(redisUrl, { maxRetriesPerRequest: 1 });
  connection.on("error", () => {}); // The command that fails reports it.
  const queues = QUEUES.map((name) => new Queue(name, { connection, prefix: REDIS_PREFIX }));
  try {
    for (const queue of queues) {
      for (const job of await queue.getFailed()) await keepDeadLetter(deps, job);
    }
  } finally {
    await Promise.all(queues.map((queue) => queue.close()));
    connection.disconnect();
  }
}

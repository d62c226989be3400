import { Queue } from "bullmq";
import { Redis } from "ioredis";
import { AppError } from "#app/process/errors.ts";
import {
  jobCatalog,
  listLanes,
  QUEUES,
  toLaneQueue,
  type JobName,
  type JobPayload,
  type Lane,
  type QueueName,
} from "./catalog.ts";

/** How many jobs a lane of a queue holds by their state. */
interface LaneLoad {
  readonly queue: QueueName;
  readonly lane: Lane;
  readonly jobs: Readonly<Record<"waiting" | "active" | "delayed" | "failed", number>>;
}

/** Adds jobs; the one thing that routes and services know of BullMQ. */
export interface JobQueue {
  /**
   * Adds a job unless one with the same key is still known to Redis.
   *
   * @param dedupeKey stable across retries; characters that BullMQ forbids in a job id (":") are replaced
   * @param lane whom it waits with, where that is not what the catalogue says
   * @param dueAt of work that is due again and again: which of its times this is, for the worker to finish it
   * @throws AppError queue_down when Redis does not answer
   */
  enqueue<N extends JobName>(
    name: N,
    payload: JobPayload<N>,
    options: { dedupeKey: string; lane?: Lane; delayMs?: number; dueAt?: Date },
  ): Promise<void>;
  /**
   * How many jobs wait where a job of this name would.
   *
   * @throws AppError queue_down when Redis does not answer
   */
  countWaiting(name: JobName, lane: Lane): Promise<number>;
  /**
   * Whether a worker of this lane is connected.
   *
   * @throws AppError queue_down when Redis does not answer
   */
  hasWorkers(name: JobName, lane: Lane): Promise<boolean>;
  /** What every lane holds. @throws AppError queue_down when Redis does not answer */
  readLanes(): Promise<LaneLoad[]>;
  close(): Promise<void>;
}

/** Prefix of every key in Redis, so that several apps may share one server. */
export const REDIS_PREFIX = "bundlesmith";

/**
 * @param deadlineMs how long Redis may take for one command. Shopify waits five seconds for a webhook's answer; BullMQ
 *   would wait for the first connection for ever
 */
export function openJobQueue(redisUrl: string, { deadlineMs = 3_000 } = {}): JobQueue {
  // A web request must not hang on a Redis that is down: the sweeper enqueues later what is refused now.
  const connection = new Redis(redisUrl, {
    maxRetriesPerRequest: 1,
    enableOfflineQueue: true,
    lazyConnect: true,
  });
  connection.on("error", () => {}); // Every failed command reports for itself.
  const names = QUEUES.flatMap((queue) => listLanes(queue).map((lane) => toLaneQueue(queue, lane)));
  const queues = new Map(names.map((name) => [name, new Queue(name, { connection, prefix: REDIS_PREFIX })]));
  for (const queue of queues.values()) queue.on("error", () => {});
  const addTogether = new Map([...queues].map(([name, queue]) => [name, addingTogether(queue, deadlineMs)]));
  const ask = async <T>(queue: QueueName, lane: Lane, question: (inLane: Queue) => Promise<T>) => {
    try {
      return await withDeadline(question(queues.get(toLaneQueue(queue, lane))!), deadlineMs);
    } catch (cause) {
      throw new AppError("queue_down", `Redis did not tell of ${queue}'s lane ${lane}`, true, { cause });
    }
  };
  const readLane = async (queue: QueueName, lane: Lane): Promise<LaneLoad> => {
    const jobs = await ask(queue, lane, (inLane) =>
      inLane.getJobCounts("waiting", "active", "delayed", "failed"),
    );
    return { queue, lane, jobs: jobs as LaneLoad["jobs"] };
  };
  return {
    async enqueue(name, payload, { dedupeKey, lane, delayMs = 0, dueAt }) {
      const { queue, lane: usual, attempts, backoffMs } = jobCatalog[name];
      try {
        await addTogether.get(toLaneQueue(queue, lane ?? usual))!({
          name,
          data: dueAt === undefined ? payload : { ...payload, dueAt: dueAt.toISOString() },
          opts: {
            jobId: `${name}-${dedupeKey.replaceAll(":", "_")}`,
            attempts,
            backoff: { type: "exponential", delay: backoffMs },
            delay: delayMs,
            // A finished job forgets its key, so that the same need may come again.
            removeOnComplete: true,
            removeOnFail: { age: 7 * 86_400 },
          },
        });
      } catch (cause) {
        throw new AppError("queue_down", `Redis did not take the job ${name}`, true, { cause });
      }
    },
    countWaiting: (name, lane) => ask(jobCatalog[name].queue, lane, (queue) => queue.getWaitingCount()),
    hasWorkers: async (name, lane) =>
      (await ask(jobCatalog[name].queue, lane, (queue) => queue.getWorkersCount())) > 0,
    readLanes: () =>
      Promise.all(QUEUES.flatMap((queue) => listLanes(queue).map((lane) => readLane(queue, lane)))),
    async close() {
      try {
        await withDeadline(Promise.all([...queues.values()].map((queue) => queue.close())), deadlineMs);
      } catch (error) {
        // A queue that never reached Redis waits for it also when it is closed.
        if (!(error instanceof DeadlineError)) throw error;
      } finally {
        connection.disconnect();
      }
    },
  };
}

type NewJob = Parameters<Queue["addBulk"]>[0][number];

/**
 * Adds jobs to a queue, all that are asked for in one turn of the event loop in one message to Redis. Of those with one
 * key it would keep the first, so that alone is sent: a shop's webhooks that were kept together ask for one turn.
 */
function addingTogether(queue: Queue, deadlineMs: number): (job: NewJob) => Promise<unknown> {
  let jobs = new Map<string | undefined, NewJob>();
  let added: Promise<unknown> | undefined;
  return (job) => {
    const key = job.opts?.jobId;
    if (!jobs.has(key)) jobs.set(key, job);
    added ??= new Promise((resolve) => setImmediate(resolve)).then(() => {
      const together = [...jobs.values()];
      [jobs, added] = [new Map(), undefined];
      return withDeadline(queue.addBulk(together), deadlineMs);
    });
    return added;
  };
}

class DeadlineError extends Error {}

async function withDeadline<T>(work: Promise<T>, deadlineMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DeadlineError(`no answer within ${deadlineMs} ms`)), deadlineMs);
  });
  // The loser of the race must not end the process when it fails later on.
  work.catch(() => {});
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

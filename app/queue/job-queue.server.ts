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

interface LaneLoad {
  readonly queue: QueueName;
  readonly lane: Lane;
  readonly jobs: Readonly<Record<"waiting" | "active" | "delayed" | "failed", number>>;
}

/** The job queue, without BullMQ in its types. */
export interface JobQueue {
  /**
   * Adds a job unless Redis still has one with the same key.
   *
   * @param dedupeKey stable across retries; ":" is replaced, because BullMQ forbids it in a job id
   * @param lane lane other than the default
   * @param dueAt due time of a recurring job, so that the worker can mark it as done
   * @throws AppError queue_down if Redis does not answer
   */
  enqueue<N extends JobName>(
    name: N,
    payload: JobPayload<N>,
    options: { dedupeKey: string; lane?: Lane; delayMs?: number; dueAt?: Date },
  ): Promise<void>;
  /**
   * Number of waiting jobs in the queue and lane of this job.
   *
   * @throws AppError queue_down if Redis does not answer
   */
  countWaiting(name: JobName, lane: Lane): Promise<number>;
  /**
   * Whether a worker of this lane is connected.
   *
   * @throws AppError queue_down if Redis does not answer
   */
  hasWorkers(name: JobName, lane: Lane): Promise<boolean>;
  /** The load of every lane. @throws AppError queue_down if Redis does not answer */
  readLanes(): Promise<LaneLoad[]>;
  close(): Promise<void>;
}

/** Prefix of every key in Redis, so that several apps can share a server. */
export const REDIS_PREFIX = "bundlesmith";

/**
 * @param deadlineMs timeout of one Redis command. Shopify waits five seconds for a webhook's answer; BullMQ would wait
 *   forever for the first connection
 */
export function openJobQueue(redisUrl: string, { deadlineMs = 3_000 } = {}): JobQueue {
  // A web request must not hang when Redis is down. The sweep enqueues the refused jobs later.
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
            // A finished job frees its key for the next one.
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
        // A queue that never reached Redis waits for it even on close.
        if (!(error instanceof DeadlineError)) throw error;
      } finally {
        connection.disconnect();
      }
    },
  };
}

type NewJob = Parameters<Queue["addBulk"]>[0][number];

/**
 * Batches the jobs of one event-loop turn into one message to Redis. Sends only the first job of each key, because
 * Redis would ignore the others.
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
  // The loser of the race must not cause an unhandled rejection later.
  work.catch(() => {});
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

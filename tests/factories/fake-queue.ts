import type { JobName, Lane } from "#app/queue/catalog.ts";
import type { JobQueue } from "#app/queue/job-queue.server.ts";

export interface AskedJob {
  readonly name: JobName;
  readonly payload: unknown;
  readonly dedupeKey: string;
  readonly delayMs: number;
  readonly lane: Lane | undefined;
}

/** A queue without workers; it passes each enqueued job to `record`. */
export function fakeQueue(record: (asked: AskedJob) => void = () => {}): JobQueue {
  return {
    enqueue: async (name, payload, { dedupeKey, delayMs = 0, lane }) =>
      record({ name, payload, dedupeKey, delayMs, lane }),
    countWaiting: async () => 0,
    hasWorkers: async () => false,
    readLanes: async () => [],
    close: async () => {},
  };
}

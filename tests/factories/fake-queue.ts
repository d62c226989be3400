import type { JobName, Lane } from "#app/queue/catalog.ts";
import type { JobQueue } from "#app/queue/job-queue.server.ts";

export interface AskedJob {
  readonly name: JobName;
  readonly payload: unknown;
  readonly dedupeKey: string;
  readonly delayMs: number;
  readonly lane: Lane | undefined;
}

/** A queue whose jobs nobody does; it tells what it is asked for. */
export function fakeQueue(hear: (asked: AskedJob) => void = () => {}): JobQueue {
  return {
    enqueue: async (name, payload, { dedupeKey, delayMs = 0, lane }) =>
      hear({ name, payload, dedupeKey, delayMs, lane }),
    countWaiting: async () => 0,
    hasWorkers: async () => false,
    readLanes: async () => [],
    close: async () => {},
  };
}

import type { Deps } from "#app/services/deps.server.ts";
import { processJob } from "./process-job.ts";

/** What BullMQ hands over of a job, in the worker's own process or in a child's. */
export interface BullJob {
  readonly id?: string | undefined;
  readonly name: string;
  readonly data: unknown;
  readonly attemptsMade: number;
  updateProgress(progress: object): Promise<void>;
  moveToDelayed(atMs: number, token: string | undefined): Promise<void>;
}

/** `processJob` of a job as BullMQ hands it over. */
export function processBullJob(
  deps: Deps,
  job: BullJob,
  token: string | undefined,
  signal: AbortSignal | undefined,
): Promise<void> {
  return processJob(
    deps,
    {
      id: job.id ?? "",
      name: job.name,
      data: job.data,
      attemptsMade: job.attemptsMade,
      putBack: () => job.moveToDelayed(Date.now(), token),
    },
    {
      signal: signal ?? new AbortController().signal,
      reportProgress: (ratio, message) => job.updateProgress({ ratio, message }),
    },
  );
}

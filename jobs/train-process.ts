import { deps } from "#app/deps.server.ts";
import { processJob } from "./process-job.ts";

/** The part of BullMQ's job that its child process hands over. */
interface SandboxedJob {
  readonly id?: string;
  readonly name: string;
  readonly data: unknown;
  readonly attemptsMade: number;
  updateProgress(progress: object): Promise<void>;
}

// A worker that was killed cannot stop its child: without this the child would train on, beside the next
// worker's attempt at the same job.
process.on("disconnect", () => process.exit(1));

/**
 * Carries out a job of the train queue in a process of its own: training keeps a core busy for minutes, and the
 * worker must meanwhile renew the job's lock.
 */
export default async function train(
  job: SandboxedJob,
  _token: string | undefined,
  signal: AbortSignal | undefined,
): Promise<void> {
  await processJob(
    deps(),
    { id: job.id ?? "", name: job.name, data: job.data, attemptsMade: job.attemptsMade },
    {
      signal: signal ?? new AbortController().signal,
      reportProgress: (ratio, message) => job.updateProgress({ ratio, message }),
    },
  );
}

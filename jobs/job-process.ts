import { deps } from "#app/deps.server.ts";
import { processJob } from "./process-job.ts";

/** The part of BullMQ's job that its child process hands over. */
interface SandboxedJob {
  readonly id?: string;
  readonly name: string;
  readonly data: unknown;
  readonly attemptsMade: number;
  updateProgress(progress: object): Promise<void>;
  moveToDelayed(atMs: number, token: string | undefined): Promise<void>;
}

// A worker that was killed cannot stop its child: without this the child would go on, beside the next worker's
// attempt at the same job.
process.on("disconnect", () => process.exit(1));

/** Carries out a job in a process of its own; BullMQ calls it for the queues that keep a core busy. */
export default async function work(
  job: SandboxedJob,
  token: string | undefined,
  signal: AbortSignal | undefined,
): Promise<void> {
  await processJob(
    deps(),
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

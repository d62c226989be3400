import { deps } from "#app/services/deps.server.ts";
import { processJob, type BullJob } from "./process-job.ts";

// A worker that was killed cannot stop its child: without this the child would go on, beside the next worker's
// attempt at the same job.
process.on("disconnect", () => process.exit(1));
// Before that event comes, what is said to a worker that was killed throws, and BullMQ, which asks for each error to be
// said to the worker, would go on for ever.
process.prependListener("uncaughtException", (error: NodeJS.ErrnoException) => {
  if (!process.connected || error.code === "EPIPE" || error.code === "ERR_IPC_CHANNEL_CLOSED")
    process.exit(1);
});

/** One job at a time: its reading, its progress and its questions whether to go on. */
const CONNECTIONS = 3;

/** Carries out a job in a process of its own; BullMQ calls it for the queues that keep a core busy. */
export default async function work(
  job: BullJob,
  token: string | undefined,
  signal: AbortSignal | undefined,
): Promise<void> {
  await processJob(deps(CONNECTIONS), job, token, signal);
}

import { deps } from "#app/services/deps.server.ts";
import { processJob, type BullJob } from "./process-job.ts";

// A killed worker cannot stop its child process. Without this, the child would go on during the next attempt.
process.on("disconnect", () => process.exit(1));
// Before "disconnect" fires, each message to a killed worker throws. BullMQ reports each error to the worker, so it
// would loop forever.
process.prependListener("uncaughtException", (error: NodeJS.ErrnoException) => {
  if (!process.connected || error.code === "EPIPE" || error.code === "ERR_IPC_CHANNEL_CLOSED")
    process.exit(1);
});

/** One job at a time: it reads, writes progress and checks whether to continue. */
const CONNECTIONS = 3;

/** Runs a job in its own process. BullMQ calls it for CPU-bound queues. */
export default async function work(
  job: BullJob,
  token: string | undefined,
  signal: AbortSignal | undefined,
): Promise<void> {
  await processJob(deps(CONNECTIONS), job, token, signal);
}

import { deps } from "#app/services/deps.server.ts";
import { processBullJob, type BullJob } from "./process-bull-job.ts";

// A worker that was killed cannot stop its child: without this the child would go on, beside the next worker's
// attempt at the same job.
process.on("disconnect", () => process.exit(1));

/** One job at a time: its reading, its progress and its questions whether to go on. */
const CONNECTIONS = 3;

/** Carries out a job in a process of its own; BullMQ calls it for the queues that keep a core busy. */
export default async function work(
  job: BullJob,
  token: string | undefined,
  signal: AbortSignal | undefined,
): Promise<void> {
  await processBullJob(deps(CONNECTIONS), job, token, signal);
}

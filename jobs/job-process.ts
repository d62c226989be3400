import { getPriority, setPriority } from "node:os";
import { deps } from "#app/services/deps.server.ts";
import { processBullJob, type BullJob } from "./process-bull-job.ts";

// A worker that was killed cannot stop its child: without this the child would go on, beside the next worker's
// attempt at the same job.
process.on("disconnect", () => process.exit(1));

/** One job at a time: its reading, its progress and its questions whether to go on. */
const CONNECTIONS = 3;

/** Leaves nine parts in ten of a core to those who are waited for, where both want it. */
const PATIENT_NICENESS = getPriority() + 10;
/** What may be worth nothing but the harm of it, as a stranger's file, or has the night. */
const PATIENT_QUEUES = /^import$|-(nightly|large)$/;

/** Carries out a job in a process of its own; BullMQ calls it for the queues that keep a core busy. */
export default async function work(
  job: BullJob & { readonly queueName: string },
  token: string | undefined,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (PATIENT_QUEUES.test(job.queueName)) setPriority(PATIENT_NICENESS);
  await processBullJob(deps(CONNECTIONS), job, token, signal);
}

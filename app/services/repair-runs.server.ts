import type { Deps } from "#app/deps.server.ts";
import { listActiveRuns } from "#app/data/runs.server.ts";
import { enqueueStep } from "./run-step.server.ts";

/** Makes sure that the queue knows the job of every active run, in case Redis lost its memory. */
export async function repairRuns(deps: Deps): Promise<void> {
  for (const run of await listActiveRuns(deps.db)) await enqueueStep(deps, run);
}

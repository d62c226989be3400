import type { Deps } from "#app/deps.server.ts";
import { openRun } from "#app/data/runs.server.ts";
import type { Result } from "#app/domain/result.ts";
import { enqueueStep } from "./run-step.server.ts";

/**
 * Opens a run of the loop on the orders until `now` and hands it to the workers. While one is active, returns
 * that one and makes sure that the queue still knows the job of its step, so that a Redis that lost its memory
 * cannot leave a run waiting for ever.
 *
 * @throws AppError queue_down when Redis does not take the job; the run stays, and calling again repairs it
 */
export async function startRun(
  deps: Deps,
  { shop, now }: { shop: string; now: Date },
): Promise<Result<{ runId: string; isNew: boolean }, "not_installed">> {
  const opened = await openRun(deps.db, { shop, cutoffAt: now });
  if (!opened) return { ok: false, reason: "not_installed", detail: `${shop} has not installed the app` };
  await enqueueStep(deps, opened.run);
  if (opened.isNew) deps.log.info("run.started", { shop, runId: opened.run.id });
  return { ok: true, value: { runId: opened.run.id, isNew: opened.isNew } };
}

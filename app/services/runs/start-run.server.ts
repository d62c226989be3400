import type { Deps } from "#app/services/deps.server.ts";
import { openRun, listRuns, type RunLane } from "#app/data/runs/runs.server.ts";
import type { Result } from "#app/domain/result.ts";
import { readSettings } from "#app/data/shops/shops.server.ts";
import { nextRunDueMs, RUNS_COMPARED } from "#app/domain/retraining.ts";
import { placeNewRun } from "./admit-training.server.ts";
import { enqueueStep } from "./run-step.server.ts";

/**
 * Opens a run of the loop on the orders until `now` and hands it to the workers. While one is active, returns
 * that one and makes sure that the queue still knows the job of its step, so that a Redis that lost its memory
 * cannot leave a run waiting for ever.
 *
 * @param lane whom it waits with; a run that is active already keeps its own
 * @throws AppError queue_down when Redis does not take the job; the run stays, and calling again repairs it
 */
export async function startRun(
  deps: Deps,
  { shop, now, lane = "merchant" }: { shop: string; now: Date; lane?: RunLane },
): Promise<Result<{ runId: string; isNew: boolean }, "not_installed">> {
  const opened = await openRun(deps.db, { shop, cutoffAt: now, lane });
  if (!opened) return { ok: false, reason: "not_installed", detail: `${shop} has not installed the app` };
  await enqueueStep(deps, opened.isNew ? await placeNewRun(deps, opened.run) : opened.run);
  if (opened.isNew) deps.log.info("run.started", { shop, runId: opened.run.id });
  return { ok: true, value: { runId: opened.run.id, isNew: opened.isNew } };
}

/**
 * What the daily schedule asks for: starts a run if the merchant's settings say that it is time for one.
 *
 * @returns whether a run was asked for
 * @throws AppError input_invalid when the shop has not installed the app; queue_down as `startRun`
 */
export async function startDueRun(deps: Deps, { shop, now }: { shop: string; now: Date }): Promise<boolean> {
  const { retrainEvery } = await readSettings(deps.db, shop);
  const dueMs = nextRunDueMs(retrainEvery, await listRuns(deps.db, { shop, limit: RUNS_COMPARED }));
  if (dueMs === null || now.getTime() < dueMs) return false;
  await startRun(deps, { shop, now, lane: "nightly" });
  return true;
}

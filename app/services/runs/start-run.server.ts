import type { Deps } from "#app/services/deps.server.ts";
import {
  openRun,
  listActiveRuns,
  listRuns,
  type RunLane,
  endRun,
  beginTrainingAttempt,
  mergeRunReport,
  moveRunToLane,
  type RunKey,
  type RunRow,
} from "#app/data/runs/runs.server.ts";
import type { Result } from "#app/domain/result.ts";
import { readSettings } from "#app/data/shops/shops.server.ts";
import { nextRunDueMs, RUNS_COMPARED, SMALL_RUN_BYTES, estimateMemoryBytes } from "#app/domain/retraining.ts";
import { enqueueStep } from "./run-step.server.ts";
import { deleteCheckpoints } from "#app/data/runs/models.server.ts";
import { readHistorySize } from "#app/data/orders/basket-lines.server.ts";
import type { ForeseenProblem } from "#app/domain/run-status.ts";
import { inputError } from "#app/process/errors.ts";

/**
 * Opens a run on the orders until `now` and hands it to the workers. While a run is active, returns that run and makes
 * sure that the queue still knows its job, so that a Redis that lost its data cannot block it.
 *
 * @param lane of a new run; an active run keeps its own
 * @throws AppError queue_down when Redis does not take the job; the run stays, and another call repairs it
 */
export async function startRun(
  deps: Deps,
  { shop, now, lane = "merchant" }: { shop: string; now: Date; lane?: RunLane },
): Promise<Result<{ runId: string; isNew: boolean }, "not_installed">> {
  const opened = await openRun(deps.db, { shop, cutoffAt: now, lane });
  if (!opened) return { ok: false, reason: "not_installed" };
  await enqueueStep(deps, opened.isNew ? await placeNewRun(deps, opened.run) : opened.run);
  if (opened.isNew) deps.log.info("run.started", { shop, runId: opened.run.id });
  return { ok: true, value: { runId: opened.run.id, isNew: opened.isNew } };
}

/**
 * The daily schedule: starts a run if one is due by the merchant's settings.
 *
 * @returns whether a run was started
 * @throws AppError input_invalid when the shop has not installed the app; queue_down as `startRun`
 */
export async function startDueRun(deps: Deps, { shop, now }: { shop: string; now: Date }): Promise<boolean> {
  const { retrainEvery } = await readSettings(deps.db, shop);
  const dueMs = nextRunDueMs(retrainEvery, await listRuns(deps.db, { shop, limit: RUNS_COMPARED }));
  if (dueMs === null || now.getTime() < dueMs) return false;
  await startRun(deps, { shop, now, lane: "nightly" });
  return true;
}

/**
 * Cancels a run that is queued or running. Its worker notices within about a second and stops. Proposals of earlier
 * runs stay. Forecasts that the run has saved stay too: they are complete, newer than the previous ones, and no later
 * step changes them. The autopilot accounts for their age by the run's cutoff.
 */
export async function cancelRun(
  deps: Deps,
  { shop, runId, now }: { shop: string; runId: string; now: Date },
): Promise<Result<null, "not_active">> {
  const message = { code: "run.cancelled", values: {} } as const;
  const hasEnded = await endRun(deps.db, { shop, runId }, { status: "cancelled", message }, now);
  if (!hasEnded) return { ok: false, reason: "not_active" };
  await deleteCheckpoints(deps.db, { shop, runId });
  deps.log.info("run.cancel_asked", { shop, runId });
  return { ok: true, value: null };
}

/** Training stops being retried after this many killed workers. */
const MAX_KILLED = 2;

/**
 * Estimates the memory that a new run needs and sends a large one to a large worker; if none is connected, a small
 * worker tries.
 *
 * @returns the run as it is then
 * @throws AppError queue_down
 */
export async function placeNewRun(deps: Deps, run: RunRow): Promise<RunRow> {
  const key = { shop: run.shop, runId: run.id };
  const size = await readHistorySize(deps.pool, run.shop);
  const memoryBytes = estimateMemoryBytes(size);
  await mergeRunReport(deps.db, key, { need: { ...size, memoryBytes } });
  if (memoryBytes <= SMALL_RUN_BYTES) return run;
  return (await moveToLarge(deps, key)) ? { ...run, lane: "large" } : run;
}

/**
 * Called before training begins. An earlier attempt that ended without an error was killed, most likely for its memory.
 * Then the run moves to a large worker, if there is one, instead of dying again on a small one.
 *
 * @returns false when another worker takes over
 * @throws AppError that ends the run after the second such death
 */
export async function admitTraining(deps: Deps, key: RunKey): Promise<boolean> {
  const attempt = await beginTrainingAttempt(deps.db, key);
  if (attempt === null || attempt.killed === 0) return true;
  if (attempt.killed >= MAX_KILLED) {
    throw inputError("run.outOfMemory" satisfies ForeseenProblem);
  }
  if (attempt.run.lane === "large" || !(await moveToLarge(deps, key))) return true;
  await enqueueStep(deps, { ...attempt.run, lane: "large" });
  return false;
}

/**
 * Moves every active large run back to small workers once no large one is connected, because it would wait for ever.
 *
 * @throws AppError queue_down
 */
export async function freeLargeRuns({ db, jobs, log }: Deps): Promise<void> {
  const large = (await listActiveRuns(db)).filter(({ lane }) => lane === "large");
  if (large.length === 0 || (await isLargeServed(jobs))) return;
  for (const { shop, id: runId } of large) {
    log.warn("run.no_large_worker", { shop, runId });
    await moveRunToLane(db, { shop, runId }, "nightly");
  }
}

async function isLargeServed(jobs: Deps["jobs"]): Promise<boolean> {
  const areServed = await Promise.all(
    (["behaviour.train", "propose.bundles"] as const).map((name) => jobs.hasWorkers(name, "large")),
  );
  return !areServed.includes(false);
}

/** Every step of a large run waits in the large lane of its queue, because every step needs the memory. */
async function moveToLarge({ db, jobs, log }: Deps, key: RunKey): Promise<boolean> {
  if (!(await isLargeServed(jobs))) {
    log.warn("run.no_large_worker", { ...key });
    return false;
  }
  await moveRunToLane(db, key, "large");
  log.info("run.large", { ...key });
  return true;
}

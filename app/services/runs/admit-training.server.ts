import { readHistorySize } from "#app/data/orders/history-counts.server.ts";
import {
  beginTrainingAttempt,
  mergeRunReport,
  moveRunToLane,
  type RunKey,
  type RunRow,
} from "#app/data/runs/runs.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { SMALL_RUN_BYTES, toTrainingNeed } from "#app/domain/retraining.ts";
import type { ForeseenProblem } from "#app/domain/validate/run-messages.ts";
import { AppError } from "#app/process/errors.ts";
import { enqueueStep } from "./run-step.server.ts";

/** A training whose worker was killed so often is not begun again. */
const MAX_KILLED = 2;

/**
 * States what a new run will need, and has a large one wait for a large worker; where none is connected it takes its
 * chance on a small one.
 *
 * @returns the run as it stands then
 * @throws AppError queue_down
 */
export async function placeNewRun(deps: Deps, run: RunRow): Promise<RunRow> {
  const key = { shop: run.shop, runId: run.id };
  const size = await readHistorySize(deps.pool, run.shop);
  const need = toTrainingNeed(size);
  await mergeRunReport(deps.db, key, { need: { ...size, ...need } });
  if (need.memoryBytes <= SMALL_RUN_BYTES) return run;
  return (await moveToLarge(deps, key)) ? { ...run, lane: "large" } : run;
}

/**
 * Asked before a training begins: an attempt before it that ended without a word was killed, most likely for its memory.
 * It goes to a large worker then, if there is one, instead of dying once more on a small one.
 *
 * @returns false when another worker will do it
 * @throws AppError that ends the run after the second such death
 */
export async function admitTraining(deps: Deps, key: RunKey): Promise<boolean> {
  const attempt = await beginTrainingAttempt(deps.db, key);
  if (attempt === null || attempt.killed === 0) return true;
  if (attempt.killed >= MAX_KILLED) {
    throw new AppError("input_invalid", "run.outOfMemory" satisfies ForeseenProblem, false);
  }
  if (attempt.run.lane === "large" || !(await moveToLarge(deps, key))) return true;
  await enqueueStep(deps, { ...attempt.run, lane: "large" });
  return false;
}

async function moveToLarge({ db, jobs, log }: Deps, key: RunKey): Promise<boolean> {
  if (!(await jobs.hasWorkers("behaviour.train", "large"))) {
    log.warn("run.no_large_worker", { ...key });
    return false;
  }
  await moveRunToLane(db, key, "large");
  log.info("run.large", { ...key });
  return true;
}

import type { Deps } from "#app/services/deps.server.ts";
import { deleteCheckpoints } from "#app/data/runs/models.server.ts";
import { type RunMessage, toRunProblem } from "#app/domain/run-status.ts";
import type { JobName } from "#app/queue/catalog.ts";
import {
  endRun,
  findRun,
  isRunActive,
  mergeRunReport,
  saveRunProgress,
  RUN_LANES,
  RUN_STEPS,
  type RunKey,
  type RunRow,
  type RunStep,
  listActiveRuns,
} from "#app/data/runs/runs.server.ts";

/** The context of a step, given by the caller. */
export interface StepContext {
  /** Aborts the work when the worker shuts down. */
  readonly signal: AbortSignal;
  /** The caller's clock: a step takes seconds to minutes and is stamped when it ends. */
  now(): Date;
}

interface StepWork {
  readonly run: RunRow;
  /** Aborted when the worker shuts down or the merchant cancels. */
  readonly signal: AbortSignal;
  /** Call it as often as you like: writes are at least half a second apart. */
  onProgress(ratio: number, message: RunMessage): void;
  /** Adds fields to the run's report while the work goes on, in the order of the calls. */
  onReport(fields: Record<string, unknown>): void;
}

/** Start of each step in the progress of the whole run: training takes the longest in most shops. */
const STEP_START: Readonly<Record<RunStep, number>> = {
  prepare: 0,
  behaviour: 0.1,
  trends: 0.6,
  propose: 0.75,
  validate: 0.85,
};
const WRITE_EVERY_MS = 500;
const CANCEL_CHECK_MS = 1_000;
const CANCELLED = "The merchant cancelled the run";

const JOB_OF_STEP = {
  prepare: "prepare.baskets",
  behaviour: "behaviour.train",
  trends: "trends.fit",
  propose: "propose.bundles",
  validate: "validate.proposals",
} as const satisfies Record<RunStep, JobName>;

/**
 * Hands a run's current step to the workers. Idempotent: the job's key is the run's.
 *
 * @throws AppError queue_down when Redis does not answer
 */
export async function enqueueStep(
  { jobs }: Pick<Deps, "jobs">,
  run: Pick<RunRow, "id" | "shop" | "step" | "lane">,
) {
  const step = RUN_STEPS.find((known) => known === run.step) ?? "prepare";
  await jobs.enqueue(
    JOB_OF_STEP[step],
    { shop: run.shop, runId: run.id },
    {
      dedupeKey: run.id,
      lane: RUN_LANES.find((known) => known === run.lane) ?? "merchant",
    },
  );
}

/** Moves a run to its next step. Writes the row first, so that it names the step if the job is lost. */
export async function advanceRun(
  deps: Deps,
  { shop, runId }: RunKey,
  step: RunStep,
  now: Date,
): Promise<void> {
  const message = { code: "run.waiting", values: {} } as const;
  const waiting = { step, progress: STEP_START[step], message };
  const isActive = await saveRunProgress(deps.db, { shop, runId }, waiting, now);
  const run = isActive ? await findRun(deps.db, { shop, runId }) : null;
  if (run) await enqueueStep(deps, { ...run, step });
}

/**
 * Carries out one step of a run: records its progress and notices within about a second that the merchant cancelled.
 * Skips a run that has ended or is past this step, so a job delivered twice is harmless.
 *
 * @returns the result of `work`, or null when there was nothing to do or the run was cancelled
 * @throws whatever `work` throws; the worker decides whether to retry
 */
export async function runStep<T>(
  deps: Deps,
  key: RunKey,
  step: RunStep,
  context: StepContext,
  work: (step: StepWork) => Promise<T>,
): Promise<T | null> {
  const run = await findRun(deps.db, key);
  if (!run) {
    deps.log.warn("run.missing", { ...key, step });
    return null;
  }
  if (isPast(run, step)) {
    if (await isRunActive(deps.db, key)) await enqueueStep(deps, run);
    return null;
  }
  const from = STEP_START[step];
  const next = RUN_STEPS[RUN_STEPS.indexOf(step) + 1];
  const span = (next ? STEP_START[next] : 1) - from;
  const isActive = await saveRunProgress(
    deps.db,
    key,
    { step, progress: from, message: { code: "run.starting", values: {} } },
    context.now(),
  );
  if (!isActive) return null;

  const cancelled = new AbortController();
  const signal = AbortSignal.any([context.signal, cancelled.signal]);
  let problem: unknown;
  let writing: Promise<void> = Promise.resolve();
  let writtenAtMs = -Infinity;
  const afterEarlier = (write: () => Promise<void>) => {
    writing = writing.then(write).catch((error: unknown) => {
      problem ??= error;
    });
  };
  const write = (ratio: number, message: RunMessage) =>
    afterEarlier(async () => {
      const progress = from + span * Math.min(1, Math.max(0, ratio));
      await saveRunProgress(deps.db, key, { step, progress, message }, context.now());
    });
  const checks = setInterval(() => {
    isRunActive(deps.db, key).then(
      (active) => {
        if (!active) cancelled.abort(new Error(CANCELLED));
      },
      (error: unknown) => {
        problem ??= error;
      },
    );
  }, CANCEL_CHECK_MS);

  try {
    const value = await work({
      run,
      signal,
      onProgress(ratio, message) {
        const nowMs = performance.now();
        if (nowMs - writtenAtMs < WRITE_EVERY_MS && ratio < 1) return;
        writtenAtMs = nowMs;
        write(ratio, message);
      },
      onReport: (fields) => afterEarlier(() => mergeRunReport(deps.db, key, fields)),
    });
    await writing;
    if (problem !== undefined) deps.log.warn("run.progress_lost", { ...key, step, error: String(problem) });
    if (cancelled.signal.aborted || !(await isRunActive(deps.db, key))) return null;
    return value;
  } catch (error) {
    await writing;
    if (cancelled.signal.aborted) {
      deps.log.info("run.cancelled", { ...key, step });
      return null;
    }
    throw error;
  } finally {
    clearInterval(checks);
  }
}

/**
 * Ends a run whose job will not be retried, with the reason. Does nothing when the run is past the step of the job: its
 * current step has a job of its own, or gets one from `repairRuns`. Idempotent.
 *
 * @param job name of the job; a job unknown to this version of the app ends the run at any step
 * @param reason the error of the last attempt
 */
export async function failRun(
  deps: Pick<Deps, "db" | "log">,
  key: RunKey,
  { job, reason, now }: { job: string; reason: string; now: Date },
): Promise<void> {
  const run = await findRun(deps.db, key);
  if (!run) return;
  const step = RUN_STEPS.find((known) => JOB_OF_STEP[known] === job);
  if (step !== undefined && isPast(run, step)) return;
  const message = { code: "run.failed", values: {} } as const;
  const problem = toRunProblem(reason);
  const hasEnded = await endRun(deps.db, key, { status: "failed", message, problem }, now);
  // Also for a run that had already ended: its checkpoints may have failed to be deleted then.
  await deleteCheckpoints(deps.db, key);
  if (hasEnded) deps.log.warn("run.failed", { ...key });
}

function isPast(run: Pick<RunRow, "step">, step: RunStep): boolean {
  return RUN_STEPS.indexOf(step) < RUN_STEPS.findIndex((known) => known === run.step);
}

/** Makes sure that the queue knows the job of every active run, in case Redis lost its data. */
export async function repairRuns(deps: Deps): Promise<void> {
  for (const run of await listActiveRuns(deps.db)) await enqueueStep(deps, run);
}

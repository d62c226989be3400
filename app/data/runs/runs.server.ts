import { holdInstalledShopRow, type Db, type DbClient } from "#app/data/db.server.ts";
import {
  ACTIVE_RUN_STATUSES,
  type RunMessage,
  type RunOutcome,
  type RunProblem,
  type RunStatus,
  runStatusesBefore,
  toRunStatus,
} from "#app/domain/run-status.ts";
import { Prisma } from "#app/data/generated/client.ts";

export const RUN_STEPS = ["prepare", "behaviour", "trends", "propose", "validate"] as const;
export type RunStep = (typeof RUN_STEPS)[number];

const WAITING = { code: "run.waiting", values: {} } as const satisfies RunMessage;

/** The queue lane of a run's jobs. */
export const RUN_LANES = ["merchant", "nightly", "large"] as const;
export type RunLane = (typeof RUN_LANES)[number];

export interface RunKey {
  readonly shop: string;
  readonly runId: string;
}

export type RunRow = Omit<Prisma.RunGetPayload<object>, "status"> & { readonly status: RunStatus };

/**
 * Parses the state of a row.
 *
 * @throws RangeError if the app does not know it
 */
function toRunRow<T extends { status: unknown }>(row: T): Omit<T, "status"> & { status: RunStatus } {
  return { ...row, status: toRunStatus(row.status) };
}

/** The queued and running runs of all shops. */
export async function listActiveRuns(db: Db): Promise<RunRow[]> {
  const runs = await db.run.findMany({ where: { status: { in: [...ACTIVE_RUN_STATUSES] } } });
  return runs.map(toRunRow);
}

/** The queued or running run of a shop; null without one. */
export async function findActiveRun(db: Db, shop: string): Promise<RunRow | null> {
  const run = await db.run.findFirst({ where: { shop, status: { in: [...ACTIVE_RUN_STATUSES] } } });
  return run && toRunRow(run);
}

export async function findRun(db: Db, { shop, runId }: RunKey): Promise<RunRow | null> {
  const run = await db.run.findFirst({ where: { id: runId, shop } });
  return run && toRunRow(run);
}

/**
 * The shop's active run, or a new one. Locks the shop's row, so that a double click makes one run.
 *
 * @returns null if the shop is not installed
 */
export async function openRun(
  db: DbClient,
  { shop, cutoffAt, lane }: { shop: string; cutoffAt: Date; lane: RunLane },
): Promise<{ run: RunRow; isNew: boolean } | null> {
  return db.$transaction(async (tx) => {
    if (!(await holdInstalledShopRow(tx, shop))) return null;
    const active = await findActiveRun(tx, shop);
    if (active) return { run: active, isNew: false };
    const run = await tx.run.create({ data: { shop, cutoffAt, lane, message: WAITING } });
    return { run: toRunRow(run), isNew: true };
  });
}

/** Moves the future jobs of a run to another lane. */
export async function moveRunToLane(db: Db, { shop, runId }: RunKey, lane: RunLane): Promise<void> {
  await db.run.updateMany({ where: { id: runId, shop }, data: { lane, openAttempts: 0 } });
}

/** Notes the start of a training attempt; `killed` counts attempts before it that never ended. Null without the run. */
export async function beginTrainingAttempt(
  db: Db,
  { shop, runId }: RunKey,
): Promise<{ run: RunRow; killed: number } | null> {
  const [run] = await db.run.updateManyAndReturn({
    where: { id: runId, shop },
    data: { openAttempts: { increment: 1 } },
  });
  return run ? { run: toRunRow(run), killed: run.openAttempts - 1 } : null;
}

/** Notes that an attempt ended, with or without success, and was not killed. */
export async function endTrainingAttempt(db: Db, { shop, runId }: RunKey): Promise<void> {
  await db.run.updateMany({ where: { id: runId, shop }, data: { openAttempts: 0 } });
}

interface RunProgress {
  readonly step: RunStep;
  /** 0 to 1 of the whole run. */
  readonly progress: number;
  readonly message: RunMessage;
}

/**
 * Saves a run's progress and starts its clock. Changes nothing once the run has ended.
 *
 * @returns whether the run is still active
 */
export async function saveRunProgress(
  db: Db,
  { shop, runId }: RunKey,
  { step, progress, message }: RunProgress,
  now: Date,
): Promise<boolean> {
  const { count } = await db.run.updateMany({
    where: { id: runId, shop, status: { in: runStatusesBefore("running") } },
    data: { status: "running" satisfies RunStatus, step, progress, message },
  });
  if (count === 0) return false;
  await db.run.updateMany({ where: { id: runId, shop, startedAt: null }, data: { startedAt: now } });
  return true;
}

/** Merges fields into a run's report. Repeats change nothing. */
export async function mergeRunReport(
  db: Db,
  { shop, runId }: RunKey,
  fields: Record<string, unknown>,
): Promise<void> {
  await db.$executeRaw`
    UPDATE "Run" SET report = report || ${JSON.stringify(fields)}::jsonb WHERE id = ${runId} AND shop = ${shop}`;
}

/** Notes the backend that trains a run, and the duration once known. */
export async function saveRunTraining(
  db: Db,
  { shop, runId }: RunKey,
  { backend, trainMs }: { backend: string; trainMs?: number },
): Promise<void> {
  await db.run.updateMany({
    where: { id: runId, shop },
    data: { backend, ...(trainMs === undefined ? {} : { trainMs: Math.round(trainMs) }) },
  });
}

/**
 * Notes the start of the orders that a run is replayed on, once: the first value wins.
 *
 * @returns that start
 */
export async function keepReplayStart(db: Db, { shop, runId }: RunKey, replayFromAt: Date): Promise<Date> {
  await db.run.updateMany({ where: { id: runId, shop, replayFromAt: null }, data: { replayFromAt } });
  const run = await findRun(db, { shop, runId });
  return run?.replayFromAt ?? replayFromAt;
}

interface RunEnd {
  readonly status: RunOutcome;
  readonly message: RunMessage;
  readonly problem?: RunProblem;
}

/** Ends a run unless it has ended already. Returns whether this call ended it. */
export async function endRun(
  db: Db,
  { shop, runId }: RunKey,
  { status, message, problem }: RunEnd,
  now: Date,
): Promise<boolean> {
  const { count } = await db.run.updateMany({
    where: { id: runId, shop, status: { in: runStatusesBefore(status) } },
    data: {
      status,
      message,
      problem: problem ?? Prisma.DbNull,
      finishedAt: now,
      ...(status === "succeeded" ? { progress: 1 } : {}),
    },
  });
  return count > 0;
}

/**
 * Locks an active run until the transaction ends; an end of the run waits for it. A step saves its results for the
 * merchant under this lock, so that a cancelled run leaves none. Returns whether the run is active.
 */
export async function holdActiveRun(tx: Db, { shop, runId }: RunKey): Promise<boolean> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM "Run"
    WHERE id = ${runId} AND shop = ${shop} AND status = ANY (${[...ACTIVE_RUN_STATUSES]}) FOR NO KEY UPDATE`;
  return rows.length > 0;
}

export async function isRunActive(db: Db, { shop, runId }: RunKey): Promise<boolean> {
  const found = await db.run.findFirst({
    where: { id: runId, shop, status: { in: [...ACTIVE_RUN_STATUSES] } },
    select: { id: true },
  });
  return found !== null;
}

/** One run with the metrics of all its models, without their contents; null without it. */
export async function findRunWithModels(db: Db, { shop, runId }: { shop: string; runId: string }) {
  const run = await db.run.findFirst({
    where: { id: runId, shop },
    include: {
      models: {
        where: { shop },
        select: { step: true, name: true, isChosen: true, metrics: true },
        orderBy: { name: "asc" },
      },
    },
  });
  return run && toRunRow(run);
}

/** The newest runs of a shop, newest first. */
export async function listRuns(db: Db, { shop, limit }: { shop: string; limit: number }) {
  const runs = await db.run.findMany({ where: { shop }, orderBy: { createdAt: "desc" }, take: limit });
  return runs.map(toRunRow);
}

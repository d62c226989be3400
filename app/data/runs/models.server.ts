import { holdShopRow, inTransaction, type Db, type DbClient } from "#app/data/db.server.ts";
import { type RunStatus, ACTIVE_RUN_STATUSES } from "#app/domain/run-status.ts";
import type { Prisma } from "#app/data/generated/client.ts";
import type { RunKey } from "./runs.server.ts";
import type { Pool } from "pg";
import type { DailyForecast, ItemForecast } from "#app/domain/trends/item-forecast.ts";
import { toSqlList } from "#app/data/columns.ts";

interface CandidateModel {
  readonly name: string;
  readonly isChosen: boolean;
  readonly metrics: Prisma.InputJsonObject;
  /** Contents for later steps; only of the chosen one. */
  readonly artefact?: Uint8Array;
}

/** Training data and backend. */
interface ModelOrigin {
  readonly dataFrom: Date;
  readonly dataTo: Date;
  readonly backend: string;
}

/** `drafts` and the chosen model of `trends` pass results from one step of a run to the next. */
type ModelStep = "behaviour" | "trends" | "drafts";

/**
 * Number of successful runs that keep their models, besides the active run, so that a merchant can go back to an
 * earlier one. Other runs keep their metrics. The version that the merchant pinned stays, too.
 *
 * @see app/decisions/behaviour/018-an-older-model-is-held-not-restored.md
 */
const KEPT_VERSIONS = 5;

/**
 * Replaces the models of one step of a run, and deletes the contents of old runs and of those that did not succeed.
 * With an origin the run's candidates get a version, counted from 1 per shop and step; a repeat keeps the number.
 */
export async function saveModels(
  db: DbClient,
  { shop, runId }: RunKey,
  step: ModelStep,
  models: readonly CandidateModel[],
  origin?: ModelOrigin,
): Promise<void> {
  await db.$transaction(async (tx) => {
    // Two runs must not get the same version.
    await holdShopRow(tx, shop);
    const last = await tx.model.findFirst({
      where: { shop, step, version: { not: null } },
      orderBy: { version: "desc" },
      select: { version: true },
    });
    const own = await tx.model.findFirst({
      where: { shop, runId, step, version: { not: null } },
      select: { version: true },
    });
    const version = own?.version ?? (last?.version ?? 0) + 1;
    await tx.model.deleteMany({ where: { shop, runId, step } });
    await tx.model.createMany({
      data: models.map(({ name, isChosen, metrics, artefact }) => ({
        shop,
        runId,
        step,
        name,
        isChosen,
        metrics,
        artefact: artefact ? Uint8Array.from(artefact) : null,
        ...(origin ? { version, ...origin } : {}),
      })),
    });
    const newest = await tx.model.findMany({
      where: {
        shop,
        step,
        isChosen: true,
        run: { shop, status: "succeeded" satisfies RunStatus },
        artefact: { not: null },
      },
      orderBy: { createdAt: "desc" },
      distinct: ["runId"],
      take: KEPT_VERSIONS,
      select: { runId: true },
    });
    const pinned = await findPinnedModel(tx, { shop, step });
    const kept = [runId, ...[...newest, ...(pinned ? [pinned] : [])].map((model) => model.runId)];
    await tx.model.updateMany({
      where: { shop, step, runId: { notIn: kept }, artefact: { not: null } },
      data: { artefact: null },
    });
  });
}

/** A run, or null for the newest successful one. */
interface RunOrNewest {
  readonly shop: string;
  readonly runId: string | null;
}

/** The contents of a run's chosen model of a step, or null. */
export async function findArtefact(
  db: Db,
  { shop, runId }: RunOrNewest,
  step: ModelStep,
): Promise<Uint8Array | null> {
  const run = runId === null ? { run: { shop, status: "succeeded" satisfies RunStatus } } : { runId };
  const row = await db.model.findFirst({
    where: { shop, ...run, step, isChosen: true, artefact: { not: null } },
    orderBy: { createdAt: "desc" },
    select: { artefact: true },
  });
  return row?.artefact ?? null;
}

/** The contents of the model in use: the version that the merchant pinned, else the run's own; null without one. */
export async function findArtefactInUse(db: Db, { shop, runId }: RunOrNewest): Promise<Uint8Array | null> {
  const step = "behaviour";
  const pinned = await findPinnedModel(db, { shop, step });
  const chosen = pinned && (await findArtefact(db, { shop, runId: pinned.runId }, step));
  return chosen ?? findArtefact(db, { shop, runId }, step);
}

export async function deleteModels(db: Db, { shop, runId }: RunKey, step: ModelStep): Promise<void> {
  await db.model.deleteMany({ where: { shop, runId, step } });
}

/** The newest state of a run's training under a key. */
export async function findCheckpoint(
  db: Db,
  { shop, runId }: RunKey,
  key: string,
): Promise<Uint8Array | null> {
  const row = await db.trainingCheckpoint.findFirst({
    where: { shop, runId, key },
    select: { state: true },
  });
  return row?.state ?? null;
}

/** Replaces the state of a training. Does nothing once the run has ended, because nobody would read it. */
export async function saveCheckpoint(
  db: Db,
  { shop, runId }: RunKey,
  { key, state }: { key: string; state: Uint8Array },
): Promise<void> {
  await db.$executeRaw`
    INSERT INTO "TrainingCheckpoint" ("shop", "runId", "key", "state")
    SELECT r."shop", r."id", ${key}, ${Buffer.from(state)} FROM "Run" r
    WHERE r."id" = ${runId} AND r."shop" = ${shop} AND r."status" = ANY (${[...ACTIVE_RUN_STATUSES]}) FOR SHARE
    ON CONFLICT ("runId", "key") DO UPDATE SET "state" = EXCLUDED."state"
    WHERE "TrainingCheckpoint"."shop" = EXCLUDED."shop"`;
}

export async function deleteCheckpoints(db: Db, { shop, runId }: RunKey): Promise<void> {
  await db.trainingCheckpoint.deleteMany({ where: { shop, runId } });
}

export interface VariantForecast extends Omit<ItemForecast, "item"> {
  readonly variantGid: string;
}

/**
 * Replaces a shop's forecasts with those of this run, in one transaction and one statement with arrays, because a shop
 * has thousands. Does nothing once the run has ended. Repeats change nothing.
 */
export async function replaceForecasts(
  pool: Pool,
  { shop, runId }: RunKey,
  forecasts: readonly (VariantForecast & { readonly daily: DailyForecast })[],
): Promise<void> {
  await inTransaction(pool, async (client) => {
    const { rowCount } = await client.query(
      `SELECT 1 FROM "Run" WHERE id = $1 AND shop = $2 AND status IN (${toSqlList(ACTIVE_RUN_STATUSES)}) FOR SHARE`,
      [runId, shop],
    );
    if (rowCount === 0) return;
    await client.query('DELETE FROM "Forecast" WHERE shop = $1', [shop]);
    await client.query(
      `INSERT INTO "Forecast" (shop, "runId", "variantGid", "horizonDays", "ordersExpected", "ordersLow",
         "ordersHigh", trend, "seasonIndex", daily, "unitsPerOrder", "seasonAhead")
       SELECT $1, $2, * FROM unnest($3::text[], $4::int[], $5::float8[], $6::float8[], $7::float8[], $8::text[],
         $9::float8[], $10::jsonb[], $11::float8[], $12::jsonb[])`,
      [
        shop,
        runId,
        forecasts.map(({ variantGid }) => variantGid),
        forecasts.map(({ horizonDays }) => horizonDays),
        forecasts.map(({ ordersExpected }) => ordersExpected),
        forecasts.map(({ ordersLow }) => ordersLow),
        forecasts.map(({ ordersHigh }) => ordersHigh),
        forecasts.map(({ trend }) => trend),
        forecasts.map(({ seasonIndex }) => seasonIndex),
        forecasts.map(({ daily }) => JSON.stringify(daily)),
        forecasts.map(({ unitsPerOrder }) => unitsPerOrder),
        forecasts.map(({ seasonAhead }) => seasonAhead && JSON.stringify(seasonAhead)),
      ],
    );
  });
}

/** The forecasts of a run, unordered. */
export async function listForecasts(pool: Pool, { shop, runId }: RunKey): Promise<VariantForecast[]> {
  const { rows } = await pool.query<VariantForecast & { seasonAhead: VariantForecast["seasonAhead"] | null }>(
    `SELECT "variantGid", "horizonDays", "ordersExpected", "ordersLow", "ordersHigh", trend, "seasonIndex",
       "unitsPerOrder", "seasonAhead"
     FROM "Forecast" WHERE shop = $1 AND "runId" = $2`,
    [shop, runId],
  );
  return rows.map(({ seasonAhead, ...forecast }) => ({
    ...forecast,
    ...(seasonAhead ? { seasonAhead } : {}),
  }));
}

/** The model that the merchant pinned for proposals; null if the newest is in use. */
export async function findPinnedModel(db: Db, { shop, step }: { shop: string; step: string }) {
  const last = await db.modelDecision.findFirst({
    where: { shop, step },
    orderBy: { decidedAt: "desc" },
    select: { action: true, decidedBy: true, decidedAt: true, modelId: true },
  });
  if (last?.action !== "use" || last.modelId === null) return null;
  const model = await db.model.findFirst({
    where: { shop, id: last.modelId },
    // Without the contents, which are megabytes.
    select: { id: true, runId: true, version: true },
  });
  if (!model) return null;
  const { id, runId, version } = model;
  return { modelId: id, runId, version, decidedBy: last.decidedBy, decidedAt: last.decidedAt };
}

import { z } from "zod";
import type { Db } from "#app/data/db.server.ts";
import type { ModelDecision } from "#app/data/generated/client.ts";
import { toRunStatus, type RunStatus } from "#app/domain/run-status.ts";

/** `use`: proposals use this version until further notice; `release`: the newest again. Each can follow each. */
const ModelAction = z.enum(["use", "release"]);
type ModelAction = z.infer<typeof ModelAction>;

/** Appends a decision to the log, which is append-only. */
export async function saveModelDecision(
  db: Db,
  decision: Omit<ModelDecision, "id" | "action"> & { readonly action: ModelAction },
): Promise<void> {
  await db.modelDecision.create({ data: decision });
}

/** The newest decisions about a step's models, newest first. */
export async function listModelDecisions(
  db: Db,
  { shop, step, limit }: { shop: string; step: string; limit: number },
) {
  const rows = await db.modelDecision.findMany({
    where: { shop, step },
    orderBy: { decidedAt: "desc" },
    take: limit,
    select: { action: true, version: true, decidedBy: true, decidedAt: true },
  });
  return rows.map((row) => ({ ...row, action: ModelAction.parse(row.action) }));
}

/** One candidate of a version, without its contents. */
export interface ModelRow {
  readonly id: string;
  readonly runId: string;
  readonly version: number;
  readonly name: string;
  readonly isChosen: boolean;
  readonly metrics: unknown;
  readonly dataFrom: Date | null;
  readonly dataTo: Date | null;
  readonly backend: string | null;
  readonly createdAt: Date;
  /** Whether it has the contents that proposals need; one row of each version has. */
  readonly hasArtefact: boolean;
  readonly runStatus: RunStatus;
}

/** The candidates of a step's newest versions, the newest version first. */
export async function listModelRows(
  db: Db,
  { shop, step, versions }: { shop: string; step: string; versions: number },
): Promise<ModelRow[]> {
  const rows = await db.$queryRaw<(Omit<ModelRow, "runStatus"> & { runStatus: unknown })[]>`
    SELECT m."id", m."runId", m."version", m."name", m."isChosen", m."metrics", m."dataFrom", m."dataTo",
      m."backend", m."createdAt", m."artefact" IS NOT NULL AS "hasArtefact", r."status" AS "runStatus"
    FROM "Model" m JOIN "Run" r ON r."id" = m."runId" AND r."shop" = m."shop"
    WHERE m."shop" = ${shop} AND m."step" = ${step} AND m."version" IN (
      SELECT DISTINCT "version" FROM "Model"
      WHERE "shop" = ${shop} AND "step" = ${step} AND "version" IS NOT NULL ORDER BY "version" DESC LIMIT ${versions})
    ORDER BY m."version" DESC, m."name"`;
  return rows.map((row) => ({ ...row, runStatus: toRunStatus(row.runStatus) }));
}

/** A model of a step that proposals can use; null without it, without its contents, or if its run did not succeed. */
export async function findUsableModel(
  db: Db,
  { shop, step, modelId }: { shop: string; step: string; modelId: string },
): Promise<{ readonly modelId: string; readonly version: number | null } | null> {
  const run = { shop, status: "succeeded" satisfies RunStatus };
  const model = await db.model.findFirst({
    where: { shop, id: modelId, step, isChosen: true, artefact: { not: null }, run },
    select: { version: true },
  });
  return model && { modelId, version: model.version };
}

import type { Db } from "#app/db.server.ts";
import { toRunStatus, type RunStatus } from "#app/domain/run-status.ts";

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
  readonly seed: number | null;
  readonly backend: string | null;
  readonly createdAt: Date;
  /** What proposals need of it is there; one of each version's rows has it. */
  readonly hasArtefact: boolean;
  readonly bytes: number;
  readonly runStatus: RunStatus;
  readonly trainMs: number | null;
}

/** The candidates of a step's newest versions, the newest version first. */
export async function listModelRows(
  db: Db,
  { shop, step, versions }: { shop: string; step: string; versions: number },
): Promise<ModelRow[]> {
  const rows = await db.$queryRaw<(Omit<ModelRow, "runStatus"> & { runStatus: unknown })[]>`
    SELECT m."id", m."runId", m."version", m."name", m."isChosen", m."metrics", m."dataFrom", m."dataTo", m."seed",
      m."backend", m."createdAt", m."artefact" IS NOT NULL AS "hasArtefact",
      COALESCE(octet_length(m."artefact"), 0) + COALESCE(octet_length(m."weights"), 0) AS "bytes",
      r."status" AS "runStatus", r."trainMs"
    FROM "Model" m JOIN "Run" r ON r."id" = m."runId" AND r."shop" = m."shop"
    WHERE m."shop" = ${shop} AND m."step" = ${step} AND m."version" IN (
      SELECT DISTINCT "version" FROM "Model"
      WHERE "shop" = ${shop} AND "step" = ${step} AND "version" IS NOT NULL ORDER BY "version" DESC LIMIT ${versions})
    ORDER BY m."version" DESC, m."name"`;
  return rows.map((row) => ({ ...row, runStatus: toRunStatus(row.runStatus) }));
}

/** The model that proposals would go by, if it is one of the shop's and is still there; null otherwise. */
export async function findUsableModel(
  db: Pick<Db, "model">,
  { shop, modelId }: { shop: string; modelId: string },
): Promise<{ readonly version: number | null; readonly step: string; readonly isUsable: boolean } | null> {
  const row = await db.model.findFirst({
    where: { shop, id: modelId, step: "behaviour" },
    select: { version: true, step: true },
  });
  if (!row) return null;
  const run = { shop, status: "succeeded" satisfies RunStatus };
  const usable = await db.model.count({
    where: { shop, id: modelId, isChosen: true, artefact: { not: null }, run },
  });
  return { ...row, isUsable: usable > 0 };
}

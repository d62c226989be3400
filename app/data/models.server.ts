import type { Db } from "#app/db.server.ts";
import type { Prisma } from "./generated/client.ts";
import type { RunKey } from "./runs.server.ts";

export interface CandidateModel {
  readonly name: string;
  readonly isChosen: boolean;
  readonly metrics: Prisma.InputJsonObject;
  /** What later steps need of it; only for the chosen one. */
  readonly artefact?: Uint8Array;
}

/** `drafts` hold what one step of a run hands to the next. */
export type ModelStep = "behaviour" | "sessions" | "trends" | "drafts";

/**
 * How many runs keep what they learned, so that a merchant may go back to an earlier one. The metrics of older
 * runs stay.
 */
const KEPT_ARTEFACTS = 5;

/** Replaces what a run learned in one step, and drops the artefacts of long past runs. Repeats change nothing. */
export async function saveModels(
  db: Db,
  { shop, runId }: RunKey,
  step: ModelStep,
  models: readonly CandidateModel[],
): Promise<void> {
  await db.$transaction(async (tx) => {
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
      })),
    });
    const kept = await tx.model.findMany({
      where: { shop, step, isChosen: true, artefact: { not: null } },
      orderBy: { createdAt: "desc" },
      take: KEPT_ARTEFACTS,
      select: { id: true },
    });
    await tx.model.updateMany({
      where: { shop, step, artefact: { not: null }, id: { notIn: kept.map(({ id }) => id) } },
      data: { artefact: null },
    });
  });
}

/** What a run's chosen model of a step left for later steps, or null. */
export async function findArtefact(
  db: Db,
  { shop, runId }: RunKey,
  step: ModelStep,
): Promise<Uint8Array | null> {
  const row = await db.model.findFirst({
    where: { shop, runId, step, isChosen: true, artefact: { not: null } },
    select: { artefact: true },
  });
  return row?.artefact ?? null;
}

export async function deleteModels(db: Db, { shop, runId }: RunKey, step: ModelStep): Promise<void> {
  await db.model.deleteMany({ where: { shop, runId, step } });
}

import type { Db } from "#app/data/db.server.ts";
import { ACTIVE_RUN_STATUSES } from "#app/domain/run-status.ts";
import type { RunKey } from "./runs.server.ts";

/** Where the trainings of a run have got to: the newest state under each key. */
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

/** Replaces a training's state. Leaves nothing behind once the run has ended, since nobody would ask for it. */
export async function saveCheckpoint(
  db: Db,
  { shop, runId }: RunKey,
  { key, state, savedAt }: { key: string; state: Uint8Array; savedAt: Date },
): Promise<void> {
  await db.$executeRaw`
    INSERT INTO "TrainingCheckpoint" ("shop", "runId", "key", "state", "savedAt")
    SELECT r."shop", r."id", ${key}, ${Buffer.from(state)}, ${savedAt} FROM "Run" r
    WHERE r."id" = ${runId} AND r."shop" = ${shop} AND r."status" = ANY (${[...ACTIVE_RUN_STATUSES]}) FOR SHARE
    ON CONFLICT ("runId", "key") DO UPDATE SET "state" = EXCLUDED."state", "savedAt" = EXCLUDED."savedAt"
    WHERE "TrainingCheckpoint"."shop" = EXCLUDED."shop"`;
}

export async function deleteCheckpoints(db: Db, { shop, runId }: RunKey): Promise<void> {
  await db.trainingCheckpoint.deleteMany({ where: { shop, runId } });
}

import type { Pool } from "pg";
import type { Db } from "#app/data/db.server.ts";

export interface DeadLetterKey {
  readonly shop: string;
  readonly jobId: string;
  readonly failedAt: Date;
}

/** A job that failed for good. */
interface DeadLetter extends DeadLetterKey {
  /** As in app/queue/catalog.ts. */
  readonly name: string;
  readonly payload: object;
  readonly attempts: number;
  readonly problem: string;
}

/**
 * Saves a job that failed for good, once, and marks its earlier failures as retried. The same statement checks that the
 * shop is still known, so that no job outlives the erasure of its shop.
 */
export async function saveDeadLetter(pool: Pool, letter: DeadLetter): Promise<void> {
  await pool.query(
    `WITH earlier AS (
       UPDATE "DeadLetter" SET "retriedAt" = $3::timestamp(3)
       WHERE "shop" = $1 AND "name" = $4 AND "payload" = $5::jsonb AND "failedAt" < $3::timestamp(3)
         AND "retriedAt" IS NULL
     )
     INSERT INTO "DeadLetter" ("shop", "jobId", "failedAt", "name", "payload", "attempts", "problem")
     SELECT "shop", $2, $3::timestamp(3), $4, $5::jsonb, $6, $7 FROM "Shop" WHERE "shop" = $1
     ON CONFLICT DO NOTHING`,
    [
      letter.shop,
      letter.jobId,
      letter.failedAt.toISOString(),
      letter.name,
      JSON.stringify(letter.payload),
      letter.attempts,
      letter.problem.slice(0, 500),
    ],
  );
}

/** Those of the shops in which a job of this name failed for good at or after an instant, retried or not. */
export async function listShopsOfDeadLetters(
  db: Db,
  { shops, name, since }: { shops: string[]; name: string; since: Date },
): Promise<Set<string>> {
  const rows = await db.deadLetter.findMany({
    where: { shop: { in: shops }, name, failedAt: { gte: since } },
    select: { shop: true },
  });
  return new Set(rows.map(({ shop }) => shop));
}

/** A shop's jobs that failed for good and were not retried, the newest first. */
export async function listDeadLetters(db: Db, shop: string, limit: number) {
  return db.deadLetter.findMany({
    where: { shop, retriedAt: null },
    orderBy: { failedAt: "desc" },
    take: limit,
  });
}

/** One of them; null if it was retried. */
export async function findDeadLetter(db: Db, { shop, jobId, failedAt }: DeadLetterKey) {
  return db.deadLetter.findFirst({ where: { shop, jobId, failedAt, retriedAt: null } });
}

/** Notes that a job was retried. */
export async function markDeadLetterRetried(
  db: Db,
  { shop, jobId, failedAt }: DeadLetterKey,
  retriedAt: Date,
): Promise<void> {
  await db.deadLetter.updateMany({ where: { shop, jobId, failedAt }, data: { retriedAt } });
}

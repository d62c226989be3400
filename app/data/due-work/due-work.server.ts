import type { Pool } from "pg";
import { FLEET, type DueKind } from "#app/domain/due-work.ts";

/** One piece of due work: `dueAt` distinguishes it from the same work of another day. */
export interface DueWork {
  readonly shop: string;
  readonly kind: DueKind;
  readonly dueAt: Date;
}

/** Installed shops that lack a row of one of the kinds, at most `limit`. */
export async function listShopsWithoutDueWork(
  pool: Pool,
  { kinds, limit }: { kinds: readonly DueKind[]; limit: number },
): Promise<{ shop: string; timeZone: string }[]> {
  const { rows } = await pool.query<{ shop: string; timeZone: string }>(
    `SELECT s."shop", s."timeZone" FROM "Shop" s
     LEFT JOIN "DueWork" d ON d."shop" = s."shop" AND d."kind" = ANY($1)
     WHERE s."uninstalledAt" IS NULL
     GROUP BY s."shop", s."timeZone" HAVING COUNT(d."kind") < cardinality($1::text[]) LIMIT $2`,
    [kinds, limit],
  );
  return rows;
}

/** Saves when a shop's work is first due. An existing row stays as it is. */
export async function saveDueWork(
  pool: Pool,
  shop: string,
  work: readonly Omit<DueWork, "shop">[],
): Promise<void> {
  await pool.query(
    `INSERT INTO "DueWork" ("shop", "kind", "dueAt")
     SELECT $1, * FROM unnest($2::text[], $3::timestamp(3)[]) ON CONFLICT DO NOTHING`,
    [shop, work.map(({ kind }) => kind), work.map(({ dueAt }) => dueAt.toISOString())],
  );
}

const IS_FREE = `"dueAt" <= $1::timestamp(3) AND ("claimedUntil" IS NULL OR "claimedUntil" <= $1::timestamp(3))`;

/** Those of the kinds with work that is due at `now` and unclaimed. */
export async function listFreeKinds(pool: Pool, kinds: readonly DueKind[], now: Date): Promise<DueKind[]> {
  const { rows } = await pool.query<{ kind: DueKind }>(
    `SELECT "kind" FROM unnest($2::text[]) "kind"
     WHERE EXISTS (SELECT 1 FROM "DueWork" w WHERE w."kind" = "kind"."kind" AND ${IS_FREE})`,
    [now.toISOString(), kinds],
  );
  return rows.map(({ kind }) => kind);
}

/**
 * Claims work of a kind that is due at `now`, the oldest first: unclaimed work, and work whose claim expired. Skips
 * rows that others are claiming at the moment.
 *
 * @param until when the claim ends unless it is renewed
 */
export async function claimDueWork(
  pool: Pool,
  { kind, now, until, limit }: { kind: DueKind; now: Date; until: Date; limit: number },
): Promise<DueWork[]> {
  const { rows } = await pool.query<DueWork>(
    `UPDATE "DueWork" w SET "claimedUntil" = $3::timestamp(3), "heldBy" = NULL
     FROM (SELECT "shop" FROM "DueWork" WHERE "kind" = $2 AND ${IS_FREE}
           ORDER BY "dueAt" LIMIT $4 FOR UPDATE SKIP LOCKED) due
     WHERE w."kind" = $2 AND w."shop" = due."shop"
     RETURNING w."shop", w."kind", w."dueAt"`,
    [now.toISOString(), kind, until.toISOString(), limit],
  );
  return rows;
}

/** Frees claims of work that is only queued, because Redis may have lost it. Work in progress stays claimed. */
export async function freeQueuedDueWork(pool: Pool): Promise<void> {
  await pool.query(
    `UPDATE "DueWork" SET "claimedUntil" = NULL WHERE "claimedUntil" IS NOT NULL AND "heldBy" IS NULL`,
  );
}

interface Holding {
  /** Id of the attempt. */
  readonly holder: string;
  readonly now: Date;
  readonly until: Date;
}

/**
 * Takes queued work in hand, or renews the hold of the same holder.
 *
 * @returns false if it was finished before, or another live holder has it
 */
export async function holdDueWork(
  pool: Pool,
  { shop, kind, dueAt }: DueWork,
  { holder, now, until }: Holding,
): Promise<boolean> {
  const { rowCount } = await pool.query(
    `UPDATE "DueWork" SET "heldBy" = $4, "claimedUntil" = $6::timestamp(3)
     WHERE "shop" = $1 AND "kind" = $2 AND "dueAt" = $3::timestamp(3)
       AND ("heldBy" IS NULL OR "heldBy" = $4 OR "claimedUntil" <= $5::timestamp(3))`,
    [shop, kind, dueAt.toISOString(), holder, now.toISOString(), until.toISOString()],
  );
  return rowCount === 1;
}

/** Puts back work whose attempt failed; until `until` the queue counts as having it. */
export async function releaseDueWork(
  pool: Pool,
  { shop, kind, dueAt }: DueWork,
  { holder, until }: Pick<Holding, "holder" | "until">,
): Promise<void> {
  await pool.query(
    `UPDATE "DueWork" SET "heldBy" = NULL, "claimedUntil" = $5::timestamp(3)
     WHERE "shop" = $1 AND "kind" = $2 AND "dueAt" = $3::timestamp(3) AND "heldBy" = $4`,
    [shop, kind, dueAt.toISOString(), holder, until.toISOString()],
  );
}

/**
 * Moves work on to its next due time. Changes nothing if the row is of another day by now, or has another holder.
 *
 * @param holder the present holder; null for work that was given up, whose last holder may have died
 */
export async function finishDueWork(
  pool: Pool,
  { shop, kind, dueAt }: DueWork,
  { holder, nextAt, now }: { holder: string | null; nextAt: Date; now: Date },
): Promise<void> {
  await pool.query(
    `UPDATE "DueWork" SET "dueAt" = $5::timestamp(3), "claimedUntil" = NULL, "heldBy" = NULL,
       "finishedAt" = $6::timestamp(3), "failures" = CASE WHEN $4::text IS NULL THEN "failures" + 1 ELSE 0 END
     WHERE "shop" = $1 AND "kind" = $2 AND "dueAt" = $3::timestamp(3) AND ($4::text IS NULL OR "heldBy" = $4)`,
    [shop, kind, dueAt.toISOString(), holder, nextAt.toISOString(), now.toISOString()],
  );
}

/**
 * Takes a turn of periodic work that one process does for all shops, unless it was taken already.
 *
 * @param nextAt when the next turn may be taken
 * @returns whether the turn is the caller's
 */
export async function takeFleetTurn(
  pool: Pool,
  { name, now, nextAt }: { name: string; now: Date; nextAt: Date },
): Promise<boolean> {
  const { rowCount } = await pool.query(
    `INSERT INTO "DueWork" ("shop", "kind", "dueAt") VALUES ($4, $1, $3::timestamp(3))
     ON CONFLICT ("shop", "kind") DO UPDATE SET "dueAt" = EXCLUDED."dueAt", "finishedAt" = $2::timestamp(3)
       WHERE "DueWork"."dueAt" <= $2::timestamp(3)`,
    [name, now.toISOString(), nextAt.toISOString(), FLEET],
  );
  return rowCount === 1;
}

import type { Pool } from "pg";
import { FLEET, type DueKind } from "#app/domain/due-work.ts";

/** One piece of work that is due: the instant tells it from the same work of another day. */
export interface DueWork {
  readonly shop: string;
  readonly kind: DueKind;
  readonly dueAt: Date;
}

/** Installed shops that lack a row of one of the kinds, at most so many. */
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

/** Keeps when a shop's work is due first. A row that is there already stays as it is. */
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

/** Those of the kinds of which something is due at `now` that nobody has. */
export async function listFreeKinds(pool: Pool, kinds: readonly DueKind[], now: Date): Promise<DueKind[]> {
  const { rows } = await pool.query<{ kind: DueKind }>(
    `SELECT "kind" FROM unnest($2::text[]) "kind"
     WHERE EXISTS (SELECT 1 FROM "DueWork" w WHERE w."kind" = "kind"."kind" AND ${IS_FREE})`,
    [now.toISOString(), kinds],
  );
  return rows.map(({ kind }) => kind);
}

/**
 * Claims work of a kind that is due at `now`, the oldest first: what nobody has, and what somebody claimed and did not
 * finish in time. What others are claiming at this moment is left to them.
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

/**
 * Frees what waits in the queue by these rows' word, so that it is queued again: a Redis that comes back may have
 * forgotten it. What is at work stays claimed.
 */
export async function freeQueuedDueWork(pool: Pool): Promise<void> {
  await pool.query(
    `UPDATE "DueWork" SET "claimedUntil" = NULL WHERE "claimedUntil" IS NOT NULL AND "heldBy" IS NULL`,
  );
}

interface Holding {
  /** Names the attempt. */
  readonly holder: string;
  readonly now: Date;
  readonly until: Date;
}

/**
 * Takes queued work in hand, or renews the hold of the same holder.
 *
 * @returns false when it was finished before, or somebody else has it in hand and is alive
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

/** Puts work back whose attempt failed; until the instant the queue is believed to have it. */
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
 * Moves work on to when it is due next. Changes nothing when it is of another day by now, or in other hands.
 *
 * @param holder whose hands it is in; null for work that was given up, whoever held it last and may have died of it
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
 * Takes a turn of what one process does for all from time to time, unless it was taken already.
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

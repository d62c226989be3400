import type { Pool } from "pg";
import { holdInstalledShopRow, type Db, type DbClient } from "#app/data/db.server.ts";
import type { Erasure } from "#app/data/generated/client.ts";
import { inputError } from "#app/process/errors.ts";
import { TABLES_OF_A_SHOP } from "./erasures.server.ts";

type TableOfAShop = (typeof TABLES_OF_A_SHOP)[number];

/**
 * Tables that an erasure of the history keeps: the installation, the catalogue, the merchant's settings and plan, the
 * audit log, and the notes by which everything published is removed from the shop.
 */
const KEPT_TABLES: readonly TableOfAShop[] = [
  "Autopilot",
  "PublishedMetafield",
  "Publication",
  "Drift",
  "DueWork",
  "InventoryLevel",
  "Variant",
  "Product",
  "Collection",
  "Session",
  "Shop",
  "StaffPreference",
  "StaffRight",
  "AuditEntry",
  "SavedView",
  "Subscription",
  "Erasure",
];

/** Orders, browsing and everything learned from them, children before parents. */
export const HISTORY_TABLES: readonly TableOfAShop[] = TABLES_OF_A_SHOP.filter(
  (table) => !KEPT_TABLES.includes(table),
);

/** Keeps waiting messages that are not about shoppers' actions. */
const PART_OF: Partial<Record<TableOfAShop, string>> = {
  InboxEvent: `AND ("appliedAt" IS NOT NULL OR "topic" ~ '^(orders|refunds|carts|checkouts)/')`,
};

/** Rows per statement, so that its locks and its log stay small. */
const ROWS_AT_ONCE = 20_000;
/** Counts stop here: a page must not read a million rows to say "many". */
export const ERASURE_COUNT_LIMIT = 100_000;

/** Rows that an erasure would delete. Each count stops at `ERASURE_COUNT_LIMIT + 1`. */
interface HistorySize {
  readonly orders: number;
  readonly visits: number;
  readonly bundles: number;
  readonly runs: number;
}

export async function countHistory(pool: Pool, shop: string): Promise<HistorySize> {
  const count = (table: TableOfAShop) =>
    `(SELECT count(*) FROM (SELECT 1 FROM "${table}" WHERE shop = $1 LIMIT $2) AS counted)::int`;
  const { rows } = await pool.query<HistorySize>(
    `SELECT ${count("Order")} AS orders, ${count("BrowseEvent")} AS visits, ${count("Bundle")} AS bundles,
       ${count("Run")} AS runs`,
    [shop, ERASURE_COUNT_LIMIT + 1],
  );
  return rows[0]!;
}

/** The last erasure of a shop; null without one. */
export async function findErasure(db: Db, shop: string): Promise<Erasure | null> {
  return db.erasure.findUnique({ where: { shop } });
}

/** The instant up to which the history is erased; null without an erasure since the app was installed. */
export async function findErasedUntil(db: Db, shop: string): Promise<Date | null> {
  const [erasure, row] = await Promise.all([
    findErasure(db, shop),
    db.shop.findUnique({ where: { shop }, select: { installedAt: true } }),
  ]);
  return erasure && row && erasure.askedAt >= row.installedAt ? erasure.askedAt : null;
}

/** Shops with an unfinished erasure that was requested before the instant. */
export async function listOpenErasures(db: Db, askedBefore: Date): Promise<string[]> {
  const rows = await db.erasure.findMany({
    where: { finishedAt: null, askedAt: { lt: askedBefore } },
    select: { shop: true },
  });
  return rows.map(({ shop }) => shop);
}

/**
 * Opens an erasure, or returns the unfinished one. Locks the shop's row, so that a double click makes one.
 *
 * @throws AppError input_invalid if the shop has not installed the app
 */
export async function openErasure(
  db: DbClient,
  { shop, askedAt }: { shop: string; askedAt: Date },
): Promise<{ readonly erasure: Erasure; readonly isNew: boolean }> {
  return db.$transaction(async (tx) => {
    if (!(await holdInstalledShopRow(tx, shop))) {
      throw inputError(`${shop} has not installed the app`);
    }
    const open = await tx.erasure.findFirst({ where: { shop, finishedAt: null } });
    if (open) return { erasure: open, isNew: false };
    const fresh = { askedAt, erasedRatio: 0, finishedAt: null };
    const erasure = await tx.erasure.upsert({ where: { shop }, create: { shop, ...fresh }, update: fresh });
    return { erasure, isNew: true };
  });
}

/** Notes the progress of an erasure; it never goes back, though a repeat counts only what is left. */
export async function saveErasureProgress(db: Db, shop: string, erasedRatio: number): Promise<void> {
  await db.erasure.updateMany({ where: { shop, erasedRatio: { lt: erasedRatio } }, data: { erasedRatio } });
}

/** Notes that an erasure is finished. Changes since the request are read again, because they were deleted, too. */
export async function saveErasureEnd(
  db: DbClient,
  shop: string,
  { askedAt, finishedAt }: { askedAt: Date; finishedAt: Date },
): Promise<void> {
  await db.$transaction([
    db.shop.updateMany({ where: { shop, reconciledAt: { not: null } }, data: { reconciledAt: askedAt } }),
    db.erasure.updateMany({ where: { shop }, data: { erasedRatio: 1, finishedAt } }),
  ]);
}

/**
 * Deletes a shop's history in batches. Can be killed at any time and run again.
 *
 * @param onProgress receives the share deleted, 0 to 1
 * @returns number of rows deleted
 */
export async function deleteHistory(
  pool: Pool,
  shop: string,
  { onProgress, signal }: { onProgress(ratio: number): Promise<void>; signal?: AbortSignal | undefined },
): Promise<number> {
  const whereOf = (table: TableOfAShop) => `"shop" = $1 ${PART_OF[table] ?? ""}`;
  let total = 0;
  for (const table of HISTORY_TABLES) {
    const { rows } = await pool.query<{ count: number }>(
      `SELECT count(*)::float8 AS count FROM "${table}" WHERE ${whereOf(table)}`,
      [shop],
    );
    total += rows[0]!.count;
  }
  let deleted = 0;
  // Two passes: a run that started during the first one may have saved proposals from rows not yet deleted. After the
  // second one its own row is gone, without which it saves none.
  for (const table of [...HISTORY_TABLES, ...HISTORY_TABLES]) {
    for (;;) {
      signal?.throwIfAborted();
      const { rowCount } = await pool.query(
        `DELETE FROM "${table}" WHERE "shop" = $1 AND ctid = ANY(
           ARRAY(SELECT ctid FROM "${table}" WHERE ${whereOf(table)} LIMIT ${ROWS_AT_ONCE}))`,
        [shop],
      );
      deleted += rowCount ?? 0;
      if ((rowCount ?? 0) === 0) break;
      await onProgress(Math.min(1, deleted / total));
    }
  }
  return deleted;
}

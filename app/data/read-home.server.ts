import type { Pool } from "pg";
import { toBundleStatus, type BundleStatus } from "#app/domain/bundle-status.ts";
import type { Db } from "../db.server.ts";
import { toRunRow } from "./runs.server.ts";

/** Counting stops here: a page must not read a million rows to say "many". */
export const COUNT_LIMIT = 100_000;

/** What the shop's history holds. `orders` stops at `COUNT_LIMIT + 1`, `imported` at 1. */
interface HistoryCounts {
  readonly orders: number;
  readonly imported: number;
  readonly products: number;
  readonly firstOrderAt: Date | null;
  readonly lastOrderAt: Date | null;
}

/**
 * Counts one shop's orders and products, in one statement over its indexes. Gids of imported orders begin with "import",
 * those that Shopify gave with "gid", which comes before it: so a shop without an import has no order to look at.
 */
export async function readHistoryCounts(pool: Pool, { shop }: { shop: string }): Promise<HistoryCounts> {
  const { rows } = await pool.query<{
    orders: string;
    imported: string;
    products: string;
    firstOrderAt: Date | null;
    lastOrderAt: Date | null;
  }>(
    `SELECT
       (SELECT count(*) FROM (SELECT 1 FROM "Order" WHERE shop = $1 LIMIT $2) AS counted) AS orders,
       (SELECT count(*) FROM (
         SELECT 1 FROM "Order" WHERE shop = $1 AND "orderGid" >= 'import' AND source = 'import' LIMIT 1
       ) AS counted) AS imported,
       (SELECT count(*) FROM (SELECT 1 FROM "Product" WHERE shop = $1 AND "deletedAt" IS NULL LIMIT $2) AS counted) AS products,
       (SELECT min("placedAt") AT TIME ZONE 'UTC' FROM "Order" WHERE shop = $1) AS "firstOrderAt",
       (SELECT max("placedAt") AT TIME ZONE 'UTC' FROM "Order" WHERE shop = $1) AS "lastOrderAt"`,
    [shop, COUNT_LIMIT + 1],
  );
  const row = rows[0]!;
  return {
    orders: Number(row.orders),
    imported: Number(row.imported),
    products: Number(row.products),
    firstOrderAt: row.firstOrderAt,
    lastOrderAt: row.lastOrderAt,
  };
}

/** How many bundles are in each status. */
export type StatusCounts = ReadonlyMap<BundleStatus, number>;

/** How many bundles of a shop are in each status; statuses without a bundle are absent. */
export async function countBundlesByStatus(db: Db, { shop }: { shop: string }): Promise<StatusCounts> {
  const groups = await db.bundle.groupBy({ by: ["status"], where: { shop }, _count: true });
  return new Map(groups.map(({ status, _count }) => [toBundleStatus(status), _count]));
}

/** How many bundles are in any of some statuses. */
export function countAmong(counts: StatusCounts, statuses: readonly BundleStatus[]): number {
  return statuses.reduce((sum, status) => sum + (counts.get(status) ?? 0), 0);
}

/** The newest runs of a shop, newest first. */
export async function listRuns(db: Db, { shop, limit }: { shop: string; limit: number }) {
  const runs = await db.run.findMany({ where: { shop }, orderBy: { createdAt: "desc" }, take: limit });
  return runs.map(toRunRow);
}

/** What waits in the inbox: messages not yet applied, the oldest of them, and how many were refused before. */
export async function readInboxHealth(db: Db, { shop }: { shop: string }) {
  const [waiting, failing] = await Promise.all([
    db.inboxEvent.aggregate({ where: { shop, appliedAt: null }, _count: true, _min: { receivedAt: true } }),
    db.inboxEvent.count({ where: { shop, appliedAt: null, problem: { not: null } } }),
  ]);
  return { waiting: waiting._count, oldestAt: waiting._min.receivedAt, failing };
}

/** When the storefront last told of an event of this kind; null when it never did. */
export async function findLastEventAt(
  db: Db,
  { shop, kind }: { shop: string; kind: string },
): Promise<Date | null> {
  const event = await db.browseEvent.findFirst({
    where: { shop, kind },
    orderBy: { occurredAt: "desc" },
    select: { occurredAt: true },
  });
  return event?.occurredAt ?? null;
}

const RECENT_VIEWS = 200;

/**
 * Whether a visitor who never came to a product page drew a group lately: only the theme's app embed does that on the
 * other pages. Unknown visitors and those of long ago tell nothing.
 */
export async function hasCountedElsewhere(pool: Pool, { shop }: { shop: string }): Promise<boolean> {
  const { rows } = await pool.query<{ isCounted: boolean }>(
    `SELECT EXISTS (
       SELECT 1 FROM (
         SELECT "visitorKey", arm FROM "BrowseEvent" WHERE shop = $1 AND kind = 'page_viewed'
         ORDER BY "occurredAt" DESC LIMIT $2
       ) AS viewed
       WHERE viewed.arm IS NOT NULL AND NOT EXISTS (
         SELECT 1 FROM "BrowseEvent" AS other
         WHERE other.shop = $1 AND other."visitorKey" = viewed."visitorKey" AND other.kind = 'product_viewed'
       )
     ) AS "isCounted"`,
    [shop, RECENT_VIEWS],
  );
  return rows[0]!.isCounted;
}

/** Puts the set-up guide away, or brings it back. */
export async function saveGuideHidden(
  db: Db,
  { shop, hiddenAt }: { shop: string; hiddenAt: Date | null },
): Promise<void> {
  await db.shop.updateMany({ where: { shop }, data: { guideHiddenAt: hiddenAt } });
}

/** The shop's row; null before the first installation has finished. */
export async function findShop(db: Db, { shop }: { shop: string }) {
  return db.shop.findUnique({ where: { shop } });
}

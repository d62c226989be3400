import type { Pool } from "pg";

/** Counting stops here: a page must not read a million rows to say "many". */
export const COUNT_LIMIT = 100_000;

/** How many order lines and variants a shop has, for what learning from them will need. */
export async function readHistorySize(
  pool: Pool,
  shop: string,
): Promise<{ lines: number; products: number }> {
  const { rows } = await pool.query<{ lines: number; products: number }>(
    `SELECT (SELECT count(*) FROM "OrderLine" WHERE "shop" = $1) AS "lines",
            (SELECT count(*) FROM "Variant" WHERE "shop" = $1) AS "products"`,
    [shop],
  );
  return rows[0]!;
}

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

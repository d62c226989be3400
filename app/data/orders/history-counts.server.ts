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

/** What the shop's history holds. `orders` stops at `COUNT_LIMIT + 1`. */
interface HistoryCounts {
  readonly orders: number;
  readonly products: number;
  readonly firstOrderAt: Date | null;
  readonly lastOrderAt: Date | null;
}

/** Counts one shop's orders and products, in one statement over its indexes. */
export async function readHistoryCounts(pool: Pool, { shop }: { shop: string }): Promise<HistoryCounts> {
  const { rows } = await pool.query<HistoryCounts>(
    `SELECT
       (SELECT count(*) FROM (SELECT 1 FROM "Order" WHERE shop = $1 LIMIT $2) AS counted)::int AS orders,
       (SELECT count(*) FROM (SELECT 1 FROM "Product" WHERE shop = $1 AND "deletedAt" IS NULL LIMIT $2) AS counted)::int AS products,
       (SELECT min("placedAt") AT TIME ZONE 'UTC' FROM "Order" WHERE shop = $1) AS "firstOrderAt",
       (SELECT max("placedAt") AT TIME ZONE 'UTC' FROM "Order" WHERE shop = $1) AS "lastOrderAt"`,
    [shop, COUNT_LIMIT + 1],
  );
  return rows[0]!;
}

import type { Pool } from "pg";

/** What bundles can have in common, the closest first. */
export const SIMILAR_BY = ["anchor", "type", "kind"] as const;
type SimilarBy = (typeof SIMILAR_BY)[number];

interface SimilarRow {
  readonly bundleId: string;
  readonly similarBy: SimilarBy;
}

/**
 * Bundles of any status that resemble one: shown on the same product, on a product of the same type, or of the same
 * kind. A rejected or waiting one may have been on the storefront before; the visitors' events show whether it was.
 */
export async function listSimilarBundles(
  pool: Pool,
  { shop, bundleId }: { shop: string; bundleId: string },
): Promise<SimilarRow[]> {
  const { rows } = await pool.query<SimilarRow>(
    `WITH known AS (
       SELECT b.id, b.kind, anchor."productGid", nullif(p."productType", '') AS type
       FROM "Bundle" b
       JOIN "BundleComponent" anchor
         ON anchor.shop = b.shop AND anchor."bundleId" = b.id AND anchor.position = 0
       LEFT JOIN "Product" p ON p.shop = b.shop AND p."productGid" = anchor."productGid"
       WHERE b.shop = $1
     )
     SELECT other.id AS "bundleId",
       CASE WHEN other."productGid" = this."productGid" THEN 'anchor'
            WHEN other.type = this.type THEN 'type' ELSE 'kind' END AS "similarBy"
     FROM known this JOIN known other ON other.id <> this.id
       AND (other."productGid" = this."productGid" OR other.type = this.type OR other.kind = this.kind)
     WHERE this.id = $2`,
    [shop, bundleId],
  );
  return rows;
}

interface DataHeld {
  readonly hasViews: boolean;
  readonly hasCustomers: boolean;
  readonly firstOrderAt: Date | null;
}

/** Whether a shop has product views and orders with a customer, and when its oldest order was; null without one. */
export async function readDataHeld(pool: Pool, { shop }: { shop: string }): Promise<DataHeld> {
  const { rows } = await pool.query<{
    hasViews: boolean;
    hasCustomers: boolean;
    firstOrderMs: number | null;
  }>(
    `SELECT EXISTS (SELECT 1 FROM "BrowseEvent" WHERE shop = $1 AND kind = 'product_viewed') AS "hasViews",
       EXISTS (SELECT 1 FROM "Order" WHERE shop = $1 AND "customerKey" IS NOT NULL) AS "hasCustomers",
       (SELECT extract(epoch FROM min("placedAt"))::float8 * 1000 FROM "Order" WHERE shop = $1) AS "firstOrderMs"`,
    [shop],
  );
  const { hasViews, hasCustomers, firstOrderMs } = rows[0]!;
  return { hasViews, hasCustomers, firstOrderAt: firstOrderMs === null ? null : new Date(firstOrderMs) };
}

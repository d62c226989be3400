import type { Pool } from "pg";
import { inTransaction, type Db } from "#app/data/db.server.ts";
import type { ShopCollection } from "#app/domain/collect/product-facts.ts";

/**
 * Replaces a shop's collections and their products by those of a full reading, in one transaction. Idempotent.
 *
 * Known weakness: webhooks do not report a product's collections, so a change is known after the next nightly reading.
 *
 * @param collections every one that the shop has
 */
export async function replaceCollections(
  pool: Pool,
  shop: string,
  collections: readonly ShopCollection[],
  readAt: Date,
): Promise<void> {
  await inTransaction(pool, async (client) => {
    const gids = collections.map(({ collectionGid }) => collectionGid);
    await client.query(`DELETE FROM "Collection" WHERE "shop" = $1 AND NOT "collectionGid" = ANY($2)`, [
      shop,
      gids,
    ]);
    await client.query(
      `INSERT INTO "Collection" ("shop", "collectionGid", "title", "readAt")
       SELECT $1, c.gid, c.title, $4::timestamp(3) FROM unnest($2::text[], $3::text[]) AS c(gid, title)
       ON CONFLICT ("shop", "collectionGid") DO UPDATE SET "title" = EXCLUDED."title", "readAt" = EXCLUDED."readAt"`,
      [shop, gids, collections.map(({ title }) => title), readAt.toISOString()],
    );
    const members = collections.flatMap(({ collectionGid, productGids }) =>
      productGids.map((productGid) => ({ collectionGid, productGid })),
    );
    await client.query(
      `UPDATE "Product" p SET "collectionGids" = COALESCE(m.gids, '{}')
       FROM "Product" k LEFT JOIN (
         SELECT x."productGid", array_agg(DISTINCT x."collectionGid" ORDER BY x."collectionGid") AS gids
         FROM jsonb_to_recordset($2::jsonb) AS x("productGid" text, "collectionGid" text) GROUP BY 1
       ) m ON m."productGid" = k."productGid"
       WHERE p."shop" = $1 AND k."shop" = $1 AND k."productGid" = p."productGid"
         AND p."collectionGids" IS DISTINCT FROM COALESCE(m.gids, '{}')`,
      [shop, JSON.stringify(members)],
    );
  });
}

/** Products on sale in a collection as last read, by title, at most `limit`. */
export async function listCollectionProducts(
  db: Db,
  {
    shop,
    collectionGid,
    limit,
  }: { readonly shop: string; readonly collectionGid: string; readonly limit: number },
): Promise<string[]> {
  const rows = await db.product.findMany({
    where: { shop, status: "active", deletedAt: null, collectionGids: { has: collectionGid } },
    select: { productGid: true },
    orderBy: [{ title: "asc" }, { productGid: "asc" }],
    take: limit,
  });
  return rows.map(({ productGid }) => productGid);
}

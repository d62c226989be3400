import type { Pool, PoolClient } from "pg";

/**
 * The one statement on a shop's behalf that looks at others' rows. It tells of gids that the caller already has, and not
 * whose.
 */
export const LIST_FOREIGN_PRODUCTS = `
  SELECT named AS "productGid" FROM unnest($2::text[]) named
  WHERE NOT EXISTS (SELECT 1 FROM "Product" own WHERE own."shop" = $1 AND own."productGid" = named)
    AND EXISTS (SELECT 1 FROM "Product" other WHERE other."productGid" = named AND other."shop" <> $1)`;

/**
 * Of these products those that another shop has and this one has not. Shopify gives a gid once, to one shop
 * (https://shopify.dev/docs/api/usage/gids), so a message that names one is not of this shop.
 *
 * Known weakness: of a shop whose rows are erased, nothing tells any more.
 */
export async function listForeignProducts(
  client: Pool | PoolClient,
  shop: string,
  productGids: readonly string[],
): Promise<string[]> {
  if (productGids.length === 0) return [];
  const { rows } = await client.query<{ productGid: string }>(LIST_FOREIGN_PRODUCTS, [
    shop,
    [...new Set(productGids)],
  ]);
  return rows.map(({ productGid }) => productGid);
}

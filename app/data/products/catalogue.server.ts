import type { Pool, PoolClient } from "pg";
import { toLiteralPattern } from "#app/data/columns.ts";

interface Exclusions {
  readonly shop: string;
  readonly excludedProductGids: readonly string[];
  readonly excludedCollectionGids: readonly string[];
  readonly excludedTags: readonly string[];
}

/** Variants of the products that a merchant excludes by product, collection or tag. */
export async function listExcludedVariants(
  pool: Pool,
  { shop, excludedProductGids, excludedCollectionGids, excludedTags }: Exclusions,
): Promise<ReadonlySet<string>> {
  if (excludedProductGids.length + excludedCollectionGids.length + excludedTags.length === 0)
    return new Set();
  const { rows } = await pool.query<{ variantGid: string }>(
    `SELECT v."variantGid" FROM "Product" p
     JOIN "Variant" v ON v."shop" = p."shop" AND v."productGid" = p."productGid"
     WHERE p."shop" = $1 AND (p."productGid" = ANY($2) OR p."collectionGids" && $3::text[]
       OR EXISTS (SELECT 1 FROM unnest(p."tags") AS t(tag) WHERE lower(t.tag) = ANY($4)))`,
    [shop, excludedProductGids, excludedCollectionGids, excludedTags.map((tag) => tag.toLowerCase())],
  );
  return new Set(rows.map(({ variantGid }) => variantGid));
}

/** Something that can be excluded, with its name. */
export interface CatalogueEntry {
  /** A product's or collection's gid, or the tag itself. */
  readonly id: string;
  readonly title: string;
}

export type CatalogueKind = "product" | "collection" | "tag";

const FIND: Readonly<Record<CatalogueKind, string>> = {
  product: `SELECT "productGid" AS id, "title" FROM "Product"
    WHERE "shop" = $1 AND "deletedAt" IS NULL AND "title" ILIKE $2 ORDER BY "title", "productGid" LIMIT $3`,
  collection: `SELECT "collectionGid" AS id, "title" FROM "Collection"
    WHERE "shop" = $1 AND "title" ILIKE $2 ORDER BY "title", "collectionGid" LIMIT $3`,
  tag: `SELECT DISTINCT t.tag AS id, t.tag AS title FROM "Product", unnest("tags") AS t(tag)
    WHERE "shop" = $1 AND "deletedAt" IS NULL AND t.tag ILIKE $2 ORDER BY 1 LIMIT $3`,
};

/** Entries of the shop's catalogue whose name contains the text, case-insensitively, by name. */
export async function findInCatalogue(
  pool: Pool,
  { shop, kind, text, limit }: { shop: string; kind: CatalogueKind; text: string; limit: number },
): Promise<CatalogueEntry[]> {
  const pattern = `%${toLiteralPattern(text)}%`;
  const { rows } = await pool.query<CatalogueEntry>(FIND[kind], [shop, pattern, limit]);
  return rows;
}

/** Names of products and collections by gid; those gone from the shop are absent. */
export async function readCatalogueNames(
  pool: Pool,
  { shop, gids }: { shop: string; gids: readonly string[] },
): Promise<ReadonlyMap<string, string>> {
  if (gids.length === 0) return new Map();
  const { rows } = await pool.query<CatalogueEntry>(
    `SELECT "productGid" AS id, "title" FROM "Product" WHERE "shop" = $1 AND "productGid" = ANY($2)
     UNION ALL SELECT "collectionGid", "title" FROM "Collection" WHERE "shop" = $1 AND "collectionGid" = ANY($2)`,
    [shop, gids],
  );
  return new Map(rows.map(({ id, title }) => [id, title]));
}

/** The one statement for a shop that reads rows of other shops. It returns only gids that the caller has, no shop. */
export const LIST_FOREIGN_PRODUCTS = `
  SELECT named AS "productGid" FROM unnest($2::text[]) named
  WHERE NOT EXISTS (SELECT 1 FROM "Product" own WHERE own."shop" = $1 AND own."productGid" = named)
    AND EXISTS (SELECT 1 FROM "Product" other WHERE other."productGid" = named AND other."shop" <> $1)`;

/**
 * Those of the products that another shop has and this one has not. Shopify gives a gid once, to one shop
 * (https://shopify.dev/docs/api/usage/gids), so a message that names one is not of this shop.
 *
 * Known weakness: cannot recognize products of a shop whose rows are erased.
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

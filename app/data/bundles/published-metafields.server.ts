import type { Db } from "#app/data/db.server.ts";
import type { NotedMetafield } from "#app/domain/publish/find-drift.ts";

export interface PublishedMetafieldRow extends NotedMetafield {
  readonly value: string;
}

/** Every metafield that we wrote, or meant to write, and have not deleted since. */
export async function listPublishedMetafields(db: Db, shop: string): Promise<PublishedMetafieldRow[]> {
  return db.publishedMetafield.findMany({
    where: { shop },
    select: { ownerGid: true, key: true, compareDigest: true, value: true },
  });
}

/**
 * Notes metafields, each at most once a call. Called with a null digest before the write and with Shopify's after it, so that a publisher
 * that is killed in between leaves nothing in the shop that nobody knows of.
 */
export async function savePublishedMetafields(
  db: Db,
  shop: string,
  rows: readonly PublishedMetafieldRow[],
): Promise<void> {
  if (rows.length === 0) return;
  await db.$executeRaw`
    INSERT INTO "PublishedMetafield" ("shop", "ownerGid", "key", "compareDigest", "value", "publishedAt")
    SELECT ${shop}, r.* , now() AT TIME ZONE 'UTC'
    FROM unnest(
      ${rows.map(({ ownerGid }) => ownerGid)}::text[],
      ${rows.map(({ key }) => key)}::text[],
      ${rows.map(({ compareDigest }) => compareDigest)}::text[],
      ${rows.map(({ value }) => value)}::text[]
    ) AS r
    ON CONFLICT ("shop", "ownerGid", "key") DO UPDATE
    SET "compareDigest" = EXCLUDED."compareDigest", "value" = EXCLUDED."value",
        "publishedAt" = EXCLUDED."publishedAt"`;
}

/** Forgets metafields that the shop no longer holds. Repeats change nothing. */
export async function deletePublishedMetafields(
  db: Db,
  shop: string,
  rows: readonly { readonly ownerGid: string; readonly key: string }[],
): Promise<void> {
  if (rows.length === 0) return;
  await db.$executeRaw`
    DELETE FROM "PublishedMetafield" p
    USING unnest(
      ${rows.map(({ ownerGid }) => ownerGid)}::text[],
      ${rows.map(({ key }) => key)}::text[]
    ) AS r ("ownerGid", "key")
    WHERE p."shop" = ${shop} AND p."ownerGid" = r."ownerGid" AND p."key" = r."key"`;
}

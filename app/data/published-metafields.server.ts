import type { Db } from "#app/db.server.ts";

export interface PublishedMetafieldRow {
  readonly ownerGid: string;
  readonly key: string;
  /** Null while the write is only intended: the shop may or may not hold it. */
  readonly compareDigest: string | null;
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
 * Notes metafields. Called with a null digest before the write and with Shopify's after it, so that a publisher
 * that is killed in between leaves nothing in the shop that nobody knows of.
 */
export async function savePublishedMetafields(
  db: Db,
  shop: string,
  rows: readonly PublishedMetafieldRow[],
): Promise<void> {
  await db.$transaction(
    rows.map(({ ownerGid, key, compareDigest, value }) =>
      db.publishedMetafield.upsert({
        where: { shop_ownerGid_key: { shop, ownerGid, key } },
        create: { shop, ownerGid, key, compareDigest, value },
        update: { compareDigest, value, publishedAt: new Date() },
      }),
    ),
  );
}

export async function deletePublishedMetafields(
  db: Db,
  shop: string,
  rows: readonly { readonly ownerGid: string; readonly key: string }[],
): Promise<void> {
  await db.$transaction(
    rows.map(({ ownerGid, key }) => db.publishedMetafield.deleteMany({ where: { shop, ownerGid, key } })),
  );
}

import type { Pool, PoolClient } from "pg";
import { ACCEPTED_STATUSES } from "#app/domain/bundle-status.ts";
import type { ProductEvent, StockEvent } from "#app/domain/collect/messages/product-event.ts";
import {
  isNotOlder,
  keepLatest,
  toSourceDigest,
  type Reported,
  toSqlList,
  inNumbers,
} from "#app/data/columns.ts";
import { LOCK_GIDS, type Db } from "#app/data/db.server.ts";
import type { PoolVariant } from "#app/domain/publish/open-components.ts";

/** $3 says whether the API told: what it still has after the deletion that we noted was not deleted. */
const UPSERT_PRODUCTS = `
  INSERT INTO "Product" ("shop", "productGid", "title", "handle", "productType", "tags", "status", "imageUrl",
    "sourceUpdatedAt", "sourceTriggeredAt", "sourceDigest")
  SELECT $1, p."productGid", p."title", p."handle", p."productType",
    ARRAY(SELECT jsonb_array_elements_text(p."tags")), p."status", p."imageUrl", p."updatedAt",
    p."reportedAt", p."digest"
  FROM jsonb_to_recordset($2::jsonb) AS p("productGid" text, "title" text, "handle" text, "productType" text,
    "tags" jsonb, "status" text, "imageUrl" text, "updatedAt" timestamp(3), "reportedAt" timestamp(3), "digest" text)
  ORDER BY p."productGid"
  ON CONFLICT ("shop", "productGid") DO UPDATE SET
    "title" = EXCLUDED."title", "handle" = EXCLUDED."handle", "productType" = EXCLUDED."productType",
    "tags" = EXCLUDED."tags", "status" = EXCLUDED."status", "imageUrl" = EXCLUDED."imageUrl",
    "sourceUpdatedAt" = EXCLUDED."sourceUpdatedAt", "sourceTriggeredAt" = EXCLUDED."sourceTriggeredAt",
    "sourceDigest" = EXCLUDED."sourceDigest",
    "deletedAt" = CASE WHEN $3 AND "Product"."deletedAt" < EXCLUDED."sourceTriggeredAt" THEN NULL ELSE "Product"."deletedAt" END
  WHERE ${isNotOlder('"Product"')}
  RETURNING "productGid"`;

const FIND_SAME_MOMENT = `
  SELECT k."productGid" FROM "Product" k
  JOIN jsonb_to_recordset($2::jsonb)
      AS p("productGid" text, "updatedAt" timestamp(3), "reportedAt" timestamp(3), "digest" text)
    ON p."productGid" = k."productGid" AND p."updatedAt" = k."sourceUpdatedAt" AND p."digest" <> k."sourceDigest"
      AND p."reportedAt" = k."sourceTriggeredAt"
  WHERE k."shop" = $1
  ORDER BY k."productGid" FOR UPDATE OF k`;

/** A webhook tells neither unit cost nor locations, and keeps what the API told; $3 says which of the two this is. */
const UPSERT_VARIANTS = `
  INSERT INTO "Variant" ("shop", "variantGid", "productGid", "inventoryItemGid", "title", "sku", "priceMinor",
    "costMinor", "inventoryQuantity", "stockUpdatedAt", "locationCount", "position")
  SELECT $1, v."variantGid", v."productGid", v."inventoryItemGid", v."title", v."sku", v."priceMinor",
    v."costMinor", v."inventoryQuantity", v."updatedAt", v."locationCount", v."position"
  FROM jsonb_to_recordset($2::jsonb) AS v("variantGid" text, "productGid" text, "inventoryItemGid" text,
    "title" text, "sku" text, "priceMinor" bigint, "costMinor" bigint, "inventoryQuantity" int,
    "updatedAt" timestamp(3), "locationCount" int, "position" int)
  ORDER BY v."variantGid"
  ON CONFLICT ("shop", "variantGid") DO UPDATE SET
    "productGid" = EXCLUDED."productGid", "inventoryItemGid" = EXCLUDED."inventoryItemGid",
    "title" = EXCLUDED."title", "sku" = EXCLUDED."sku", "priceMinor" = EXCLUDED."priceMinor",
    "costMinor" = CASE WHEN $3 THEN EXCLUDED."costMinor" ELSE "Variant"."costMinor" END,
    "inventoryQuantity" = CASE WHEN "Variant"."stockUpdatedAt" > EXCLUDED."stockUpdatedAt"
      AND EXCLUDED."inventoryQuantity" IS NOT NULL AND "Variant"."inventoryQuantity" IS NOT NULL
      THEN "Variant"."inventoryQuantity" ELSE EXCLUDED."inventoryQuantity" END,
    "stockUpdatedAt" = GREATEST("Variant"."stockUpdatedAt", EXCLUDED."stockUpdatedAt"),
    "locationCount" = CASE WHEN $3 THEN EXCLUDED."locationCount" ELSE "Variant"."locationCount" END,
    "position" = EXCLUDED."position"`;

const inInt = (units: string) => `GREATEST(-2147483648, LEAST(${units}, 2147483647))::int`;

/** The stock of items of which every location has told its own, as far as the API has told how many there are. */
const SUM_STOCK = `
  UPDATE "Variant" v SET "inventoryQuantity" = s.units, "stockUpdatedAt" = s.at
  FROM (SELECT "inventoryItemGid", ${inInt('SUM("availableUnits")')} AS units, COUNT(*) AS locations,
          MAX("sourceUpdatedAt") AS at
        FROM "InventoryLevel" WHERE "shop" = $1 AND "inventoryItemGid" = ANY($2) GROUP BY "inventoryItemGid") s
  WHERE v."shop" = $1 AND v."inventoryItemGid" = s."inventoryItemGid" AND v."inventoryQuantity" IS NOT NULL
    AND (v."locationCount" IS NULL OR v."locationCount" = s.locations)
    AND (v."stockUpdatedAt" IS NULL OR s.at >= v."stockUpdatedAt")
  RETURNING v."variantGid"`;

/** Saves the stock at locations, and moves the whole of an item by theirs, where others of its locations are silent. */
const UPSERT_STOCK = `
  WITH reported AS (
    SELECT * FROM jsonb_to_recordset($2::jsonb) AS s("inventoryItemGid" text, "locationKey" text,
      "availableUnits" int, "updatedAt" timestamp(3), "reportedAt" timestamp(3))
  ), former AS (
    SELECT l."inventoryItemGid", l."locationKey", l."availableUnits" FROM "InventoryLevel" l
    JOIN reported t ON t."inventoryItemGid" = l."inventoryItemGid" AND t."locationKey" = l."locationKey"
    WHERE l."shop" = $1
  ), saved AS (
    INSERT INTO "InventoryLevel" ("shop", "inventoryItemGid", "locationKey", "availableUnits", "sourceUpdatedAt",
      "sourceTriggeredAt")
    SELECT $1, t."inventoryItemGid", t."locationKey", t."availableUnits", t."updatedAt", t."reportedAt"
    FROM reported t ORDER BY t."inventoryItemGid", t."locationKey"
    ON CONFLICT ("shop", "inventoryItemGid", "locationKey") DO UPDATE SET
      "availableUnits" = EXCLUDED."availableUnits", "sourceUpdatedAt" = EXCLUDED."sourceUpdatedAt",
      "sourceTriggeredAt" = EXCLUDED."sourceTriggeredAt"
    WHERE ${isNotOlder('"InventoryLevel"')}
    RETURNING "inventoryItemGid", "locationKey", "availableUnits", "sourceUpdatedAt"
  ), moved AS (
    SELECT s."inventoryItemGid", SUM(s."availableUnits" - f."availableUnits") AS units,
      MAX(s."sourceUpdatedAt") AS at
    FROM saved s
    JOIN former f ON f."inventoryItemGid" = s."inventoryItemGid" AND f."locationKey" = s."locationKey"
    GROUP BY s."inventoryItemGid"
  )
  UPDATE "Variant" v SET "inventoryQuantity" = ${inInt('v."inventoryQuantity" + m.units')}, "stockUpdatedAt" = m.at
  FROM moved m
  WHERE v."shop" = $1 AND v."inventoryItemGid" = m."inventoryItemGid" AND m.at > v."stockUpdatedAt"
    AND v."locationCount" <> (SELECT COUNT(*) FROM "InventoryLevel" l
      WHERE l."shop" = $1 AND l."inventoryItemGid" = m."inventoryItemGid")
  RETURNING v."variantGid"`;

/**
 * Saves products with their variants, all or none. A product that is known in a later version is left as it is; a
 * deleted one stays deleted whatever a webhook says, since Shopify never gives a gid twice and messages come late. A
 * reading of the API that began after the deletion and still has the product is right about it. Idempotent.
 *
 * @param isReading whether the API told, which also knows unit costs; webhooks do not
 * @param stockAt when the stock was as the events say; by default when each product was last changed
 * @param reportedAt when Shopify raised the webhook, or when the reading of the API began
 * @returns the gids of the products that are known otherwise from the very same moment: only the API can say which is right
 */
export async function saveProducts(
  client: PoolClient,
  shop: string,
  reported: readonly Reported<ProductEvent>[],
  { isReading, stockAt }: { isReading: boolean; stockAt?: Date },
): Promise<string[]> {
  const { latest, undecided } = keepLatest(reported, ({ productGid }) => productGid);
  const heads = JSON.stringify(latest.map(toHead));
  // Locks the known ones, so that of two messages of one moment the second sees the first.
  const known = await client.query<{ productGid: string }>(FIND_SAME_MOMENT, [shop, heads]);
  const { rows } = await client.query<{ productGid: string }>(UPSERT_PRODUCTS, [shop, heads, isReading]);
  const written = new Set(rows.map(({ productGid }) => productGid));
  const products = latest.map(({ event }) => event).filter(({ productGid }) => written.has(productGid));
  await writeVariants(client, shop, products, { knowsCost: isReading, stockAt });
  return [...new Set([...undecided, ...known.rows.map(({ productGid }) => productGid)])];
}

/** A product's own row, as the statements above read it. */
function toHead({ event, reportedAt }: Reported<ProductEvent>) {
  const withoutVariants = ({ variants: _variants, variantGids: _gids, ...head }: ProductEvent) => head;
  return { ...withoutVariants(event), reportedAt, digest: toSourceDigest(event) };
}

async function writeVariants(
  client: PoolClient,
  shop: string,
  products: readonly ProductEvent[],
  { knowsCost, stockAt }: { knowsCost: boolean; stockAt: Date | undefined },
): Promise<void> {
  const reported = products.flatMap(({ productGid, updatedAt, variants }) =>
    variants.map((variant) => ({ productGid, updatedAt: stockAt?.toISOString() ?? updatedAt, ...variant })),
  );
  // One statement writes each row once, whatever a message repeats.
  const variants = [...new Map(reported.map((variant) => [variant.variantGid, variant])).values()];
  const complete = products.filter(({ hasAllVariants, variantGids }) => hasAllVariants || variantGids);
  const existing = [
    ...variants.map(({ variantGid }) => variantGid),
    ...complete.flatMap(({ variantGids }) => variantGids ?? []),
  ];
  await client.query(
    `DELETE FROM "Variant" WHERE "shop" = $1 AND "productGid" = ANY($2) AND NOT "variantGid" = ANY($3)`,
    [shop, complete.map(({ productGid }) => productGid), existing],
  );
  await client.query(UPSERT_VARIANTS, [shop, JSON.stringify(variants), knowsCost]);
  // A stock message may have come before the product that it is about.
  const items = variants.flatMap(({ inventoryItemGid }) => inventoryItemGid ?? []);
  await client.query(SUM_STOCK, [shop, items]);
}

/** Marks a product as deleted, leaving its row for the orders that hold it; works before the product is known. */
export async function markProductDeleted(
  pool: Pool,
  shop: string,
  productGid: string,
  deletedAt: Date,
): Promise<void> {
  await pool.query(
    `INSERT INTO "Product" ("shop", "productGid", "title", "handle", "tags", "status", "sourceUpdatedAt", "deletedAt")
     VALUES ($1, $2, '', '', '{}', 'archived', $3::timestamp(3), $3::timestamp(3))
     ON CONFLICT ("shop", "productGid") DO UPDATE SET
       "deletedAt" = COALESCE("Product"."deletedAt", EXCLUDED."deletedAt")`,
    [shop, productGid, deletedAt.toISOString()],
  );
}

/**
 * Marks the products that a full reading of the shop did not bring as deleted.
 *
 * @param seen gids of all products that the shop has
 * @param readAt when the reading began; products that came since are left alone
 */
export async function markMissingProductsDeleted(
  pool: Pool,
  shop: string,
  seen: readonly string[],
  readAt: Date,
): Promise<void> {
  await pool.query(
    `UPDATE "Product" SET "deletedAt" = $3::timestamp(3)
     WHERE "shop" = $1 AND "deletedAt" IS NULL AND "sourceUpdatedAt" < $3::timestamp(3)
       AND NOT EXISTS (SELECT 1 FROM unnest($2::text[]) s WHERE s = "productGid")`,
    [shop, seen, readAt.toISOString()],
  );
}

/**
 * Saves the stock of items at locations and sums each item's locations into its variant, inside the caller's
 * transaction. Where not every location of an item has sent a message, or one that has is there no more, the whole that
 * Shopify told changes by what those changed that had sent one before. An older message than the known one changes
 * nothing.
 *
 * Known weakness: the first message of a location beside silent ones tells no change; the next `products/update` or the
 * nightly reconciliation brings the whole. Until the API has told how many locations an item has, those that have sent
 * a message count as all.
 *
 * @returns the gids of the variants whose stock was set
 */
export async function saveStock(
  client: PoolClient,
  shop: string,
  reported: readonly Reported<StockEvent>[],
): Promise<string[]> {
  const { latest } = keepLatest(reported, (stock) => `${stock.inventoryItemGid} ${stock.locationKey}`);
  const items = [...new Set(latest.map(({ event }) => event.inventoryItemGid))];
  // Of two who save an item at two locations the second sums what the first wrote as well.
  await client.query(LOCK_GIDS, [shop, items]);
  const levels = JSON.stringify(latest.map(({ event, reportedAt }) => ({ ...event, reportedAt })));
  const moved = await client.query<{ variantGid: string }>(UPSERT_STOCK, [shop, levels]);
  const summed = await client.query<{ variantGid: string }>(SUM_STOCK, [shop, items]);
  return [...new Set([...moved.rows, ...summed.rows].map(({ variantGid }) => variantGid))];
}

/** Gids of the variants that products have; empty for those that are not known. */
export async function listVariantsOf(
  client: PoolClient,
  shop: string,
  productGids: readonly string[],
): Promise<string[]> {
  const { rows } = await client.query<{ variantGid: string }>(
    `SELECT "variantGid" FROM "Variant" WHERE "shop" = $1 AND "productGid" = ANY($2)`,
    [shop, productGids],
  );
  return rows.map(({ variantGid }) => variantGid);
}

/**
 * Whether a bundle that is approved, published or paused holds one of the products, or one of which these are variants,
 * or lets it stand in: another variant than the one held may serve it too.
 */
export async function hasLiveBundleWith(
  pool: Pool,
  shop: string,
  {
    variantGids = [],
    productGids = [],
  }: { variantGids?: readonly string[]; productGids?: readonly string[] },
): Promise<boolean> {
  const { rows } = await pool.query(
    `SELECT 1 FROM "BundleComponent" c JOIN "Bundle" b ON b."id" = c."bundleId"
     WHERE c."shop" = $1 AND b."shop" = $1 AND b."status" IN (${toSqlList(ACCEPTED_STATUSES)})
       AND (c."variantGid" = ANY($2) OR c."productGid" = ANY($3) OR c."productGid" IN (
         SELECT v."productGid" FROM "Variant" v WHERE v."shop" = $1 AND v."variantGid" = ANY($2)) OR EXISTS (
         SELECT 1 FROM jsonb_array_elements(b."standIns") s
         WHERE s ->> 'variantGid' = ANY($2) OR s ->> 'productGid' = ANY($3))) LIMIT 1`,
    [shop, variantGids, productGids],
  );
  return rows.length > 0;
}

/** Every variant of these products, with price, cost and stock, in the products' own order. */
export async function listVariantsOfProducts(
  db: Db,
  shop: string,
  productGids: readonly string[],
): Promise<PoolVariant[]> {
  if (productGids.length === 0) return [];
  const rows = await db.variant.findMany({
    where: { shop, productGid: { in: [...productGids] } },
    select: {
      variantGid: true,
      productGid: true,
      priceMinor: true,
      costMinor: true,
      inventoryQuantity: true,
      product: { select: { status: true, deletedAt: true } },
    },
    orderBy: [{ productGid: "asc" }, { position: "asc" }, { variantGid: "asc" }],
  });
  return rows.map(inNumbers).map(({ inventoryQuantity, product, ...variant }) => ({
    ...variant,
    stockUnits: inventoryQuantity,
    isActive: product.status === "active" && product.deletedAt === null,
  }));
}

/** Of each of these products that is for sale its first variant, by its handle. */
export async function listVariantsByHandle(
  db: Db,
  shop: string,
  handles: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const product = { shop, status: "active", deletedAt: null, handle: { in: [...new Set(handles)] } };
  const rows = await db.variant.findMany({
    where: { shop, product },
    select: { variantGid: true, product: { select: { handle: true } } },
    orderBy: [{ position: "desc" }, { variantGid: "desc" }],
  });
  return new Map(rows.map(({ variantGid, product }) => [product.handle, variantGid]));
}

/** The variants that bundles of the shop hold, whatever was decided of them. */
export async function listBundledVariants(db: Db, shop: string): Promise<ReadonlySet<string>> {
  const rows = await db.bundleComponent.findMany({
    where: { shop },
    distinct: ["variantGid"],
    select: { variantGid: true },
  });
  return new Set(rows.map(({ variantGid }) => variantGid));
}

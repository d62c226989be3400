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

/** $3: whether the API reports. A product that it still has after a deletion noted earlier was not deleted. */
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

/** $3: whether the API reports. A webhook has neither unit cost nor locations, and keeps those of the API. */
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

/** Sums the stock of items over locations: once all have reported, or while the API has not reported their number. */
const SUM_STOCK = `
  UPDATE "Variant" v SET "inventoryQuantity" = s.units, "stockUpdatedAt" = s.at
  FROM (SELECT "inventoryItemGid", ${inInt('SUM("availableUnits")')} AS units, COUNT(*) AS locations,
          MAX("sourceUpdatedAt") AS at
        FROM "InventoryLevel" WHERE "shop" = $1 AND "inventoryItemGid" = ANY($2) GROUP BY "inventoryItemGid") s
  WHERE v."shop" = $1 AND v."inventoryItemGid" = s."inventoryItemGid" AND v."inventoryQuantity" IS NOT NULL
    AND (v."locationCount" IS NULL OR v."locationCount" = s.locations)
    AND (v."stockUpdatedAt" IS NULL OR s.at >= v."stockUpdatedAt")
  RETURNING v."variantGid"`;

/** Saves stock at locations. If other locations of an item are silent, moves the item's total by the change. */
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
 * Saves products with their variants, all or none. A product stored in a later version is left as it is. A deleted one
 * stays deleted whatever a webhook says, because Shopify never reuses a gid and messages come late. A reading of the
 * API that began after the deletion and still has the product undoes it. Idempotent.
 *
 * @param isReading whether the API reports; only it knows unit costs
 * @param stockAt instant of the events' stock; by default when each product was last changed
 * @param reportedAt when Shopify raised the webhook, or when the reading of the API began
 * @returns gids of products stored with other data of the same moment: only the API can say which is right
 */
export async function saveProducts(
  client: PoolClient,
  shop: string,
  reported: readonly Reported<ProductEvent>[],
  { isReading, stockAt }: { isReading: boolean; stockAt?: Date },
): Promise<string[]> {
  const { latest, undecided } = keepLatest(reported, ({ productGid }) => productGid);
  const heads = JSON.stringify(latest.map(toHead));
  // Locks the known ones, so that the second of two messages of one moment sees the first.
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
  // One statement can write each row once only, even if a message repeats it.
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
  // A stock message may have come before its product.
  const items = variants.flatMap(({ inventoryItemGid }) => inventoryItemGid ?? []);
  await client.query(SUM_STOCK, [shop, items]);
}

/** Marks a product as deleted and keeps its row for the orders that hold it; works before the product is known. */
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
 * Marks the products as deleted that a full reading of the shop did not return.
 *
 * @param seen gids of all products that the shop has
 * @param readAt when the reading began; later products are left alone
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
 * transaction. If a location of an item has never sent a message, or one that has is gone, the total that Shopify
 * reported moves by the change at locations that had sent one before. A message older than the stored one changes
 * nothing.
 *
 * Known weakness: the first message of a location next to silent ones shows no change; the next `products/update` or
 * the nightly reconciliation brings the total. Until the API has reported how many locations an item has, those that
 * have sent a message count as all.
 *
 * @returns gids of the variants whose stock was set
 */
export async function saveStock(
  client: PoolClient,
  shop: string,
  reported: readonly Reported<StockEvent>[],
): Promise<string[]> {
  const { latest } = keepLatest(reported, (stock) => `${stock.inventoryItemGid} ${stock.locationKey}`);
  const items = [...new Set(latest.map(({ event }) => event.inventoryItemGid))];
  // Of two callers that save an item at two locations, the second sums the first one's rows, too.
  await client.query(LOCK_GIDS, [shop, items]);
  const levels = JSON.stringify(latest.map(({ event, reportedAt }) => ({ ...event, reportedAt })));
  const moved = await client.query<{ variantGid: string }>(UPSERT_STOCK, [shop, levels]);
  const summed = await client.query<{ variantGid: string }>(SUM_STOCK, [shop, items]);
  return [...new Set([...moved.rows, ...summed.rows].map(({ variantGid }) => variantGid))];
}

/** Gids of the variants of products; none for unknown ones. */
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
 * Whether an approved, published or paused bundle holds one of the products, or the product of one of the variants, or
 * has it as a stand-in. Another variant than the one held can serve the bundle, too.
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

/** Every variant of these products, with price, cost and stock, by product gid and position. */
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

/** The first variant of each of these products that is on sale, by handle. */
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

/** Variants that bundles of the shop hold, in any state. */
export async function listBundledVariants(db: Db, shop: string): Promise<ReadonlySet<string>> {
  const rows = await db.bundleComponent.findMany({
    where: { shop },
    distinct: ["variantGid"],
    select: { variantGid: true },
  });
  return new Set(rows.map(({ variantGid }) => variantGid));
}

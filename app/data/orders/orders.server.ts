import type { Pool, PoolClient } from "pg";
import { type OrderEvent, type RefundEvent, mergeRefunds } from "#app/domain/collect/order-event.ts";
import { LOCK_GIDS, type Db } from "#app/data/db.server.ts";
import type { OrderLine } from "#app/data/generated/client.ts";
import { isNotOlder, keepLatest, toSourceDigest, type Reported } from "#app/data/columns.ts";

type OrderSource = "shopify" | "import";

/** Which version of an order stays. Shopify's replaces an imported or older one; an imported one only imported ones. */
const MAY_REPLACE: Readonly<Record<OrderSource, string>> = {
  shopify: `"Order"."source" = 'import' OR ${isNotOlder('"Order"')}`,
  import: `"Order"."source" = 'import'`,
};

const UPSERT_ORDERS = (source: OrderSource) => `
  INSERT INTO "Order" ("shop", "orderGid", "placedAt", "sourceUpdatedAt", "currency", "customerKey", "cancelledAt",
    "isTest", "source", "arm", "visitorKey", "totalMinor", "sourceTriggeredAt", "sourceDigest", "serviceAt",
    "erasedAt")
  SELECT $1, o."orderGid", o."placedAt", o."updatedAt", o."currency", o."customerKey", o."cancelledAt",
    o."isTest", '${source}', o."arm", o."visitorKey", o."totalMinor", o."reportedAt", o."digest", o."serviceAt",
    o."erasedAt"
  FROM jsonb_to_recordset($2::jsonb) AS o("orderGid" text, "placedAt" timestamp(3), "updatedAt" timestamp(3),
    "currency" text, "customerKey" text, "cancelledAt" timestamp(3), "isTest" boolean, "arm" text,
    "visitorKey" text, "totalMinor" bigint, "reportedAt" timestamp(3), "digest" text, "serviceAt" timestamp(3),
    "erasedAt" timestamp(3))
  ORDER BY o."orderGid"
  ON CONFLICT ("shop", "orderGid") DO UPDATE SET
    "placedAt" = EXCLUDED."placedAt", "serviceAt" = EXCLUDED."serviceAt", "sourceUpdatedAt" = EXCLUDED."sourceUpdatedAt",
    "sourceTriggeredAt" = EXCLUDED."sourceTriggeredAt", "sourceDigest" = EXCLUDED."sourceDigest",
    "currency" = EXCLUDED."currency",
    -- The API does not tell the customer, webhooks do. An erased order never gets one again.
    "customerKey" = CASE WHEN "Order"."erasedAt" IS NULL
      THEN COALESCE(EXCLUDED."customerKey", "Order"."customerKey") END,
    "cancelledAt" = EXCLUDED."cancelledAt", "isTest" = EXCLUDED."isTest", "source" = EXCLUDED."source",
    "arm" = EXCLUDED."arm", "totalMinor" = EXCLUDED."totalMinor",
    "visitorKey" = CASE WHEN "Order"."erasedAt" IS NULL THEN EXCLUDED."visitorKey" END
  WHERE ${MAY_REPLACE[source]}
  RETURNING "orderGid", xmax = 0 AS "isNew"`;

const INSERT_LINES = `
  INSERT INTO "OrderLine" ("shop", "orderGid", "position", "lineGid", "variantGid", "productGid", "sku", "title",
    "quantity", "unitPriceMinor", "discountMinor", "bundleDiscountMinor", "includedTaxMinor", "refundedQuantity",
    "isGiftCard")
  SELECT $1, l."orderGid", l."position", l."lineGid", l."variantGid", l."productGid", l."sku", l."title",
    l."quantity", l."unitPriceMinor", l."discountMinor", l."bundleDiscountMinor", l."includedTaxMinor",
    l."removedQuantity", l."isGiftCard"
  FROM jsonb_to_recordset($2::jsonb) AS l("orderGid" text, "position" int, "lineGid" text, "variantGid" text,
    "productGid" text, "sku" text, "title" text, "quantity" int, "unitPriceMinor" bigint, "discountMinor" bigint,
    "bundleDiscountMinor" bigint, "includedTaxMinor" bigint, "removedQuantity" int, "isGiftCard" boolean)`;

const UPSERT_REFUNDS = `
  INSERT INTO "Refund" ("shop", "refundGid", "orderGid", "refundedAt", "amountMinor", "lines", "reason")
  SELECT $1, r."refundGid", r."orderGid", r."refundedAt", r."amountMinor", r."lines", r."reason"
  FROM jsonb_to_recordset($2::jsonb) AS r("refundGid" text, "orderGid" text, "refundedAt" timestamp(3),
    "amountMinor" bigint, "lines" jsonb, "reason" text)
  ORDER BY r."refundGid"
  ON CONFLICT ("shop", "refundGid") DO UPDATE SET
    -- Without lines the API tells a sum with tax and shipping, a webhook one without.
    "amountMinor" = CASE WHEN jsonb_array_length(EXCLUDED."lines") > 0 THEN EXCLUDED."amountMinor"
      ELSE LEAST(EXCLUDED."amountMinor", "Refund"."amountMinor") END,
    "lines" = EXCLUDED."lines",
    -- The API tells no reason.
    "reason" = CASE WHEN EXCLUDED."reason" = 'unsaid' THEN "Refund"."reason" ELSE EXCLUDED."reason" END
  WHERE jsonb_array_length(EXCLUDED."lines") > 0 OR jsonb_array_length("Refund"."lines") = 0`;

/**
 * Saves orders with their lines and refunds inside the caller's transaction. An order stored in a later version is left
 * as it is, so repeats and late messages do no harm. Its refunds are saved anyway, because each refund is a fact of its
 * own.
 *
 * @param reported any number of messages on each order, in any order
 * @param refunds refunds reported separately, of known orders or not
 * @returns gids of the orders with two different messages of the same moment: only the API can say which is right
 */
export async function saveOrders(
  client: PoolClient,
  shop: string,
  reported: readonly Reported<OrderEvent>[],
  refunds: readonly RefundEvent[] = [],
): Promise<string[]> {
  const { latest, undecided } = keepLatest(reported, ({ orderGid }) => orderGid);
  const orderGids = [
    ...new Set([...latest.map(({ event }) => event.orderGid), ...refunds.map(({ orderGid }) => orderGid)]),
  ];
  // Two workers can apply a refund and its order at once; the second must see the rows of the first.
  await client.query(LOCK_GIDS, [shop, orderGids]);
  const known = await findUndecided(client, shop, latest);
  const written = new Set(await writeOrders(client, shop, latest, "shopify"));
  const inForce = new Set(latest.filter(({ event }) => written.has(event.orderGid)));
  const late = reported.filter((one) => !inForce.has(one));
  await fillSold(client, shop, late);
  await fillCustomers(client, shop, late);
  await writeRefunds(client, shop, [...reported.flatMap(({ event }) => event.refunds), ...refunds]);
  await applyRefunds(client, shop, orderGids);
  return [...new Set([...undecided, ...known])];
}

/** Orders that are stored with other data of the same moment. */
async function findUndecided(
  client: PoolClient,
  shop: string,
  reported: readonly Reported<OrderEvent>[],
): Promise<string[]> {
  const { rows } = await client.query<{ orderGid: string }>(
    `SELECT k."orderGid" FROM "Order" k
     JOIN jsonb_to_recordset($2::jsonb)
         AS o("orderGid" text, "updatedAt" timestamp(3), "reportedAt" timestamp(3), "digest" text)
       ON o."orderGid" = k."orderGid" AND o."updatedAt" = k."sourceUpdatedAt" AND o."digest" <> k."sourceDigest"
         AND o."reportedAt" = k."sourceTriggeredAt"
     WHERE k."shop" = $1`,
    [shop, JSON.stringify(reported.map(toHead))],
  );
  return rows.map(({ orderGid }) => orderGid);
}

/**
 * Writes one batch of orders with their lines inside the caller's transaction.
 *
 * @param reported each gid at most once
 * @returns gids of the orders that were written; for the others see `saveOrders`
 */
export async function writeOrders(
  client: PoolClient,
  shop: string,
  reported: readonly Reported<OrderEvent>[],
  source: OrderSource,
): Promise<string[]> {
  const { rows } = await client.query<{ orderGid: string; isNew: boolean }>(UPSERT_ORDERS(source), [
    shop,
    JSON.stringify(reported.map(toHead)),
  ]);
  const written = new Set(rows.map(({ orderGid }) => orderGid));
  if (written.size === 0) return [];
  const replaced = rows.filter(({ isNew }) => !isNew).map(({ orderGid }) => orderGid);
  const soldAs = await deleteLines(client, shop, replaced);
  const lines = reported
    .filter(({ event }) => written.has(event.orderGid))
    .flatMap(({ event: { orderGid, lines } }) =>
      lines.map((line, position) => {
        const known = soldAs.get(line.lineGid ?? "");
        const variantGid = line.variantGid ?? known?.variantGid;
        const productGid = line.productGid ?? known?.productGid;
        const named = line.title === "" && known ? { sku: known.sku, title: known.title } : {};
        return { ...line, ...named, orderGid, position, variantGid, productGid };
      }),
    );
  await client.query(INSERT_LINES, [shop, JSON.stringify(lines)]);
  return [...written];
}

type SoldAs = Pick<OrderLine, "variantGid" | "productGid" | "sku" | "title">;

/**
 * Deletes the lines of orders that are written again, and returns their products by line gid: Shopify no longer reports
 * a deleted product, and the order would lose its redemptions.
 */
async function deleteLines(
  client: PoolClient,
  shop: string,
  orderGids: readonly string[],
): Promise<Map<string, SoldAs>> {
  if (orderGids.length === 0) return new Map();
  const { rows } = await client.query<SoldAs & { lineGid: string | null }>(
    `DELETE FROM "OrderLine" WHERE "shop" = $1 AND "orderGid" = ANY($2)
     RETURNING "lineGid", "variantGid", "productGid", "sku", "title"`,
    [shop, orderGids],
  );
  return new Map(rows.flatMap(({ lineGid, ...sold }) => (lineGid === null ? [] : [[lineGid, sold]])));
}

/**
 * Fills in the products of lines from messages that come too late to be written: a later message does not name a
 * product that was deleted in between.
 */
async function fillSold(
  client: PoolClient,
  shop: string,
  late: readonly Reported<OrderEvent>[],
): Promise<void> {
  const sold = late.flatMap(({ event: { orderGid, lines } }) =>
    lines.flatMap(({ lineGid, variantGid, productGid, sku, title }) =>
      lineGid === null || productGid === null
        ? []
        : [{ orderGid, lineGid, variantGid, productGid, sku, title }],
    ),
  );
  if (sold.length === 0) return;
  await client.query(
    `UPDATE "OrderLine" l SET "variantGid" = COALESCE(l."variantGid", s."variantGid"),
       "productGid" = COALESCE(l."productGid", s."productGid"),
       "sku" = CASE l."title" WHEN '' THEN s."sku" ELSE l."sku" END,
       "title" = CASE l."title" WHEN '' THEN s."title" ELSE l."title" END
     FROM jsonb_to_recordset($2::jsonb)
       AS s("orderGid" text, "lineGid" text, "variantGid" text, "productGid" text, "sku" text, "title" text)
     WHERE l."shop" = $1 AND l."orderGid" = s."orderGid" AND l."lineGid" = s."lineGid"
       AND (l."variantGid" IS NULL OR l."productGid" IS NULL)`,
    [shop, JSON.stringify(sold)],
  );
}

/** Fills in the customers from late messages too: of an order that the API reported first, only they name one. */
async function fillCustomers(
  client: PoolClient,
  shop: string,
  late: readonly Reported<OrderEvent>[],
): Promise<void> {
  const customers = late.flatMap(({ event: { orderGid, customerKey } }) =>
    customerKey === null ? [] : [{ orderGid, customerKey }],
  );
  if (customers.length === 0) return;
  await client.query(
    `UPDATE "Order" o SET "customerKey" = c."customerKey"
     FROM jsonb_to_recordset($2::jsonb) AS c("orderGid" text, "customerKey" text)
     WHERE o."shop" = $1 AND o."orderGid" = c."orderGid" AND o."customerKey" IS NULL AND o."erasedAt" IS NULL`,
    [shop, JSON.stringify(customers)],
  );
}

/** An order's own row, as the statements above read it. */
function toHead({ event, reportedAt }: Reported<OrderEvent>) {
  const withoutParts = ({ lines: _lines, refunds: _refunds, ...head }: OrderEvent) => head;
  return { ...withoutParts(event), reportedAt, digest: toSourceDigest(event) };
}

/** Locks these orders and their refunds against `saveOrders` until the transaction ends. */
export async function holdOrders(
  tx: Db,
  { shop, orderGids }: { shop: string; orderGids: readonly string[] },
): Promise<void> {
  await tx.$queryRawUnsafe(LOCK_GIDS, shop, [...orderGids]);
}

async function writeRefunds(
  client: PoolClient,
  shop: string,
  refunds: readonly RefundEvent[],
): Promise<void> {
  if (refunds.length === 0) return;
  const distinct = new Map<string, RefundEvent>();
  for (const refund of refunds) {
    const known = distinct.get(refund.refundGid);
    distinct.set(refund.refundGid, known ? mergeRefunds(known, refund) : refund);
  }
  await client.query(UPSERT_REFUNDS, [shop, JSON.stringify([...distinct.values()])]);
}

async function applyRefunds(client: PoolClient, shop: string, orderGids: readonly string[]): Promise<void> {
  await client.query(
    `UPDATE "Order" o SET "refundedMinor" = r.amount
     FROM (SELECT "orderGid", LEAST(SUM("amountMinor"), ${Number.MAX_SAFE_INTEGER})::bigint AS amount FROM "Refund"
           WHERE "shop" = $1 AND "orderGid" = ANY($2) GROUP BY "orderGid") r
     WHERE o."shop" = $1 AND o."orderGid" = r."orderGid"`,
    [shop, orderGids],
  );
  await client.query(
    `UPDATE "OrderLine" l SET "refundedQuantity" = LEAST(l."quantity", GREATEST(l."refundedQuantity", r.units))
     FROM (SELECT f."orderGid", x."lineGid", LEAST(SUM(x."quantity"), 2147483647)::int AS units
           FROM "Refund" f, jsonb_to_recordset(f."lines") AS x("lineGid" text, "quantity" int)
           WHERE f."shop" = $1 AND f."orderGid" = ANY($2) GROUP BY 1, 2) r
     WHERE l."shop" = $1 AND l."orderGid" = r."orderGid" AND l."lineGid" = r."lineGid"`,
    [shop, orderGids],
  );
}

/**
 * Marks an order that a merchant deleted as cancelled; messages from before change nothing any more.
 *
 * Known weakness: does nothing for an order that is not known yet.
 *
 * @returns whether the order is known
 */
export async function markOrderDeleted(
  db: Db,
  { shop, orderGid, deletedAt }: { shop: string; orderGid: string; deletedAt: Date },
): Promise<boolean> {
  const at = deletedAt.toISOString();
  const marked = await db.$executeRaw`
    UPDATE "Order" SET "cancelledAt" = COALESCE("cancelledAt", ${at}::timestamp(3)),
      "sourceUpdatedAt" = GREATEST("sourceUpdatedAt", ${at}::timestamp(3)), "sourceTriggeredAt" = ${at}::timestamp(3)
    WHERE "shop" = ${shop} AND "orderGid" = ${orderGid}`;
  return marked > 0;
}

/** Number of a shop's orders from Shopify since an instant. */
export async function countOrdersSince(
  pool: Pool,
  { shop, since }: { shop: string; since: Date },
): Promise<number> {
  const { rows } = await pool.query<{ orders: number }>(
    `SELECT count(*)::int AS orders FROM "Order"
     WHERE shop = $1 AND "placedAt" >= $2::timestamp(3) AND source = 'shopify'`,
    [shop, since.toISOString()],
  );
  return rows[0]!.orders;
}

import type { Pool } from "pg";
import { inTransaction, type Db } from "#app/data/db.server.ts";

/** Every table that holds rows of a shop, children before parents. A test holds this list to the database. */
export const TABLES_OF_A_SHOP = [
  // Before what its messages bring: one that is being applied holds its row until that is there to be deleted.
  "InboxEvent",
  "Autopilot",
  "HoldoutChange",
  "MeasuredPeriod",
  "SharedAnswer",
  "Conversion",
  "PublishedMetafield",
  "Publication",
  "Drift",
  "Stretch",
  "LeftOutDays",
  "Decision",
  "BundleComponent",
  "Bundle",
  "Forecast",
  "ModelDecision",
  "Model",
  "TrainingCheckpoint",
  "Run",
  "BrowseEvent",
  "Refund",
  "OrderLine",
  "Order",
  "InventoryLevel",
  "Variant",
  "Product",
  "Collection",
  "OrderImportPart",
  "OrderImport",
  "DataRequest",
  "DeadLetter",
  "DueWork",
  "Session",
  "Shop",
  "StaffPreference",
  "StaffRight",
  "AuditEntry",
  "SavedView",
  "Subscription",
  "Erasure",
] as const;

/**
 * Deletes every row of a shop, all or none. Idempotent.
 *
 * @param removedBefore nothing goes unless the shop removed the app before then and has not come back
 * @param keepsToken for one that comes back, whose token is there before its row is
 * @returns how many rows there were
 */
export async function deleteShopRows(
  pool: Pool,
  shop: string,
  { removedBefore, keepsToken = false }: { removedBefore?: Date; keepsToken?: boolean } = {},
): Promise<number> {
  return inTransaction(pool, async (client) => {
    if (removedBefore) {
      const { rowCount } = await client.query(
        `SELECT 1 FROM "Shop" WHERE "shop" = $1 AND "uninstalledAt" < $2::timestamp(3) FOR UPDATE`,
        [shop, removedBefore.toISOString()],
      );
      if (rowCount === 0) return 0;
    }
    let deleted = 0;
    for (const table of TABLES_OF_A_SHOP) {
      if (keepsToken && table === "Session") continue;
      const { rowCount } = await client.query(`DELETE FROM "${table}" WHERE "shop" = $1`, [shop]);
      deleted += rowCount ?? 0;
    }
    return deleted;
  });
}

const ORDERS_OF = `"shop" = $1 AND ("customerKey" = ANY($2) OR "orderGid" = ANY($3))`;

/**
 * What is kept of one customer: orders by pseudonym or gid with their refunds and the bundles that they redeemed, and the
 * browsing of the visitors that placed them.
 *
 * @param customerKeys every pseudonym that the customer may have here
 */
export async function readCustomerTrace(
  pool: Pool,
  shop: string,
  { customerKeys, orderGids }: { customerKeys: readonly string[]; orderGids: readonly string[] },
) {
  const subject = [shop, customerKeys, orderGids];
  const orders = await pool.query(
    `SELECT o.*, (SELECT COALESCE(jsonb_agg(to_jsonb(l) ORDER BY l."position"), '[]') FROM "OrderLine" l
                  WHERE l."shop" = o."shop" AND l."orderGid" = o."orderGid") AS "lines"
     FROM "Order" o WHERE ${ORDERS_OF} ORDER BY o."placedAt"`,
    subject,
  );
  const visitors = `SELECT "visitorKey" FROM "Order" WHERE ${ORDERS_OF} AND "visitorKey" IS NOT NULL`;
  const browseEvents = await pool.query(
    `SELECT * FROM "BrowseEvent" WHERE "shop" = $1 AND "visitorKey" IN (${visitors}) ORDER BY "occurredAt"`,
    subject,
  );
  // A refund may be known before its order is.
  const ofOrders = `"shop" = $1 AND ("orderGid" = ANY($3)
    OR "orderGid" IN (SELECT "orderGid" FROM "Order" WHERE ${ORDERS_OF}))`;
  const refunds = await pool.query(
    `SELECT * FROM "Refund" WHERE ${ofOrders} ORDER BY "refundedAt", "refundGid"`,
    subject,
  );
  const conversions = await pool.query(
    `SELECT * FROM "Conversion" WHERE ${ofOrders} ORDER BY "convertedAt", "orderGid", "bundleId"`,
    subject,
  );
  return {
    orders: orders.rows,
    browseEvents: browseEvents.rows,
    refunds: refunds.rows,
    conversions: conversions.rows,
  };
}

const WAITING_ORDERS_OF = `"shop" = $1 AND "appliedAt" IS NULL
  AND ("payload" #>> '{order,customerKey}' = ANY($2) OR "payload" #>> '{order,orderGid}' = ANY($3))`;

/**
 * Forgets one customer, all or nothing: their orders, and those in messages that still wait, become those of a
 * guest whom no visitor leads to, and stay so whatever is read of them later; the visitor's browsing and earlier
 * answers are deleted. Sums and baskets stay, for they name nobody. Idempotent.
 *
 * Known weakness: an order that is in no table and no message yet cannot be marked.
 *
 * @returns how many orders lost their customer
 */
export async function eraseCustomerRows(
  pool: Pool,
  shop: string,
  {
    customerKeys,
    orderGids,
    erasedAt,
  }: { customerKeys: readonly string[]; orderGids: readonly string[]; erasedAt: Date },
): Promise<number> {
  const subject = [shop, customerKeys, orderGids];
  return inTransaction(pool, async (client) => {
    // One after the other: those on the same customer would lock the same rows in different order.
    await client.query(`SELECT 1 FROM "Shop" WHERE "shop" = $1 FOR NO KEY UPDATE`, [shop]);
    await client.query(
      `DELETE FROM "BrowseEvent" WHERE "shop" = $1 AND "visitorKey" IN
         (SELECT "visitorKey" FROM "Order" WHERE ${ORDERS_OF}
          UNION SELECT "payload" #>> '{order,visitorKey}' FROM "InboxEvent" WHERE ${WAITING_ORDERS_OF})`,
      subject,
    );
    await client.query(`DELETE FROM "DataRequest" WHERE "shop" = $1 AND "customerKey" = ANY($2)`, [
      shop,
      customerKeys,
    ]);
    // A message that waits would bring the customer back.
    await client.query(
      `UPDATE "InboxEvent" SET "payload" = jsonb_set("payload", '{order}',
         "payload" -> 'order' || '{ "customerKey": null, "visitorKey": null }')
       WHERE ${WAITING_ORDERS_OF}`,
      subject,
    );
    const { rowCount } = await client.query(
      `UPDATE "Order" SET "customerKey" = NULL, "visitorKey" = NULL,
         "erasedAt" = COALESCE("erasedAt", $4::timestamp(3))
       WHERE ${ORDERS_OF}`,
      [...subject, erasedAt.toISOString()],
    );
    return rowCount ?? 0;
  });
}

/** Keeps the answer to a data request. One that is asked again gets the new answer and keeps when it was asked. */
export async function saveDataRequest(
  db: Db,
  request: {
    readonly shop: string;
    readonly requestId: string;
    /** The customer's pseudonym, by which an erasure finds the answer; null without one. */
    readonly customerKey: string | null;
    readonly requestedAt: Date;
    /** What is kept of the customer, instants as text. */
    readonly answer: object;
  },
): Promise<void> {
  const { shop, requestId, answer } = request;
  await db.dataRequest.upsert({
    where: { shop_requestId: { shop, requestId } },
    create: request,
    update: { answer },
  });
}

/** A shop's answers to data requests that are still kept, the newest first, without the answers themselves. */
export async function listDataRequests(db: Db, shop: string) {
  return db.dataRequest.findMany({
    where: { shop },
    orderBy: { requestedAt: "desc" },
    select: { requestId: true, requestedAt: true },
  });
}

/** One answer; null when the shop has none of this id. */
export async function findDataRequest(db: Db, { shop, requestId }: { shop: string; requestId: string }) {
  return db.dataRequest.findUnique({ where: { shop_requestId: { shop, requestId } } });
}

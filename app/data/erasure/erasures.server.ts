import type { Pool } from "pg";
import { inTransaction, LOCK_GIDS, type Db } from "#app/data/db.server.ts";

/** Every table that holds rows of a shop, children before parents. A test compares this list with the database. */
export const TABLES_OF_A_SHOP = [
  // Before the tables that its messages fill: a message being applied holds its row until those rows exist.
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
 * Deletes every row of a shop in one transaction. Idempotent.
 *
 * @param removedBefore deletes nothing unless the shop removed the app before it and has not come back
 * @param keepsToken for a shop that comes back, whose token exists before its row
 * @returns number of rows deleted
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
 * Data of one customer: orders by pseudonym or gid with their refunds and redeemed bundles, and the browsing of the
 * visitors who placed them.
 *
 * @param customerKeys every pseudonym that the customer can have here
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
  // A refund can be known before its order.
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
 * Erases one customer in one transaction. Their orders, also those in waiting messages, become a guest's without a
 * visitor, and stay so whatever is read later. Deletes the visitors' browsing and earlier answers. Sums and baskets
 * stay, because they identify nobody. Idempotent.
 *
 * Known weakness: cannot mark an order that is in no table and no message yet.
 *
 * @returns number of orders that lost their customer
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
  const at = erasedAt.toISOString();
  return inTransaction(pool, async (client) => {
    // Serialized: two erasures of the same customer would lock the same rows in different order.
    await client.query(`SELECT 1 FROM "Shop" WHERE "shop" = $1 FOR NO KEY UPDATE`, [shop]);
    // Waits for messages being applied and orders being read, in the order in which those lock.
    await client.query(`SELECT 1 FROM "InboxEvent" WHERE ${WAITING_ORDERS_OF} FOR UPDATE`, subject);
    await client.query(LOCK_GIDS, [shop, orderGids]);
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
    // A waiting message would bring the customer back.
    await client.query(
      `UPDATE "InboxEvent" SET "payload" = jsonb_set("payload", '{order}', "payload" -> 'order'
         || jsonb_build_object('customerKey', NULL, 'visitorKey', NULL, 'erasedAt', $4::text))
       WHERE ${WAITING_ORDERS_OF}`,
      [...subject, at],
    );
    const { rowCount } = await client.query(
      `UPDATE "Order" SET "customerKey" = NULL, "visitorKey" = NULL,
         "erasedAt" = COALESCE("erasedAt", $4::timestamp(3))
       WHERE ${ORDERS_OF}`,
      [...subject, at],
    );
    return rowCount ?? 0;
  });
}

/** Saves the answer to a data request. A repeat replaces the answer and keeps the instant of the request. */
export async function saveDataRequest(
  db: Db,
  request: {
    readonly shop: string;
    readonly requestId: string;
    /** The customer's pseudonym, so that an erasure finds the answer; null without one. */
    readonly customerKey: string | null;
    readonly requestedAt: Date;
    /** The customer's data, instants as text. */
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

/** A shop's stored data requests, the newest first, without their answers. */
export async function listDataRequests(db: Db, shop: string) {
  return db.dataRequest.findMany({
    where: { shop },
    orderBy: { requestedAt: "desc" },
    select: { requestId: true, requestedAt: true },
  });
}

/** One answer; null if the shop has none with this id. */
export async function findDataRequest(db: Db, { shop, requestId }: { shop: string; requestId: string }) {
  return db.dataRequest.findUnique({ where: { shop_requestId: { shop, requestId } } });
}

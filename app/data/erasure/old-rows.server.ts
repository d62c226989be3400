import type { DbClient } from "#app/data/db.server.ts";
import { IS_STUCK } from "#app/data/inbox/inbox.server.ts";
import { DAY_MS } from "#app/domain/time.ts";

/** Retention of a shop's rows in days, by kind. */
interface KeptDays {
  readonly browsing: number;
  readonly orders: number;
  readonly dataRequests: number;
  readonly deadLetters: number;
  readonly stuckInbox: number;
  readonly orderImport: number;
  readonly runs: number;
  readonly audit: number;
}

/** Rows per statement: orders take their lines along, and the rows of years would exceed a statement's time limit. */
const ROWS_AT_ONCE = 20_000;

/**
 * Deletes a shop's rows past their retention: browsing; orders with lines, refunds and redeemed offers; answers to data
 * requests; jobs that failed for good; webhooks that waited for a person, whose data was long since read from the API;
 * results of order imports; the audit log; and finished runs with the metrics of their models, unless one still has its
 * artefact, which proposals can use.
 *
 * @returns number of rows deleted of some kinds
 */
export async function deleteOldRows(db: DbClient, shop: string, days: KeptDays, now: Date) {
  const before = (kept: number) => ({ lt: new Date(now.getTime() - kept * DAY_MS) });
  // Raw, because Prisma's own limit would name the shop only in the selection. A `ctid` repeats in other months, where
  // the conditions still hold for each row.
  const browseEvents = await untilNoneIsLeft(
    () => db.$executeRaw`
      DELETE FROM "BrowseEvent" WHERE shop = ${shop} AND "occurredAt" < ${before(days.browsing).lt}
        AND ctid = ANY(ARRAY(
          SELECT v.ctid FROM "BrowseEvent" v
          WHERE v.shop = ${shop} AND v."occurredAt" < ${before(days.browsing).lt} LIMIT ${ROWS_AT_ONCE}))`,
  );
  const orders = await untilNoneIsLeft(
    () => db.$executeRaw`
      DELETE FROM "Order" WHERE shop = ${shop} AND "orderGid" IN (
        SELECT o."orderGid" FROM "Order" o
        WHERE o.shop = ${shop} AND o."placedAt" < ${before(days.orders).lt} LIMIT ${ROWS_AT_ONCE})`,
  );
  await db.refund.deleteMany({ where: { shop, refundedAt: before(days.orders) } });
  // No figure reads further back than a measuring period, which is shorter than the fewest days of orders.
  await db.conversion.deleteMany({ where: { shop, convertedAt: before(days.orders) } });
  await db.deadLetter.deleteMany({ where: { shop, failedAt: before(days.deadLetters) } });
  const stuck = await db.inboxEvent.deleteMany({
    where: { shop, ...IS_STUCK, receivedAt: before(days.stuckInbox) },
  });
  const isAtEnd = { state: { in: ["done", "failed"] }, aliveAt: before(days.orderImport) };
  await db.orderImport.deleteMany({ where: { shop, ...isAtEnd } });
  const models = { none: { shop, artefact: { not: null } } };
  await db.run.deleteMany({ where: { shop, finishedAt: before(days.runs), models } });
  await db.auditEntry.deleteMany({ where: { shop, at: before(days.audit) } });
  const requests = await db.dataRequest.deleteMany({
    where: { shop, requestedAt: before(days.dataRequests) },
  });
  return {
    browseEvents,
    orders,
    stuck: stuck.count,
    dataRequests: requests.count,
  };
}

/** Repeats a deletion of `ROWS_AT_ONCE` rows or fewer. @returns number of rows deleted */
async function untilNoneIsLeft(deleteSome: () => Promise<number>): Promise<number> {
  let deleted = 0;
  for (let count = ROWS_AT_ONCE; count >= ROWS_AT_ONCE; deleted += count) count = await deleteSome();
  return deleted;
}

import type { DbClient } from "#app/data/db.server.ts";
import { IS_STUCK } from "#app/data/inbox/inbox.server.ts";
import { DAY_MS } from "#app/domain/time.ts";

/** How many days a shop's rows are kept, by what they are. */
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

/**
 * Forgets what a shop has kept for longer: browsing; orders with their lines and refunds; answers to data requests; jobs
 * that failed for good; webhooks that waited for a person, since what they told has long been read from the API; what
 * came of a file of orders; runs that have ended with the metrics of their models, unless a model still holds what it
 * learned, for proposals may come from it; and what staff did.
 *
 * @returns how many rows there were of those that are told of
 */
export async function deleteOldRows(db: DbClient, shop: string, days: KeptDays, now: Date) {
  const before = (kept: number) => ({ lt: new Date(now.getTime() - kept * DAY_MS) });
  const browsing = await db.browseEvent.deleteMany({ where: { shop, occurredAt: before(days.browsing) } });
  const [orders] = await db.$transaction([
    db.order.deleteMany({ where: { shop, placedAt: before(days.orders) } }),
    db.refund.deleteMany({ where: { shop, refundedAt: before(days.orders) } }),
  ]);
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
    browseEvents: browsing.count,
    orders: orders.count,
    stuck: stuck.count,
    dataRequests: requests.count,
  };
}

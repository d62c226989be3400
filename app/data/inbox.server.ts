import type { Pool } from "pg";
import type { Db } from "#app/db.server.ts";
import type { InboxMessage } from "#app/domain/collect/inbox-message.ts";

interface NewInboxRow {
  readonly shop: string;
  readonly webhookId: string;
  readonly topic: string;
  readonly triggeredAt: Date;
  readonly receivedAt: Date;
  readonly message: InboxMessage;
  /** Why the row will never be applied; null for one that will be. */
  readonly refusal: string | null;
}

interface InboxKey {
  readonly shop: string;
  readonly webhookId: string;
}

/** What the caller took the shop's row to hold when it read the webhook. */
interface ShopPremise {
  readonly customerKeySecret: string;
  readonly currency: string;
  /** Whether the webhook concerns the shop even after it removed the app. */
  readonly isForUninstalled: boolean;
}

/**
 * Keeps one webhook if its shop's row is as the caller took it to be; a repeat of the same webhook id changes nothing.
 * One statement both checks and keeps, so a caller may remember a shop for as long as it likes.
 *
 * @returns false, with nothing kept, when the shop is gone, has removed the app, or has another secret or currency
 */
export async function saveInboxRow(pool: Pool, row: NewInboxRow, premise: ShopPremise): Promise<boolean> {
  const receivedAt = row.receivedAt.toISOString();
  const { rowCount } = await pool.query({
    name: "save-inbox-row",
    text: `
      WITH known AS (
        SELECT "shop" FROM "Shop"
        WHERE "shop" = $1 AND "customerKeySecret" = $9 AND "currency" = $10 AND ("uninstalledAt" IS NULL OR $11)
      ), kept AS (
        INSERT INTO "InboxEvent"
          ("shop", "webhookId", "topic", "triggeredAt", "receivedAt", "payload", "problem", "appliedAt")
        SELECT "shop", $2, $3, $4::timestamp(3), $5::timestamp(3), $6::jsonb, $7, $8::timestamp(3) FROM known
        ON CONFLICT DO NOTHING
      )
      SELECT 1 FROM known`,
    values: [
      row.shop,
      row.webhookId,
      row.topic,
      row.triggeredAt.toISOString(),
      receivedAt,
      JSON.stringify(row.message),
      row.refusal,
      row.refusal === null ? null : receivedAt,
      premise.customerKeySecret,
      premise.currency,
      premise.isForUninstalled,
    ],
  });
  return rowCount === 1;
}

/** The row when it still waits to be applied, else null. */
export async function findPendingInboxRow(db: Db, { shop, webhookId }: InboxKey) {
  return db.inboxEvent.findFirst({ where: { shop, webhookId, appliedAt: null } });
}

/** Marks a row as applied and empties it: what it held is in its own tables now. Idempotent. */
export async function markInboxApplied(
  db: Db,
  { shop, webhookId }: InboxKey,
  appliedAt: Date,
): Promise<void> {
  await db.inboxEvent.updateMany({
    where: { shop, webhookId },
    data: { appliedAt, payload: {}, problem: null },
  });
}

/** Counts a failed attempt and says why; the row stays pending. */
export async function markInboxFailed(db: Db, { shop, webhookId }: InboxKey, problem: string): Promise<void> {
  await db.inboxEvent.updateMany({
    where: { shop, webhookId, appliedAt: null },
    data: { attempts: { increment: 1 }, problem: problem.slice(0, 500) },
  });
}

/** Rows of all shops, installed or not, that have waited since before the instant, the oldest first. */
export async function listWaitingInboxRows(
  db: Db,
  { receivedBefore, attemptsBelow, limit }: { receivedBefore: Date; attemptsBelow: number; limit: number },
): Promise<(InboxKey & { attempts: number })[]> {
  return db.inboxEvent.findMany({
    where: { appliedAt: null, receivedAt: { lt: receivedBefore }, attempts: { lt: attemptsBelow } },
    orderBy: { receivedAt: "asc" },
    take: limit,
    select: { shop: true, webhookId: true, attempts: true },
  });
}

/** How many rows of all shops wait and have failed at least so often. */
export async function countStuckInboxRows(db: Db, attempts: number): Promise<number> {
  return db.inboxEvent.count({ where: { appliedAt: null, attempts: { gte: attempts } } });
}

/** Forgets applied rows from before the instant; Shopify repeats a webhook for hours, not for weeks. */
export async function deleteAppliedInboxRows(db: Db, appliedBefore: Date): Promise<number> {
  const { count } = await db.inboxEvent.deleteMany({ where: { appliedAt: { lt: appliedBefore } } });
  return count;
}

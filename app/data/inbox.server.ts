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

/** Keeps one webhook. A repeat of the same webhook id changes nothing. */
export async function saveInboxRow(db: Db, row: NewInboxRow): Promise<void> {
  const { message, refusal, ...columns } = row;
  await db.inboxEvent.createMany({
    data: [
      { ...columns, payload: message, problem: refusal, appliedAt: refusal === null ? null : row.receivedAt },
    ],
    skipDuplicates: true,
  });
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

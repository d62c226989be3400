import type { Pool, PoolClient } from "pg";
import type { Db } from "#app/data/db.server.ts";
import type { InboxMessage } from "#app/domain/collect/messages/inbox-message.ts";

interface InboxKey {
  readonly shop: string;
  readonly webhookId: string;
}

interface NewInboxRow extends InboxKey {
  readonly topic: string;
  readonly triggeredAt: Date;
  readonly receivedAt: Date;
  readonly message: InboxMessage;
  /** Why the row will never be applied; null if it will be. */
  readonly refusal: string | null;
}

/** Values of the shop's row that the caller assumed when it read the webhook. */
interface ShopPremise {
  readonly customerKeySecret: string;
  readonly currency: string;
  /** Whether the webhook concerns the shop even after it removed the app. */
  readonly isForUninstalled: boolean;
}

/** Batch size: rows saved by one statement. */
const ROWS_KEPT_AT_ONCE = 100;
/** PostgreSQL's class of data errors: one row can cause it while the others are fine. */
const DATA_ERROR = /^22/;

interface WaitingWrite {
  readonly row: NewInboxRow;
  resolve(isKept: boolean): void;
  reject(error: unknown): void;
}

/** Writes that wait for the running statement, by shop and premise. */
const waitingWrites = new WeakMap<Pool, Map<string, WaitingWrite[]>>();

/**
 * Saves one webhook if its shop's row is as the caller assumed; a repeat of the same webhook id changes nothing. One
 * statement both checks and saves, so a caller may cache a shop for as long as it likes. Webhooks that arrive while a
 * statement of their shop runs share the next one, so the thousands of a sale share the waits for the disk.
 *
 * @returns false, with nothing saved, if the shop is gone, has removed the app, or has another secret or currency
 */
export function saveInboxRow(pool: Pool, row: NewInboxRow, premise: ShopPremise): Promise<boolean> {
  const { customerKeySecret, currency, isForUninstalled } = premise;
  const key = JSON.stringify([row.shop, customerKeySecret, currency, isForUninstalled]);
  const ofPool = waitingWrites.get(pool) ?? new Map<string, WaitingWrite[]>();
  waitingWrites.set(pool, ofPool);
  return new Promise((resolve, reject) => {
    const write = { row, resolve, reject };
    const waiting = ofPool.get(key);
    if (waiting) return void waiting.push(write);
    const writes = [write];
    ofPool.set(key, writes);
    void keepOn(pool, row.shop, premise, writes, () => ofPool.delete(key));
  });
}

/** Never throws: settles each write by itself. Calls `end` when none waits any more. */
async function keepOn(
  pool: Pool,
  shop: string,
  premise: ShopPremise,
  writes: WaitingWrite[],
  end: () => void,
): Promise<void> {
  const keep = async (some: readonly WaitingWrite[]): Promise<void> => {
    const rows = some.map(({ row }) => row);
    try {
      const isKept = await insertRows(pool, shop, premise, rows);
      for (const { resolve } of some) resolve(isKept);
    } catch (error) {
      const isOfOne = some.length > 1 && DATA_ERROR.test((error as { code?: string }).code ?? "");
      if (isOfOne) for (const one of some) await keep([one]);
      else for (const { reject } of some) reject(error);
    }
  };
  while (writes.length > 0) await keep(writes.splice(0, ROWS_KEPT_AT_ONCE));
  end();
}

async function insertRows(
  pool: Pool,
  shop: string,
  premise: ShopPremise,
  rows: readonly NewInboxRow[],
): Promise<boolean> {
  const { rowCount } = await pool.query({
    name: "save-inbox-rows",
    text: `
      WITH known AS (
        SELECT "shop" FROM "Shop"
        WHERE "shop" = $1 AND "customerKeySecret" = $2 AND "currency" = $3 AND ("uninstalledAt" IS NULL OR $4)
      ), kept AS (
        INSERT INTO "InboxEvent"
          ("shop", "webhookId", "topic", "triggeredAt", "receivedAt", "payload", "problem", "appliedAt")
        SELECT "shop", r.* FROM known, unnest($5::text[], $6::text[], $7::timestamp(3)[], $8::timestamp(3)[],
          $9::jsonb[], $10::text[], $11::timestamp(3)[]) r
        ON CONFLICT DO NOTHING
      )
      SELECT 1 FROM known`,
    values: [
      shop,
      premise.customerKeySecret,
      premise.currency,
      premise.isForUninstalled,
      rows.map(({ webhookId }) => webhookId),
      rows.map(({ topic }) => topic),
      rows.map(({ triggeredAt }) => triggeredAt.toISOString()),
      rows.map(({ receivedAt }) => receivedAt.toISOString()),
      rows.map(({ message }) => JSON.stringify(message)),
      rows.map(({ refusal }) => refusal),
      rows.map(({ refusal, receivedAt }) => (refusal === null ? null : receivedAt.toISOString())),
    ],
  });
  return rowCount === 1;
}

/** The row if it still waits to be applied, else null. */
export async function findPendingInboxRow(db: Db, { shop, webhookId }: InboxKey) {
  return db.inboxEvent.findFirst({ where: { shop, webhookId, appliedAt: null } });
}

/** The payload of a row that still waits, locked until the transaction ends; undefined if it was applied. */
export async function holdInboxPayload(client: PoolClient, { shop, webhookId }: InboxKey): Promise<unknown> {
  const { rows } = await client.query<{ payload: unknown }>(
    `SELECT "payload" FROM "InboxEvent" WHERE "shop" = $1 AND "webhookId" = $2 AND "appliedAt" IS NULL FOR UPDATE`,
    [shop, webhookId],
  );
  return rows[0]?.payload;
}

/** Marks rows of a shop as applied and empties them: the shop's own tables hold the data now. Idempotent. */
export async function markInboxApplied(
  pool: Pool,
  { shop, webhookIds }: { shop: string; webhookIds: readonly string[] },
  appliedAt: Date,
): Promise<void> {
  await pool.query(
    `UPDATE "InboxEvent" SET "appliedAt" = $3::timestamp(3), "payload" = '{}', "problem" = NULL
     WHERE "shop" = $1 AND "webhookId" = ANY($2)`,
    [shop, webhookIds, appliedAt.toISOString()],
  );
}

/** Counts a failed attempt and notes the reason and the time of the retry; the row stays pending. */
export async function markInboxFailed(
  db: Db,
  { shop, webhookId }: InboxKey,
  { problem, retryAt }: { problem: string; retryAt: Date },
): Promise<void> {
  await db.inboxEvent.updateMany({
    where: { shop, webhookId, appliedAt: null },
    data: { attempts: { increment: 1 }, problem: problem.slice(0, 500), retryAt },
  });
}

/** After this many failures, about a day, a row waits for a person. */
const MAX_INBOX_ATTEMPTS = 40;
/** A row with this many failures, after about four minutes, is shown to the merchant. */
const SHOWN_ATTEMPTS = 8;

/** Rows that wait and may be tried at `now`. */
const toDue = (now: Date) => ({
  appliedAt: null,
  attempts: { lt: MAX_INBOX_ATTEMPTS },
  OR: [{ retryAt: null }, { retryAt: { lte: now } }],
});

/** A waiting row with the data of its webhook. */
export interface WaitingInboxRow {
  readonly webhookId: string;
  readonly triggeredAt: Date;
  /** An `InboxMessage`, possibly of an earlier release of this app. */
  readonly payload: unknown;
}

/** Locks the due rows of a shop, the earliest received first, until the transaction ends. Skips locked rows. */
export async function claimDueInboxRows(
  client: PoolClient,
  shop: string,
  { now, limit }: { now: Date; limit: number },
): Promise<WaitingInboxRow[]> {
  const { rows } = await client.query<{ webhookId: string; triggeredMs: number; payload: unknown }>(
    `SELECT "webhookId", (extract(epoch FROM "triggeredAt") * 1000)::float8 AS "triggeredMs", "payload"
     FROM "InboxEvent"
     WHERE "shop" = $1 AND "appliedAt" IS NULL AND "attempts" < ${MAX_INBOX_ATTEMPTS}
       AND ("retryAt" IS NULL OR "retryAt" <= $2::timestamp(3))
     ORDER BY "receivedAt" LIMIT $3 FOR UPDATE SKIP LOCKED`,
    [shop, now.toISOString(), limit],
  );
  return rows.map(({ triggeredMs, ...row }) => ({ ...row, triggeredAt: new Date(triggeredMs) }));
}

/** When a shop's next row is due: `now` or later; null if every waiting row waits for a person. */
export async function findNextDueAt(db: Db, shop: string, now: Date): Promise<Date | null> {
  const due = await db.inboxEvent.findFirst({ where: { shop, ...toDue(now) }, select: { webhookId: true } });
  if (due) return now;
  const { _min } = await db.inboxEvent.aggregate({
    where: { shop, appliedAt: null, attempts: { lt: MAX_INBOX_ATTEMPTS } },
    _min: { retryAt: true },
  });
  return _min.retryAt;
}

/** Shops, installed or not, with rows that are due at `now` and were received before the instant. */
export async function listShopsWithDueInbox(
  db: Db,
  { now, receivedBefore }: { now: Date; receivedBefore: Date },
): Promise<string[]> {
  const rows = await db.inboxEvent.findMany({
    where: { ...toDue(now), receivedAt: { lt: receivedBefore } },
    distinct: ["shop"],
    select: { shop: true },
  });
  return rows.map(({ shop }) => shop);
}

const FAILING = { appliedAt: null, attempts: { gte: SHOWN_ATTEMPTS } };

/** A shop's rows that keep failing, the newest first. */
export async function listFailingInboxRows(db: Db, shop: string, limit: number) {
  return db.inboxEvent.findMany({
    where: { shop, ...FAILING },
    orderBy: { receivedAt: "desc" },
    take: limit,
    select: { webhookId: true, topic: true, receivedAt: true, attempts: true, problem: true },
  });
}

/** Resets a failing row for another try. Returns false if it no longer fails. */
export async function reviveInboxRow(db: Db, { shop, webhookId }: InboxKey): Promise<boolean> {
  const { count } = await db.inboxEvent.updateMany({
    where: { shop, webhookId, ...FAILING },
    data: { attempts: 0, retryAt: null },
  });
  return count > 0;
}

/** Deletes rows applied before the instant; Shopify repeats a webhook for hours, not for weeks. */
export async function deleteAppliedInboxRows(db: Db, appliedBefore: Date): Promise<number> {
  const { count } = await db.inboxEvent.deleteMany({ where: { appliedAt: { lt: appliedBefore } } });
  return count;
}

const PRIVACY_TOPICS = ["customers/data_request", "customers/redact", "shop/redact"];

/** Rows that wait for a person. A privacy request stays until it is done, however often it failed. */
export const IS_STUCK = {
  appliedAt: null,
  attempts: { gte: MAX_INBOX_ATTEMPTS },
  topic: { notIn: PRIVACY_TOPICS },
};

/** Backlog of the inboxes of all shops. */
export interface InboxLoad {
  readonly waiting: number;
  /** Age of the oldest waiting row, seconds; 0 without one. */
  readonly oldestSeconds: number;
  /** Rows that failed for about a day and are not tried again until a person asks. */
  readonly stuck: number;
  /** Those of them that are about personal data, which the law gives a month. */
  readonly stuckRequests: number;
}

export async function readInboxLoad(pool: Pool): Promise<InboxLoad> {
  const { rows } = await pool.query<InboxLoad>(
    `SELECT COUNT(*) FILTER (WHERE "attempts" < $1)::int AS "waiting",
       GREATEST(0, COALESCE(extract(epoch FROM
         (now() AT TIME ZONE 'UTC') - MIN("receivedAt") FILTER (WHERE "attempts" < $1)), 0))::float8
         AS "oldestSeconds",
       COUNT(*) FILTER (WHERE "attempts" >= $1)::int AS "stuck",
       COUNT(*) FILTER (WHERE "attempts" >= $1 AND "topic" = ANY($2))::int AS "stuckRequests"
     FROM "InboxEvent" WHERE "appliedAt" IS NULL`,
    [MAX_INBOX_ATTEMPTS, PRIVACY_TOPICS],
  );
  return rows[0]!;
}

/** Backlog of a shop's inbox: rows not yet applied, the oldest of them, and how many have failed before. */
export async function readInboxHealth(db: Db, { shop }: { shop: string }) {
  const [waiting, failing] = await Promise.all([
    db.inboxEvent.aggregate({ where: { shop, appliedAt: null }, _count: true, _min: { receivedAt: true } }),
    db.inboxEvent.count({ where: { shop, appliedAt: null, problem: { not: null } } }),
  ]);
  return { waiting: waiting._count, oldestAt: waiting._min.receivedAt, failing };
}

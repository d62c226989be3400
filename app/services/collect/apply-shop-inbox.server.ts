import { saveDrift } from "#app/data/bundles/publication.server.ts";
import { listCollectionBundles } from "#app/data/bundles/bundles.server.ts";
import { listForeignProducts } from "#app/data/products/catalogue.server.ts";
import {
  claimDueInboxRows,
  findNextDueAt,
  findPendingInboxRow,
  holdInboxPayload,
  markInboxApplied,
  markInboxFailed,
  type WaitingInboxRow,
} from "#app/data/inbox/inbox.server.ts";
import { markOrderDeleted } from "#app/data/orders/orders.server.ts";
import { markProductDeleted } from "#app/data/products/products.server.ts";
import {
  findShop,
  findTokenGivenAt,
  forgetRemoved,
  saveReturned,
  saveUninstalled,
} from "#app/data/shops/shops.server.ts";
import { saveSubscriptionChange } from "#app/data/shops/subscriptions.server.ts";
import { inTransaction } from "#app/data/db.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { InboxMessage } from "#app/domain/collect/messages/inbox-message.ts";
import { toLegacyId } from "#app/domain/ids.ts";
import { HOUR_MS, MINUTE_MS } from "#app/domain/time.ts";
import { recordConversions } from "#app/services/evaluate/record-conversions.server.ts";
import { askToApply, askToPublish, askToReread } from "#app/services/ask-workers.server.ts";
import {
  eraseCustomer,
  eraseShop,
  exportCustomerData,
} from "#app/services/privacy/answer-privacy-request.server.ts";
import {
  followChanges,
  isSavedTogether,
  NO_CHANGES,
  saveMessages,
  type ReceivedMessage,
} from "./save-messages.server.ts";

/** Rows that a shop's turn applies before the queued turns of the other shops. */
const ROWS_PER_TURN = 100;
/** Concurrency of rows applied one by one; their order does not matter. */
const ROWS_AT_ONCE = 8;

interface Turn {
  readonly shop: string;
  readonly now: () => Date;
  /** Ends the turn between two rows; the rest stays in the inbox. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Step 1, collect: one turn of a shop. Applies the due rows of its inbox, the oldest first, at most `ROWS_PER_TURN`.
 * Every other shop has a turn between two turns of one, so none waits for another's whole backlog. See
 * app/decisions/house/060-work-and-visits-lie-in-postgresql.md.
 *
 * One transaction per turn saves the messages that a sale brings by the thousand. The others, and all rows of a failed
 * transaction, are applied one by one: a failing row stays, and the next one goes on. Rows are marked last, so a turn
 * that dies before runs again.
 *
 * @returns number of rows applied and failed
 * @throws the error of the database if it cannot even store a failure
 */
export async function applyShopInbox(deps: Deps, turn: Turn): Promise<{ applied: number; failed: number }> {
  if (turn.signal?.aborted === true) return { applied: 0, failed: 0 };
  let done = { applied: 0, alone: [] as string[] };
  try {
    done = await applyTogether(deps, turn);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    deps.log.warn("collect.turn_not_together", { shop: turn.shop, problem });
    done = { applied: 0, alone: await listDue(deps, turn) };
  }
  const one = await applyOneByOne(deps, turn, done.alone);
  return { applied: done.applied + one.applied, failed: one.failed };
}

/** Applies in one transaction the rows that allow it, and returns the ids of the others. */
async function applyTogether(deps: Deps, { shop, now }: Turn): Promise<{ applied: number; alone: string[] }> {
  const { together, alone, changes } = await inTransaction(deps.pool, async (client) => {
    const rows = await claimDueInboxRows(client, shop, { now: now(), limit: ROWS_PER_TURN });
    const received = rows.flatMap(parse);
    const together = received.filter(isSavedTogether);
    const ids = new Set(together.map(({ webhookId }) => webhookId));
    const alone = rows.map(({ webhookId }) => webhookId).filter((webhookId) => !ids.has(webhookId));
    return { together: [...ids], alone, changes: await saveMessages(client, shop, together) };
  });
  if (together.length > 0) {
    await followChanges(deps, { shop, now: now() }, changes);
    await markInboxApplied(deps.pool, { shop, webhookIds: together }, now());
  }
  return { applied: together.length, alone };
}

/** An unreadable row is applied alone, which stores the reason. */
function parse({ payload, ...row }: WaitingInboxRow) {
  const message = InboxMessage.safeParse(payload);
  return message.success ? [{ ...row, message: message.data }] : [];
}

async function listDue({ pool }: Deps, { shop, now }: Turn): Promise<string[]> {
  const rows = await inTransaction(pool, (client) =>
    claimDueInboxRows(client, shop, { now: now(), limit: ROWS_PER_TURN }),
  );
  return rows.map(({ webhookId }) => webhookId);
}

async function applyOneByOne(
  deps: Deps,
  { shop, now, signal }: Turn,
  webhookIds: readonly string[],
): Promise<{ applied: number; failed: number }> {
  const counts = { applied: 0, failed: 0 };
  let next = 0;
  const applyOn = async () => {
    while (next < webhookIds.length && signal?.aborted !== true) {
      const isApplied = await applyInboxEvent(deps, { shop, webhookId: webhookIds[next++]!, now: now() });
      counts[isApplied ? "applied" : "failed"] += 1;
    }
  };
  await Promise.all(Array.from({ length: ROWS_AT_ONCE }, applyOn));
  return counts;
}

/**
 * Requests a shop's next turn if rows wait. Call it after the turn's job has left the queue: while it ran, a webhook's
 * request for a turn had no effect, and this finds its row.
 *
 * @throws AppError queue_down; the sweep then finds the shop
 */
export async function continueShopInbox(
  deps: Pick<Deps, "db" | "jobs">,
  { shop, now }: { shop: string; now: Date },
): Promise<void> {
  const dueAt = await findNextDueAt(deps.db, shop, now);
  if (dueAt !== null) await askToApply(deps, { shop, now, delayMs: dueAt.getTime() - now.getTime() });
}

/** Backoff of 1, 2, 4 … seconds up to an hour: a short failure is soon over, a long one does no harm. */
const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = HOUR_MS;

/** Tolerance between our clock, which times tokens, and Shopify's, which times removals. */
const CLOCKS_APART_MS = MINUTE_MS;

interface InboxApplication {
  readonly shop: string;
  readonly webhookId: string;
  readonly now: Date;
}

/**
 * Step 1, collect: applies one inbox row to the shop's tables and requests the follow-up work. Can run twice and in any
 * order: every kind of message is idempotent, and the later state of a thing wins. The row is marked last, so that an
 * earlier failure is retried.
 *
 * @returns false if a table or the queue failed: the row stays pending with the reason and the time of the retry
 * @throws the error of the database if it cannot even store that
 */
export async function applyInboxEvent(
  deps: Deps,
  { shop, webhookId, now }: InboxApplication,
): Promise<boolean> {
  const row = await findPendingInboxRow(deps.db, { shop, webhookId });
  if (!row) return true;
  try {
    const received = { webhookId, triggeredAt: row.triggeredAt, message: InboxMessage.parse(row.payload) };
    await applyMessage(deps, { shop, now }, received);
    await markInboxApplied(deps.pool, { shop, webhookIds: [webhookId] }, now);
    deps.log.debug("collect.applied", { shop, topic: row.topic, webhookId });
    return true;
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    const waitMs = Math.min(FIRST_RETRY_MS * 2 ** row.attempts, MAX_RETRY_MS);
    await markInboxFailed(
      deps.db,
      { shop, webhookId },
      { problem, retryAt: new Date(now.getTime() + waitMs) },
    );
    deps.log.warn("collect.not_applied", {
      shop,
      topic: row.topic,
      webhookId,
      attempt: row.attempts + 1,
      problem,
    });
    return false;
  }
}

async function applyMessage(
  deps: Deps,
  { shop, now }: { shop: string; now: Date },
  { message, ...received }: ReceivedMessage,
): Promise<void> {
  const { db, pool } = deps;
  const { webhookId, triggeredAt } = received;
  switch (message.kind) {
    case "product_deleted": {
      const { productGid } = message.product;
      const isForeign = (await listForeignProducts(pool, shop, [productGid])).length > 0;
      if (!isForeign) await markProductDeleted(pool, shop, productGid, triggeredAt);
      const productGids = isForeign ? [] : [productGid];
      const foreignWebhookIds = isForeign ? [webhookId] : [];
      return followChanges(deps, { shop, now }, { ...NO_CHANGES, productGids, foreignWebhookIds });
    }
    case "order_deleted": {
      const { orderGid } = message;
      const isKnown = await markOrderDeleted(db, { shop, orderGid, deletedAt: triggeredAt });
      return isKnown ? recordConversions(deps, { shop, orderGids: [orderGid] }) : undefined;
    }
    case "discount": {
      // Without this discount no checkout gives the price on the storefront.
      const row = await findShop(db, shop);
      const isOurs = row?.discountGid && toLegacyId(row.discountGid) === message.discount.discountId;
      return isOurs ? keepOffersRight(deps, shop) : undefined;
    }
    case "theme":
      return saveDrift(db, shop, ["theme_changed"], triggeredAt);
    case "shop": {
      const row = await findShop(db, shop);
      const isSame = row?.currency === message.currency && row.timeZone === message.timeZone;
      return isSame ? undefined : askToReread(deps, { shop, now });
    }
    case "rollout":
      return keepOffersRight(deps, shop);
    case "collection": {
      const pools = await listCollectionBundles(db, shop);
      const isPool = pools.some(({ collectionGid }) => collectionGid === message.collectionGid);
      return isPool ? keepOffersRight(deps, shop) : undefined;
    }
    case "reread":
      return askToReread(deps, { shop, now, ordersSince: triggeredAt });
    case "subscription":
      return saveSubscriptionChange(db, shop, message.subscription, triggeredAt);
    case "uninstalled":
      return uninstall(deps, { shop, triggeredAt });
    case "data_request":
      return exportCustomerData(deps, { shop, subject: message.subject, requestedAt: triggeredAt });
    case "customer_redact":
      return eraseCustomer(deps, { shop, subject: message.subject, now });
    case "shop_redact":
      return eraseShop(deps, { shop, requestedAt: triggeredAt });
    default: {
      const changes = await inTransaction(pool, async (client) => {
        // The customer may have been erased since the row was read; then the payload no longer identifies them.
        const payload = await holdInboxPayload(client, { shop, webhookId });
        const alone = payload === undefined ? [] : [{ ...received, message: InboxMessage.parse(payload) }];
        return saveMessages(client, shop, alone.filter(isSavedTogether));
      });
      return followChanges(deps, { shop, now }, changes);
    }
  }
}

/** Has live offers follow a change in the shop. */
async function keepOffersRight(deps: Deps, shop: string): Promise<void> {
  await askToPublish(deps, { shop, lane: "live" });
}

async function uninstall(
  { db, jobs, log }: Deps,
  { shop, triggeredAt }: { shop: string; triggeredAt: Date },
): Promise<void> {
  const row = await findShop(db, shop);
  if (!row) return;
  // A late message about an earlier installation must not end the present one.
  if (row.installedAt > triggeredAt) return forgetRemoved(db, shop, triggeredAt);
  // Nor one that arrives after the app was installed again, as the newest token shows.
  const backAt = await findTokenGivenAt(db, shop);
  const isBack = backAt !== null && backAt.getTime() > triggeredAt.getTime() + CLOCKS_APART_MS;
  if (!isBack) return saveUninstalled(db, shop, triggeredAt);
  await forgetRemoved(db, shop, triggeredAt);
  await saveReturned(db, shop, backAt);
  log.info("collect.returned", { shop });
  await jobs.enqueue("collect.backfill", { shop }, { dedupeKey: `${shop}-${backAt.getTime()}` });
}

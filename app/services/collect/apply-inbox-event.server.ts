import { saveDrift } from "#app/data/bundles/publication.server.ts";
import { listCollectionBundles } from "#app/data/bundles/bundles.server.ts";
import { listForeignProducts } from "#app/data/products/catalogue.server.ts";
import { findPendingInboxRow, markInboxApplied, markInboxFailed } from "#app/data/inbox/inbox.server.ts";
import { markProductDeleted } from "#app/data/products/products.server.ts";
import { findShop, findTokenGivenAt, saveReturned, saveUninstalled } from "#app/data/shops/shops.server.ts";
import { saveSubscriptionChange } from "#app/data/shops/subscriptions.server.ts";
import { inTransaction } from "#app/data/db.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { InboxMessage } from "#app/domain/collect/messages/inbox-message.ts";
import { toLegacyId } from "#app/domain/ids.ts";
import { HOUR_MS, MINUTE_MS } from "#app/domain/time.ts";
import { askToPublish, askToReread } from "#app/services/ask-workers.server.ts";
import {
  eraseCustomer,
  eraseShop,
  exportCustomerData,
} from "#app/services/privacy/answer-privacy-request.server.ts";
import {
  followChanges,
  isSavedTogether,
  saveMessages,
  type ReceivedMessage,
  type SavedTogether,
} from "./save-messages.server.ts";

/** A second, two, four … an hour: what fails for a moment is soon done, what fails for long does no harm. */
const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = HOUR_MS;

/** So much our clock, which times tokens, may differ from Shopify's, which times removals. */
const CLOCKS_APART_MS = MINUTE_MS;

interface InboxApplication {
  readonly shop: string;
  readonly webhookId: string;
  readonly now: Date;
}

interface Message<K extends InboxMessage["kind"]> extends ReceivedMessage<
  Extract<InboxMessage, { kind: K }>
> {
  readonly shop: string;
  readonly now: Date;
}

/**
 * Step 1, collect: applies one inbox row to the shop's tables and asks for what follows from it. May run twice and
 * in any order: every kind of message is idempotent and the later state of a thing wins. The row is marked last,
 * so that whatever fails before is done again.
 *
 * @returns false when a table or the queue refused: the row stays pending, says why and when it is tried again
 * @throws whatever the database throws when not even that could be written down
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
  received: ReceivedMessage,
): Promise<void> {
  if (isSavedTogether(received)) {
    const changes = await inTransaction(deps.pool, (client) => saveMessages(client, shop, [received]));
    await followChanges(deps, { shop, now }, changes);
    return;
  }
  const apply = APPLY[received.message.kind as AppliedAlone] as (
    deps: Deps,
    event: Message<AppliedAlone>,
  ) => Promise<void>;
  await apply(deps, { shop, now, ...received } as Message<AppliedAlone>);
}

type AppliedAlone = Exclude<InboxMessage["kind"], SavedTogether["kind"]>;

const APPLY: { readonly [K in AppliedAlone]: (deps: Deps, event: Message<K>) => Promise<void> } = {
  product_deleted: async (deps, { shop, webhookId, triggeredAt, now, message: { product } }) => {
    const { productGid } = product;
    const isForeign = (await listForeignProducts(deps.pool, shop, [productGid])).length > 0;
    if (!isForeign) await markProductDeleted(deps.pool, shop, productGid, triggeredAt);
    await followChanges(
      deps,
      { shop, now },
      {
        orderGids: [],
        variantGids: [],
        productGids: isForeign ? [] : [productGid],
        isUndecided: false,
        foreignWebhookIds: isForeign ? [webhookId] : [],
      },
    );
  },
  discount: async (deps, { shop, message: { discount } }) => {
    // Without it no checkout gives the price that the storefront shows.
    const row = await findShop(deps.db, shop);
    if (row?.discountGid && toLegacyId(row.discountGid) === discount.discountId) {
      await askToPublish(deps, { shop, lane: "live" });
    }
  },
  theme: ({ db }, { shop, triggeredAt }) => saveDrift(db, shop, ["theme_changed"], triggeredAt),
  rollout: async (deps, { shop }) => {
    await askToPublish(deps, { shop, lane: "live" });
  },
  collection: async (deps, { shop, message: { collectionGid } }) => {
    const pools = await listCollectionBundles(deps.db, shop);
    if (pools.some((pool) => pool.collectionGid === collectionGid))
      await askToPublish(deps, { shop, lane: "live" });
  },
  reread: (deps, { shop, now, triggeredAt }) => askToReread(deps, { shop, now, ordersSince: triggeredAt }),
  subscription: ({ db }, { shop, triggeredAt, message: { subscription } }) =>
    saveSubscriptionChange(db, shop, subscription, triggeredAt),
  uninstalled: async ({ db, jobs, log }, { shop, triggeredAt }) => {
    const row = await findShop(db, shop);
    // A late message on an earlier installation must not end the present one.
    if (!row || row.installedAt > triggeredAt) return;
    // Nor must it where the app came back before anybody heard that it was gone, as its newest token tells.
    const backAt = await findTokenGivenAt(db, shop);
    const isBack = backAt !== null && backAt.getTime() > triggeredAt.getTime() + CLOCKS_APART_MS;
    if (!isBack) return saveUninstalled(db, shop, triggeredAt);
    await saveReturned(db, shop, { uninstalledAt: triggeredAt, backAt });
    log.info("collect.returned", { shop });
    await jobs.enqueue("collect.backfill", { shop }, { dedupeKey: `${shop}-${backAt.getTime()}` });
  },
  data_request: async (deps, { shop, triggeredAt, message: { subject } }) => {
    await exportCustomerData(deps, { shop, subject, requestedAt: triggeredAt });
  },
  customer_redact: async (deps, { shop, now, message: { subject } }) => {
    await eraseCustomer(deps, { shop, subject, now });
  },
  shop_redact: async (deps, { shop, triggeredAt }) => {
    await eraseShop(deps, { shop, requestedAt: triggeredAt });
  },
};

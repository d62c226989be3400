import { saveCartSnapshot } from "#app/data/cart-snapshots.server.ts";
import { findPendingInboxRow, markInboxApplied, markInboxFailed } from "#app/data/inbox.server.ts";
import { saveOrders, saveRefund } from "#app/data/orders.server.ts";
import {
  hasLiveBundleWith,
  listVariantsOf,
  markProductDeleted,
  saveProducts,
  saveStock,
} from "#app/data/products.server.ts";
import { findShop, saveUninstalled } from "#app/data/shops.server.ts";
import { saveSubscriptionChange } from "#app/data/subscriptions.server.ts";
import type { Deps } from "#app/deps.server.ts";
import { InboxMessage } from "#app/domain/collect/inbox-message.ts";
import { toLegacyId } from "#app/domain/ids.ts";
import { HOUR_MS } from "#app/domain/time.ts";
import { askToPublish } from "./ask-to-publish.server.ts";
import { askToReread } from "./ask-to-reread.server.ts";
import { eraseCustomer } from "./erase-customer.server.ts";
import { eraseShop } from "./erase-shop.server.ts";
import { exportCustomerData } from "./export-customer-data.server.ts";
import { recordConversions } from "./record-conversions.server.ts";

/** A second, two, four … an hour: what fails for a moment is soon done, what fails for long does no harm. */
const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = HOUR_MS;

interface InboxApplication {
  readonly shop: string;
  readonly webhookId: string;
  readonly now: Date;
}

interface Message<K extends InboxMessage["kind"]> {
  readonly shop: string;
  readonly webhookId: string;
  readonly triggeredAt: Date;
  readonly now: Date;
  readonly message: Extract<InboxMessage, { kind: K }>;
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
    const message = InboxMessage.parse(row.payload);
    const apply = APPLY[message.kind] as (deps: Deps, event: Message<InboxMessage["kind"]>) => Promise<void>;
    await apply(deps, { shop, webhookId, triggeredAt: row.triggeredAt, now, message });
    await markInboxApplied(deps.db, { shop, webhookId }, now);
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

const APPLY: { readonly [K in InboxMessage["kind"]]: (deps: Deps, event: Message<K>) => Promise<void> } = {
  order: async (deps, { shop, triggeredAt, now, message: { order } }) => {
    const { undecided } = await saveOrders(deps.pool, shop, [order], triggeredAt);
    if (undecided.length > 0) await askToReread(deps, { shop, now });
    await recordConversions(deps, { shop, orderGid: order.orderGid });
  },
  refund: async (deps, { shop, message: { refund } }) => {
    await saveRefund(deps.pool, shop, refund);
    await recordConversions(deps, { shop, orderGid: refund.orderGid });
  },
  product: async (deps, { shop, triggeredAt, now, message: { product } }) => {
    const { productGid } = product;
    const before = await listVariantsOf(deps.pool, shop, [productGid]);
    const { undecided } = await saveProducts(deps.pool, shop, [product], {
      isReading: false,
      toldAt: triggeredAt,
    });
    if (undecided.length > 0) await askToReread(deps, { shop, now });
    await publishIfLive(deps, { shop, now, variantGids: before, productGids: [productGid] });
  },
  product_deleted: async (deps, { shop, triggeredAt, now, message: { product } }) => {
    await markProductDeleted(deps.pool, shop, product.productGid, triggeredAt);
    await publishIfLive(deps, { shop, now, productGids: [product.productGid] });
  },
  stock: async (deps, { shop, triggeredAt, now, message: { stock } }) => {
    const variantGids = await saveStock(deps.pool, shop, stock, triggeredAt);
    await publishIfLive(deps, { shop, now, variantGids });
  },
  cart: async (deps, { shop, webhookId, triggeredAt, message: { cart } }) => {
    await saveCartSnapshot(deps.pool, shop, { ...cart, webhookId, triggeredAt: triggeredAt.toISOString() });
  },
  discount: async (deps, { shop, now, message: { discount } }) => {
    // Without it no checkout gives the price that the storefront shows.
    const row = await findShop(deps.db, shop);
    if (row?.discountGid && toLegacyId(row.discountGid) === discount.discountId) {
      await askToPublish(deps, { shop, now });
    }
  },
  reread: (deps, { shop, now }) => askToReread(deps, { shop, now }),
  subscription: ({ db }, { shop, triggeredAt, message: { subscription } }) =>
    saveSubscriptionChange(db, shop, subscription, triggeredAt),
  uninstalled: async (deps, { shop, triggeredAt }) => {
    const row = await deps.db.shop.findUnique({ where: { shop }, select: { installedAt: true } });
    // A late message on an earlier installation must not end the present one.
    if (row && row.installedAt <= triggeredAt) await saveUninstalled(deps.db, shop, triggeredAt);
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
  noted: async () => {},
};

/** The storefront changes only when a bundle that it shows, or would show, holds what changed. */
async function publishIfLive(
  deps: Deps,
  {
    shop,
    now,
    variantGids = [],
    productGids = [],
  }: { shop: string; now: Date; variantGids?: readonly string[]; productGids?: readonly string[] },
): Promise<void> {
  if (await hasLiveBundleWith(deps.pool, shop, { variantGids, productGids })) {
    await askToPublish(deps, { shop, now });
  }
}

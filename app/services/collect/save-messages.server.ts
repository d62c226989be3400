import type { PoolClient } from "pg";
import { listForeignProducts } from "#app/data/products/catalogue.server.ts";
import { saveOrders } from "#app/data/orders/orders.server.ts";
import {
  hasLiveBundleWith,
  listVariantsOf,
  saveProducts,
  saveStock,
} from "#app/data/products/products.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { type InboxMessage, listNamedProducts } from "#app/domain/collect/messages/inbox-message.ts";
import { askToPublish, askToReread } from "#app/services/ask-workers.server.ts";
import { recordConversions } from "#app/services/evaluate/record-conversions.server.ts";

/** Messages that a sale brings by the thousand. One statement saves many of them. */
const SAVED_TOGETHER = ["order", "refund", "product", "stock", "noted"] as const;
type SavedTogether = Extract<InboxMessage, { kind: (typeof SAVED_TOGETHER)[number] }>;

/** A message with its webhook. */
export interface ReceivedMessage<M extends InboxMessage = InboxMessage> {
  readonly webhookId: string;
  /** When Shopify raised the webhook. */
  readonly triggeredAt: Date;
  readonly message: M;
}

/** The changes of saved messages, for the follow-up after the transaction. */
interface SavedChanges {
  readonly orderGids: readonly string[];
  readonly variantGids: readonly string[];
  readonly productGids: readonly string[];
  /** Two different messages of the same moment: only the API can say which is right. */
  readonly isUndecided: boolean;
  /** Messages that name products of another shop, which are not trusted. */
  readonly foreignWebhookIds: readonly string[];
}

export const NO_CHANGES: SavedChanges = {
  orderGids: [],
  variantGids: [],
  productGids: [],
  isUndecided: false,
  foreignWebhookIds: [],
};

export function isSavedTogether(received: ReceivedMessage): received is ReceivedMessage<SavedTogether> {
  return (SAVED_TOGETHER as readonly string[]).includes(received.message.kind);
}

/**
 * Step 1, collect: saves messages to the shop's tables inside the caller's transaction. Takes any number per thing, in
 * any order, and repeats: the later state wins. Leaves out a message that names a product of another shop, because its
 * body was signed for that shop. Call `followChanges` after it.
 */
export async function saveMessages(
  client: PoolClient,
  shop: string,
  all: readonly ReceivedMessage<SavedTogether>[],
): Promise<SavedChanges> {
  const { received, foreignWebhookIds } = await leaveOutForeign(client, shop, all);
  const orders = pick(received, "order").map(({ message, triggeredAt: reportedAt }) => ({
    event: message.order,
    reportedAt,
  }));
  const refunds = pick(received, "refund").map(({ message }) => message.refund);
  const products = pick(received, "product").map(({ message, triggeredAt: reportedAt }) => ({
    event: message.product,
    reportedAt,
  }));
  const stock = pick(received, "stock").map(({ message, triggeredAt: reportedAt }) => ({
    event: message.stock,
    reportedAt,
  }));
  let isUndecided = false;
  const variantGids: string[] = [];

  if (orders.length + refunds.length > 0) {
    const undecided = await saveOrders(client, shop, orders, refunds);
    isUndecided ||= undecided.length > 0;
  }
  const productGids = [...new Set(products.map(({ event }) => event.productGid))];
  if (products.length > 0) {
    // Variants from before: one that is gone takes its bundles off the storefront.
    variantGids.push(...(await listVariantsOf(client, shop, productGids)));
    const undecided = await saveProducts(client, shop, products, { isReading: false });
    isUndecided ||= undecided.length > 0;
  }
  if (stock.length > 0) variantGids.push(...(await saveStock(client, shop, stock)));
  const orderGids = [
    ...orders.map(({ event }) => event.orderGid),
    ...refunds.map(({ orderGid }) => orderGid),
  ];
  return { orderGids: [...new Set(orderGids)], variantGids, productGids, isUndecided, foreignWebhookIds };
}

/**
 * The follow-up of saved messages. Records the redemptions of the orders. Requests publishing if a live bundle holds a
 * changed product, and a reading of the API if nobody else can decide. That reading also shows whether the shop has the
 * things of a message that was not trusted.
 *
 * @throws AppError queue_down
 */
export async function followChanges(
  deps: Deps,
  { shop, now }: { shop: string; now: Date },
  { orderGids, variantGids, productGids, isUndecided, foreignWebhookIds }: SavedChanges,
): Promise<void> {
  if (foreignWebhookIds.length > 0) deps.log.error("collect.of_another_shop", { shop, foreignWebhookIds });
  if (isUndecided || foreignWebhookIds.length > 0) await askToReread(deps, { shop, now });
  await recordConversions(deps, { shop, orderGids });
  if (variantGids.length + productGids.length === 0) return;
  if (await hasLiveBundleWith(deps.pool, shop, { variantGids, productGids })) {
    await askToPublish(deps, { shop, lane: "live" });
  }
}

async function leaveOutForeign(
  client: PoolClient,
  shop: string,
  all: readonly ReceivedMessage<SavedTogether>[],
) {
  const named = all.flatMap(({ message }) => listNamedProducts(message));
  const foreign = new Set(await listForeignProducts(client, shop, named));
  const isForeign = ({ message }: ReceivedMessage) =>
    listNamedProducts(message).some((gid) => foreign.has(gid));
  return {
    received: foreign.size === 0 ? all : all.filter((one) => !isForeign(one)),
    foreignWebhookIds: foreign.size === 0 ? [] : all.filter(isForeign).map(({ webhookId }) => webhookId),
  };
}

function pick<K extends SavedTogether["kind"]>(received: readonly ReceivedMessage<SavedTogether>[], kind: K) {
  return received.filter(
    (one): one is ReceivedMessage<Extract<SavedTogether, { kind: K }>> => one.message.kind === kind,
  );
}

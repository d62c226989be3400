import { z } from "zod";
import type { Result } from "#app/domain/result.ts";
import { toLegacyId } from "#app/domain/ids.ts";
import { PLAN_KEYS } from "#app/domain/plans.ts";
import { OrderEvent, RefundEvent } from "#app/domain/collect/order-event.ts";
import { toOrderEvent, toRefundEvent } from "./order-payload.ts";
import { CustomerSubject, toCustomerSubject } from "./privacy-payload.ts";
import {
  ProductDeletion,
  ProductEvent,
  StockEvent,
  toProductDeletion,
  toProductEvent,
  toStockEvent,
} from "./product-event.ts";
import { Gid, NumericId, readPayload, toGid } from "./shopify-values.ts";

/** A discount of the shop, from any app, that was changed or deleted. */
const DiscountChange = z.object({
  /** Only the number, because Shopify names one discount by gids of several kinds. */
  discountId: z.string(),
});
type DiscountChange = z.infer<typeof DiscountChange>;

const SubscriptionChange = z.object({
  subscriptionGid: z.string(),
  /** The plan that it pays for from now on; null for none. */
  plan: z.enum(PLAN_KEYS).nullable(),
});
type SubscriptionChange = z.infer<typeof SubscriptionChange>;

/** The content of an inbox row: only what the app needs from one webhook. */
export const InboxMessage = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("order"), order: OrderEvent }),
  z.object({ kind: z.literal("order_deleted"), orderGid: Gid }),
  z.object({ kind: z.literal("refund"), refund: RefundEvent }),
  z.object({ kind: z.literal("product"), product: ProductEvent }),
  z.object({ kind: z.literal("product_deleted"), product: ProductDeletion }),
  z.object({ kind: z.literal("stock"), stock: StockEvent }),
  z.object({ kind: z.literal("discount"), discount: DiscountChange }),
  /** Another theme is live; our blocks are in the previous one. */
  z.object({ kind: z.literal("theme") }),
  /** The shop's settings changed, possibly its currency or time zone. */
  z.object({ kind: z.literal("shop"), currency: z.string(), timeZone: z.string() }),
  /** A Rollout was added, removed or changed; publishing asks Shopify which ones serve. */
  z.object({ kind: z.literal("rollout") }),
  /** A collection changed or was deleted; its products are read from the API. */
  z.object({ kind: z.literal("collection"), collectionGid: Gid }),
  /** An order changed in a way that the message does not contain; it is read from the API. */
  z.object({ kind: z.literal("reread") }),
  z.object({ kind: z.literal("subscription"), subscription: SubscriptionChange }),
  z.object({ kind: z.literal("uninstalled") }),
  z.object({ kind: z.literal("data_request"), subject: CustomerSubject }),
  z.object({ kind: z.literal("customer_redact"), subject: CustomerSubject }),
  z.object({ kind: z.literal("shop_redact") }),
  /** Acknowledged; nothing follows. */
  z.object({ kind: z.literal("noted") }),
]);
export type InboxMessage = z.infer<typeof InboxMessage>;

const ShopChange = z.object({ currency: z.string(), iana_timezone: z.string() });

interface InboxContext {
  readonly webhookId: string;
  /** ISO 4217 code of the shop. */
  readonly currency: string;
  /** Keyed hash of an id, with a key of this shop only. */
  toKey(id: string): string;
}

/**
 * Every topic that the app subscribes to, as in Shopify's header. None is for carts.
 *
 * @see app/decisions/collect/119-a-cart-is-nothing-until-it-is-an-order.md
 */
const READERS: Readonly<
  Record<string, (payload: unknown, context: InboxContext) => Result<InboxMessage, "payload_unusable">>
> = {
  "orders/create": readOrder,
  "orders/updated": readOrder,
  "orders/cancelled": readOrder,
  "orders/delete": (payload) =>
    readPayload(z.object({ id: NumericId }), payload, ({ id }) => ({
      kind: "order_deleted",
      orderGid: toGid("Order", id),
    })),
  // The payload lists added and removed lines without their contents.
  "orders/edited": () => ({ ok: true, value: { kind: "reread" } }),
  "refunds/create": (payload, { currency }) =>
    map(toRefundEvent(payload, currency), (refund) => ({ kind: "refund", refund })),
  "products/create": readProduct,
  "products/update": readProduct,
  "products/delete": (payload) =>
    map(toProductDeletion(payload), (product) => ({ kind: "product_deleted", product })),
  "inventory_levels/update": (payload) => map(toStockEvent(payload), (stock) => ({ kind: "stock", stock })),
  "discounts/update": readDiscount,
  "discounts/delete": readDiscount,
  "collections/update": (payload) =>
    readPayload(z.object({ admin_graphql_api_id: Gid }), payload, ({ admin_graphql_api_id }) => ({
      kind: "collection",
      collectionGid: admin_graphql_api_id,
    })),
  // The payload of a deletion holds only the id.
  "collections/delete": (payload) =>
    readPayload(z.object({ id: NumericId }), payload, ({ id }) => ({
      kind: "collection",
      collectionGid: toGid("Collection", id),
    })),
  "themes/publish": () => ({ ok: true, value: { kind: "theme" } }),
  "shop/update": (payload) =>
    readPayload(ShopChange, payload, ({ currency, iana_timezone: timeZone }) => ({
      kind: "shop",
      currency,
      timeZone,
    })),
  "rollouts/create": readRollout,
  "rollouts/update": readRollout,
  "rollouts/delete": readRollout,
  "rollouts/resource_change_added": readRollout,
  "rollouts/resource_change_removed": readRollout,
  "rollouts/resource_change_updated": readRollout,
  "app/uninstalled": () => ({ ok: true, value: { kind: "uninstalled" } }),
  "app/scopes_update": () => ({ ok: true, value: { kind: "noted" } }),
  "app_subscriptions/update": (payload) =>
    map(toSubscriptionChange(payload), (subscription) =>
      subscription === null ? { kind: "noted" } : { kind: "subscription", subscription },
    ),
  "bulk_operations/finish": () => ({ ok: true, value: { kind: "noted" } }),
  "customers/data_request": (payload, { webhookId, toKey }) =>
    map(toCustomerSubject(payload, webhookId, toKey), (subject) => ({ kind: "data_request", subject })),
  "customers/redact": (payload, { webhookId, toKey }) =>
    map(toCustomerSubject(payload, webhookId, toKey), (subject) => ({ kind: "customer_redact", subject })),
  "shop/redact": () => ({ ok: true, value: { kind: "shop_redact" } }),
};

export const WEBHOOK_TOPICS: readonly string[] = Object.keys(READERS);

/**
 * Step 1, collect: converts one webhook to what the app stores of it.
 *
 * @param topic as in the header, "orders/create"
 * @param payload parsed with `parseJsonKeepingIds`
 * @returns reason "topic_unknown", or "payload_unusable" with the first field that does not fit
 */
export function toInboxMessage(
  topic: string,
  payload: unknown,
  context: InboxContext,
): Result<InboxMessage, "topic_unknown" | "payload_unusable"> {
  const read = READERS[topic];
  return read ? read(payload, context) : { ok: false, reason: "topic_unknown", detail: topic };
}

function readOrder(payload: unknown, { toKey }: InboxContext): Result<InboxMessage, "payload_unusable"> {
  return map(toOrderEvent(payload, toKey), (order) => ({ kind: "order", order }));
}

function readProduct(payload: unknown, { currency }: InboxContext): Result<InboxMessage, "payload_unusable"> {
  return map(toProductEvent(payload, currency), (product) => ({ kind: "product", product }));
}

function readDiscount(payload: unknown): Result<InboxMessage, "payload_unusable"> {
  return map(toDiscountChange(payload), (discount) => ({ kind: "discount", discount }));
}

function readRollout(): Result<InboxMessage, "payload_unusable"> {
  return { ok: true, value: { kind: "rollout" } };
}

function map<T, U, R extends string>(result: Result<T, R>, convert: (value: T) => U): Result<U, R> {
  return result.ok ? { ok: true, value: convert(result.value) } : result;
}

/**
 * Step 1, collect: the payload of `discounts/update` and `discounts/delete`. The discount's new state is not read;
 * publishing asks Shopify.
 *
 * @returns reason "payload_unusable" with the first field that does not fit
 */
function toDiscountChange(payload: unknown): Result<DiscountChange, "payload_unusable"> {
  return readPayload(z.object({ admin_graphql_api_id: Gid }), payload, ({ admin_graphql_api_id }) => ({
    discountId: toLegacyId(admin_graphql_api_id),
  }));
}

/** The values of `AppSubscriptionStatus`. */
const Payload = z.object({
  app_subscription: z.object({
    admin_graphql_api_id: z.string().startsWith("gid://shopify/AppSubscription/"),
    name: z.string(),
    status: z.enum(["ACCEPTED", "ACTIVE", "CANCELLED", "DECLINED", "EXPIRED", "FROZEN", "PENDING"]),
  }),
});

/**
 * Step 1, collect: the payload of `app_subscriptions/update`. A frozen subscription, of a merchant who does not pay
 * Shopify, pays for nothing until it is active again.
 *
 * @returns null if it starts or ends no plan: it waits for the merchant, or is for no plan that is sold; reason
 *   "payload_unusable" with the first field that does not fit
 */
function toSubscriptionChange(payload: unknown): Result<SubscriptionChange | null, "payload_unusable"> {
  return readPayload(Payload, payload, ({ app_subscription: { admin_graphql_api_id, name, status } }) => {
    if (status === "ACCEPTED" || status === "PENDING") return null;
    if (status !== "ACTIVE") return { subscriptionGid: admin_graphql_api_id, plan: null };
    const plan = PLAN_KEYS.find((key) => key === name);
    return plan === undefined ? null : { subscriptionGid: admin_graphql_api_id, plan };
  });
}

/**
 * Gids of the products in a message. A refund and a stock level name none: without the order, or the product's variant,
 * they have no effect.
 */
export function listNamedProducts(message: InboxMessage): string[] {
  switch (message.kind) {
    case "order":
      return message.order.lines.flatMap(({ productGid }) => productGid ?? []);
    case "product":
    case "product_deleted":
      return [message.product.productGid];
    default:
      return [];
  }
}

const Domain = z.string().nullable().catch(null);
/** `domain`, next to them, can be the merchant's own domain. */
const NamedShop = z.object({ shop_domain: Domain, myshopify_domain: Domain });

/**
 * The shop that a payload names. Only payloads about a whole shop name it: `app/uninstalled` and the compliance topics.
 * A webhook's signature covers only its body, so this detects a body under another shop's header.
 *
 * @returns in lower case, like the header; null if the payload names no shop
 */
export function readNamedShop(payload: unknown): string | null {
  const parsed = NamedShop.safeParse(payload);
  if (!parsed.success) return null;
  return (parsed.data.shop_domain ?? parsed.data.myshopify_domain)?.toLowerCase() ?? null;
}

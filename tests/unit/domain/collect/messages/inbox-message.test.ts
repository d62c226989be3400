import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  InboxMessage,
  toInboxMessage,
  WEBHOOK_TOPICS,
  listNamedProducts,
  readNamedShop,
} from "#app/domain/collect/messages/inbox-message.ts";
import { parseJsonKeepingIds } from "#app/domain/collect/messages/shopify-values.ts";
import { readWebhook } from "#tests/fixtures/webhooks/read-webhook.ts";

const context = { webhookId: "w1", currency: "EUR", toKey: (id: string) => `key of ${id}` };

/** The stored message of a webhook, as it is read back from the inbox. */
function keep(topic: string, payload: unknown): InboxMessage {
  const read = toInboxMessage(topic, payload, context);
  if (!read.ok) throw new Error(read.detail);
  return InboxMessage.parse(JSON.parse(JSON.stringify(read.value)));
}
const recorded = (name: string) => parseJsonKeepingIds(readWebhook(name));

const VISITOR = "0123456789abcdef0123456789abcdef";
const order = {
  orderGid: "gid://shopify/Order/9007199254740993001",
  placedAt: "2026-11-02T09:14:58.000Z",
  updatedAt: "2026-11-02T09:15:03.000Z",
  currency: "EUR",
  customerKey: "key of gid://shopify/Customer/7700000000000000123",
  cancelledAt: null,
  isTest: false,
  arm: "treated",
  visitorKey: VISITOR,
  // 45.00 − 5.50 + 2 × 10.00 − 2.00.
  totalMinor: 5_750,
  lines: [
    {
      lineGid: "gid://shopify/LineItem/51",
      variantGid: "gid://shopify/ProductVariant/9007199254740993111",
      productGid: "gid://shopify/Product/301",
      sku: "KETTLE-1",
      title: "Gooseneck kettle",
      quantity: 1,
      unitPriceMinor: 4_500,
      discountMinor: 550,
      bundleDiscountMinor: 450,
      includedTaxMinor: 631,
      removedQuantity: 0,
      isGiftCard: false,
    },
    {
      lineGid: "gid://shopify/LineItem/52",
      variantGid: "gid://shopify/ProductVariant/9007199254740993112",
      productGid: "gid://shopify/Product/302",
      sku: "FILTER-100",
      title: "Paper filters - 100",
      quantity: 2,
      unitPriceMinor: 1_000,
      discountMinor: 200,
      bundleDiscountMinor: 200,
      includedTaxMinor: 287,
      removedQuantity: 0,
      isGiftCard: false,
    },
  ],
  refunds: [],
};
const product = {
  productGid: "gid://shopify/Product/301",
  title: "Gooseneck kettle",
  handle: "gooseneck-kettle",
  productType: "Kitchen > Coffee",
  tags: ["coffee", "pour over"],
  status: "active",
  imageUrl: "https://cdn.shopify.com/s/files/kettle.jpg",
  updatedAt: "2026-11-01T08:00:00.000Z",
  hasAllVariants: true,
  variants: [
    {
      variantGid: "gid://shopify/ProductVariant/9007199254740993111",
      inventoryItemGid: "gid://shopify/InventoryItem/9007199254740993511",
      title: "Steel",
      sku: "KETTLE-1",
      priceMinor: 4_500,
      inventoryQuantity: 14,
      position: 1,
    },
    {
      variantGid: "gid://shopify/ProductVariant/9007199254740993113",
      inventoryItemGid: "gid://shopify/InventoryItem/9007199254740993513",
      title: "Copper",
      sku: "KETTLE-2",
      priceMinor: 5_500,
      inventoryQuantity: 3,
      position: 2,
    },
  ],
};
const subject = (requestId: string) => ({
  requestId,
  customerKeys: [
    "key of gid://shopify/Customer/7700000000000000123",
    "key of import:7700000000000000123",
    "key of import:ada.quist@mail.example",
  ],
  orderGids: ["gid://shopify/Order/9007199254740993001"],
});

const KEPT: readonly (readonly [topic: string, fixture: string | null, kept: unknown])[] = [
  ["orders/create", "orders-create", { kind: "order", order }],
  ["orders/updated", "orders-create", { kind: "order", order }],
  ["orders/cancelled", "orders-create", { kind: "order", order }],
  ["orders/edited", "orders-edited", { kind: "reread" }],
  ["orders/delete", "orders-delete", { kind: "order_deleted", orderGid: order.orderGid }],
  [
    "refunds/create",
    "refunds-create",
    {
      kind: "refund",
      refund: {
        refundGid: "gid://shopify/Refund/871",
        orderGid: "gid://shopify/Order/9007199254740993001",
        refundedAt: "2026-11-05T08:00:00.000Z",
        amountMinor: 900,
        lines: [{ lineGid: "gid://shopify/LineItem/52", quantity: 1 }],
        reason: "damaged",
      },
    },
  ],
  ["products/create", "products-update", { kind: "product", product }],
  ["products/update", "products-update", { kind: "product", product }],
  [
    "products/delete",
    "products-delete",
    { kind: "product_deleted", product: { productGid: product.productGid } },
  ],
  [
    "inventory_levels/update",
    "inventory-levels-update",
    {
      kind: "stock",
      stock: {
        inventoryItemGid: "gid://shopify/InventoryItem/9007199254740993511",
        locationKey: "655441491",
        availableUnits: 0,
        updatedAt: "2026-11-03T07:00:00.000Z",
      },
    },
  ],
  [
    "discounts/update",
    "discounts-update",
    { kind: "discount", discount: { discountId: "9007199254740993501" } },
  ],
  [
    "discounts/delete",
    "discounts-update",
    { kind: "discount", discount: { discountId: "9007199254740993501" } },
  ],
  ["themes/publish", null, { kind: "theme" }],
  ["shop/update", "shop-update", { kind: "shop", currency: "EUR", timeZone: "Europe/Berlin" }],
  ...[
    "create",
    "update",
    "delete",
    "resource_change_added",
    "resource_change_removed",
    "resource_change_updated",
  ].map((change) => [`rollouts/${change}`, null, { kind: "rollout" }] as const),
  ["app/uninstalled", null, { kind: "uninstalled" }],
  ["app/scopes_update", null, { kind: "noted" }],
  ["bulk_operations/finish", null, { kind: "noted" }],
  ["customers/data_request", "customers-data-request", { kind: "data_request", subject: subject("9999") }],
  ["customers/redact", "customers-redact", { kind: "customer_redact", subject: subject("w1") }],
  ["shop/redact", "shop-redact", { kind: "shop_redact" }],
];

/** Topics with their own tests: subscriptions and collections. */
const OTHERS = ["app_subscriptions/update", "collections/update", "collections/delete"];

describe("toInboxMessage", () => {
  it("rejects a topic that the app did not subscribe to", () => {
    expect(toInboxMessage("orders/paid", {}, context)).toEqual({
      ok: false,
      reason: "topic_unknown",
      detail: "orders/paid",
    });
  });

  it.each(KEPT)("keeps of %s only the fields that the app needs", (topic, fixture, kept) => {
    expect(keep(topic, fixture === null ? {} : recorded(fixture))).toEqual(kept);
  });

  it("knows every topic", () => {
    expect([...KEPT.map(([topic]) => topic), ...OTHERS].sort()).toEqual([...WEBHOOK_TOPICS].sort());
  });

  it.each(KEPT.filter(([, , kept]) => Object.keys(kept as object).length > 1).map(([topic]) => topic))(
    "rejects %s with the payload of another topic and names the wrong field",
    (topic) => {
      // A request about personal data can come without a name.
      if (topic.startsWith("customers/")) return;
      const read = toInboxMessage(topic, { hello: "world" }, context);
      expect(read).toMatchObject({ ok: false, reason: "payload_unusable" });
      expect(read.ok ? "" : read.detail).toMatch(/^[\w.]+: ./);
    },
  );

  it("rejects a payload that is not an object", () => {
    expect(toInboxMessage("orders/create", null, context)).toMatchObject({
      reason: "payload_unusable",
      detail: expect.stringMatching(/^payload: /),
    });
  });
});

describe("subscription change", () => {
  const subscription = (changes: object = {}) => ({
    app_subscription: {
      admin_graphql_api_id: "gid://shopify/AppSubscription/1",
      name: "plus",
      status: "ACTIVE",
      ...changes,
    },
  });
  const kept = (changes?: object) => keep("app_subscriptions/update", subscription(changes));

  it.each([
    ["no gid of one", { admin_graphql_api_id: "gid://shopify/Order/1" }],
    ["a status that nobody knows", { status: "SOLD" }],
    ["no name", { name: null }],
  ])("is refused with %s", (_, changes) => {
    expect(toInboxMessage("app_subscriptions/update", subscription(changes), context).ok).toBe(false);
  });

  it.each(["ACCEPTED", "PENDING"])("is only noted while it waits for the merchant (%s)", (status) => {
    expect(kept({ status })).toEqual({ kind: "noted" });
  });

  it("is only noted for an unknown plan", () => {
    expect(kept({ name: "gold" })).toEqual({ kind: "noted" });
  });

  it("starts the paid plan", () => {
    for (const plan of ["free", "standard", "plus"])
      expect(kept({ name: plan })).toEqual({
        kind: "subscription",
        subscription: { subscriptionGid: "gid://shopify/AppSubscription/1", plan },
      });
  });

  it.each(["CANCELLED", "DECLINED", "EXPIRED", "FROZEN"])("ends a subscription that is %s", (status) => {
    expect(kept({ status })).toEqual({
      kind: "subscription",
      subscription: { subscriptionGid: "gid://shopify/AppSubscription/1", plan: null },
    });
  });
});

describe("privacy request", () => {
  it.each([
    ["that names nobody", {}, { requestId: "w1", customerKeys: [], orderGids: [] }],
    [
      "that names an address alone, whatever its letters",
      { customer: { email: " Ada@Mail.example " } },
      { requestId: "w1", customerKeys: ["key of import:ada@mail.example"], orderGids: [] },
    ],
    [
      "that names orders of both kinds",
      { orders_requested: [1], orders_to_redact: ["2"] },
      { requestId: "w1", customerKeys: [], orderGids: ["gid://shopify/Order/1", "gid://shopify/Order/2"] },
    ],
  ])("%s is stored with pseudonyms", (_, payload, kept) => {
    expect(keep("customers/redact", payload)).toEqual({ kind: "customer_redact", subject: kept });
  });
});

describe("products that a message names", () => {
  it.each([
    ["orders/create", "orders-create", ["gid://shopify/Product/301", "gid://shopify/Product/302"]],
    ["products/update", "products-update", ["gid://shopify/Product/301"]],
    ["products/delete", "products-delete", ["gid://shopify/Product/301"]],
    ["refunds/create", "refunds-create", []],
    ["inventory_levels/update", "inventory-levels-update", []],
  ])("are listed for %s", (topic, fixture, gids) => {
    expect(listNamedProducts(keep(topic, recorded(fixture)))).toEqual(gids);
  });

  it("are empty for lines without a product", () => {
    const tip = { ...order, lines: [{ ...order.lines[0]!, productGid: null }] };
    expect(listNamedProducts(InboxMessage.parse({ kind: "order", order: tip }))).toEqual([]);
  });
});

describe("readNamedShop", () => {
  it.each([
    ["a text in its place", { shop_domain: 5, myshopify_domain: null }, null],
    ["an address of the merchant's own, which no header has", { domain: "tea.example" }, null],
    ["a shop that stands deeper in the payload", { order: { shop_domain: "tea.myshopify.com" } }, null],
    ["letters' case", { shop_domain: "Tea.myshopify.com" }, "tea.myshopify.com"],
    [
      "fields beside it",
      { id: 7, domain: "tea.example", myshopify_domain: "tea.myshopify.com" },
      "tea.myshopify.com",
    ],
  ])("returns the shop of the payload or null, given %s", (_, payload, shop) => {
    expect(readNamedShop(payload)).toBe(shop);
  });

  it("returns null for every other JSON value and never throws", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (payload) => {
        expect(readNamedShop(payload)).toBeNull();
      }),
    );
    expect(readNamedShop(undefined)).toBeNull();
  });
});

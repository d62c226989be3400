import { describe, expect, it } from "vitest";
import { groupImportedOrders } from "#app/domain/collect/order-log/group-imported-orders.ts";
import { toOrderEvent, toRefundEvent } from "#app/domain/collect/messages/order-payload.ts";
import {
  toProductDeletion,
  toProductEvent,
  toStockEvent,
} from "#app/domain/collect/messages/product-event.ts";
import { toProductEventFromNode } from "#app/domain/collect/messages/product-node.ts";
import { readPayload } from "#app/domain/collect/messages/shopify-values.ts";
import { z } from "zod";

const line = {
  admin_graphql_api_id: "gid://shopify/LineItem/1",
  quantity: 2,
  price: "10.00",
};
const order = {
  admin_graphql_api_id: "gid://shopify/Order/1",
  created_at: "2026-11-02T10:15:00+01:00",
  updated_at: "2026-11-02T10:15:03+01:00",
  currency: "EUR",
  line_items: [line],
};
const read = (changes: object, lineChanges: object = {}) => {
  const event = toOrderEvent(
    { ...order, line_items: [{ ...line, ...lineChanges }], ...changes },
    (gid) => gid,
  );
  if (!event.ok) throw new Error(event.detail);
  return event.value;
};

describe("order payload", () => {
  it("gives defaults for every optional field", () => {
    expect(read({})).toEqual({
      orderGid: order.admin_graphql_api_id,
      placedAt: "2026-11-02T09:15:00.000Z",
      updatedAt: "2026-11-02T09:15:03.000Z",
      currency: "EUR",
      customerKey: null,
      cancelledAt: null,
      isTest: false,
      arm: null,
      visitorKey: null,
      totalMinor: 2_000,
      lines: [
        {
          lineGid: line.admin_graphql_api_id,
          variantGid: null,
          productGid: null,
          sku: "",
          title: "",
          quantity: 2,
          unitPriceMinor: 1_000,
          discountMinor: 0,
          bundleDiscountMinor: 0,
          removedQuantity: 0,
          isGiftCard: false,
        },
      ],
      refunds: [],
    });
  });

  it.each([
    ["was cancelled", { cancelled_at: "2026-11-03T00:00:00Z" }, { cancelledAt: "2026-11-03T00:00:00.000Z" }],
    ["is a test", { test: true }, { isTest: true }],
    [
      "was processed before it was kept",
      { processed_at: "2026-11-01T00:00:00Z" },
      { placedAt: "2026-11-01T00:00:00.000Z" },
    ],
    [
      "has a customer's gid",
      { customer: { admin_graphql_api_id: "gid://shopify/Customer/7" } },
      { customerKey: "gid://shopify/Customer/7" },
    ],
    ["has a customer of no id", { customer: {} }, { customerKey: null }],
  ])("shows that the order %s", (_, changes, kept) => {
    expect(read(changes)).toMatchObject(kept);
  });

  it.each([
    [
      "its name before its title",
      { product_id: 1, name: "Kettle - Steel", title: "Kettle" },
      { title: "Kettle - Steel" },
    ],
    ["its title where it has no name", { product_id: 1, title: "Kettle" }, { title: "Kettle" }],
    [
      "nothing that it is called where a person typed it in",
      { sku: "ADA", name: "For Ada Quist" },
      { sku: "", title: "" },
    ],
    ["that it is a gift card", { gift_card: true }, { isGiftCard: true }],
    ["units taken off", { current_quantity: 1 }, { removedQuantity: 1 }],
    [
      "no units taken off where more are left than were ordered",
      { current_quantity: 3 },
      { removedQuantity: 0 },
    ],
    [
      "what it is",
      { variant_id: 11, product_id: 1, sku: "A" },
      { variantGid: "gid://shopify/ProductVariant/11", productGid: "gid://shopify/Product/1", sku: "A" },
    ],
  ])("keeps %s of a line", (_, changes, kept) => {
    expect(read({}, changes).lines[0]).toMatchObject(kept);
  });

  it("keeps the included tax in the shop's currency, and 0 when tax is added on top", () => {
    const tax_lines = [
      { price: "3.00", price_set: { shop_money: { amount: "2.50" } } },
      { price: "0.40" },
      // Such as the adjustment of another country's price list.
      { price: "-0.10" },
    ];
    const readTax = (taxes_included: boolean | null, lines: object) =>
      read({ taxes_included }, lines).lines[0]!.includedTaxMinor;
    expect(readTax(true, { tax_lines })).toBe(280);
    expect(readTax(true, { tax_lines: [{ price: "-0.10" }] })).toBe(0);
    expect(readTax(true, {})).toBe(0);
    expect(readTax(false, { tax_lines })).toBe(0);
    expect(readTax(null, { tax_lines })).toBeUndefined();
  });

  it("tells our discounts from others by their application, in the shop's currency", () => {
    const discount_applications = [
      { type: "automatic", title: "Sale" },
      { type: "automatic", title: "Bundle offer" },
    ];
    const discount_allocations = [
      { amount: "9.00", amount_set: { shop_money: { amount: "1.00" } }, discount_application_index: 0 },
      { amount: "2.00", discount_application_index: 1 },
      { amount: "0.50", discount_application_index: 1 },
      // An application that is missing from the payload.
      { amount: "0.25", discount_application_index: 2 },
    ];
    const kept = read({ discount_applications }, { discount_allocations });
    expect(kept.lines[0]).toMatchObject({ discountMinor: 375, bundleDiscountMinor: 250 });
    expect(kept.totalMinor).toBe(1_625);
    expect(
      toOrderEvent(
        {
          ...order,
          line_items: [{ ...line, discount_allocations: [{ amount: "1", discount_application_index: -1 }] }],
        },
        String,
      ).ok,
    ).toBe(false);
    expect(
      toOrderEvent(
        {
          ...order,
          line_items: [{ ...line, discount_allocations: [{ amount: "1", discount_application_index: 0.5 }] }],
        },
        String,
      ).ok,
    ).toBe(false);
  });

  it("takes the visitor only from our own attribute, at any position", () => {
    const visitor = "0123456789abcdef".repeat(2);
    const gift = { name: "gift", value: `t:${visitor}` };
    const ours = { name: "_bundlesmith", value: `h:${visitor}` };
    expect(read({ note_attributes: [gift] })).toMatchObject({ arm: null, visitorKey: null });
    expect(read({ note_attributes: [gift, ours] })).toMatchObject({ arm: "holdout", visitorKey: visitor });
  });

  it("leaves out tips as lines and gift cards from the total", () => {
    const lines = [{ gift_card: true }, { tip: { payment_method: null } }, { tip: null }];
    const line_items = lines.map((fields, at) => ({
      admin_graphql_api_id: `gid://shopify/LineItem/${at}`,
      quantity: 1,
      price: "5.00",
      ...fields,
    }));
    const kept = read({ line_items });
    expect(kept.lines.map(({ lineGid }) => lineGid)).toEqual([
      "gid://shopify/LineItem/0",
      "gid://shopify/LineItem/2",
    ]);
    expect(kept.totalMinor).toBe(500);
  });

  it("keeps the same refunds as a refund payload", () => {
    const refund = {
      admin_graphql_api_id: "gid://shopify/Refund/1",
      created_at: "2026-11-05T09:00:00Z",
      processed_at: "2026-11-05T08:00:00Z",
      refund_line_items: [
        { line_item_id: 1, quantity: 1, subtotal: "8.50", subtotal_set: { shop_money: { amount: "8.00" } } },
        { line_item_id: 2, quantity: 3 },
      ],
      order_adjustments: [{ kind: "refund_discrepancy", amount: "-5.00" }],
    };
    const kept = {
      refundGid: refund.admin_graphql_api_id,
      orderGid: order.admin_graphql_api_id,
      refundedAt: "2026-11-05T08:00:00.000Z",
      // The lines plus an amount without a line.
      amountMinor: 1_300,
      lines: [
        { lineGid: "gid://shopify/LineItem/1", quantity: 1 },
        { lineGid: "gid://shopify/LineItem/2", quantity: 3 },
      ],
      reason: "unsaid",
    };
    expect(read({ refunds: [refund] }).refunds).toEqual([kept]);
    const reported = { ...refund, processed_at: undefined };
    expect(toRefundEvent({ ...reported, order_id: 1 }, "EUR")).toEqual({
      ok: true,
      value: { ...kept, refundedAt: "2026-11-05T09:00:00.000Z" },
    });
    expect(toRefundEvent(refund, "EUR").ok).toBe(false);
  });

  const refunded = (changes: object) =>
    toRefundEvent(
      {
        admin_graphql_api_id: "gid://shopify/Refund/1",
        order_id: 1,
        created_at: "2026-11-05T09:00:00Z",
        ...changes,
      },
      "EUR",
    );

  it("never counts a refund below 0 and rejects an amount that no number holds exactly", () => {
    const paidBack = (amount: string) =>
      refunded({ order_adjustments: [{ kind: "refund_discrepancy", amount }] });
    expect(paidBack("5.00")).toMatchObject({ ok: true, value: { amountMinor: 0, lines: [] } });
    expect(paidBack("-5.00")).toMatchObject({ ok: true, value: { amountMinor: 500 } });
    const two = [1, 2].map((line_item_id) => ({ line_item_id, quantity: 1, subtotal: "90071992547409" }));
    expect(refunded({ refund_line_items: two })).toMatchObject({
      ok: false,
      detail: "an amount is out of range",
    });
  });

  it.each([
    ["all that was taken back", ["cancel", "cancel"], "not_shipped"],
    ["some of it", ["cancel", "return"], "unsaid"],
    ["none of it", ["return"], "unsaid"],
    ["of which it does not say", [undefined], "unsaid"],
    ["but of no line", [], "unsaid"],
  ])("decides whether a refund came before shipping: %s", (_, types, reason) => {
    const refund_line_items = types.map((restock_type, at) => ({
      line_item_id: at + 1,
      quantity: 1,
      restock_type,
    }));
    expect(refunded({ refund_line_items })).toMatchObject({ ok: true, value: { reason } });
  });
});

describe("product payload", () => {
  const product = {
    admin_graphql_api_id: "gid://shopify/Product/1",
    title: "Kettle",
    handle: "kettle",
    status: "active",
    updated_at: "2026-11-01T09:00:00+01:00",
  };
  const variant = { admin_graphql_api_id: "gid://shopify/ProductVariant/11", title: "Red", price: "12.50" };
  const keep = (changes: object) => {
    const event = toProductEvent({ ...product, ...changes }, "EUR");
    if (!event.ok) throw new Error(event.detail);
    return event.value;
  };

  it("gives defaults for every optional field and may lack variants", () => {
    expect(keep({})).toEqual({
      productGid: product.admin_graphql_api_id,
      title: "Kettle",
      handle: "kettle",
      productType: "",
      tags: [],
      status: "active",
      imageUrl: null,
      updatedAt: "2026-11-01T08:00:00.000Z",
      hasAllVariants: false,
      variants: [],
    });
    expect(keep({ image: {} }).imageUrl).toBeNull();
    expect(keep({ variants: null }).variants).toEqual([]);
  });

  it("also accepts tags as a list, without blank ones", () => {
    expect(keep({ tags: [" tea ", " ", "pot, large"] }).tags).toEqual(["tea", "pot, large"]);
  });

  it("keeps the variants with their positions", () => {
    const counted = {
      ...variant,
      position: 7,
      sku: "R",
      inventory_item_id: 5,
      inventory_management: "shopify",
    };
    expect(keep({ variants: [variant, counted, variant] }).variants).toEqual([
      {
        variantGid: variant.admin_graphql_api_id,
        inventoryItemGid: null,
        title: "Red",
        sku: "",
        priceMinor: 1_250,
        inventoryQuantity: null,
        position: 1,
      },
      {
        variantGid: variant.admin_graphql_api_id,
        inventoryItemGid: "gid://shopify/InventoryItem/5",
        title: "Red",
        sku: "R",
        priceMinor: 1_250,
        inventoryQuantity: null,
        position: 7,
      },
      expect.objectContaining({ position: 3 }),
    ]);
    expect(toProductEvent({ ...product, variants: [{ ...variant, position: 0 }] }, "EUR").ok).toBe(false);
    expect(keep({ variants: Array.from({ length: 99 }, () => variant) }).hasAllVariants).toBe(true);
  });

  it("identifies deletions and stock levels by id", () => {
    expect(toProductDeletion({ id: "7" })).toEqual({
      ok: true,
      value: { productGid: "gid://shopify/Product/7" },
    });
    expect(toProductDeletion({}).ok).toBe(false);
    const level = { inventory_item_id: 5, location_id: 4, available: -2, updated_at: "2026-11-01T09:00:00Z" };
    expect(toStockEvent(level)).toEqual({
      ok: true,
      value: {
        inventoryItemGid: "gid://shopify/InventoryItem/5",
        locationKey: "4",
        availableUnits: -2,
        updatedAt: "2026-11-01T09:00:00.000Z",
      },
    });
  });

  it("of the Admin API keeps every field", () => {
    const node = {
      id: "gid://shopify/Product/1",
      title: "Kettle",
      handle: "kettle",
      productType: "Kitchen",
      tags: ["tea"],
      status: "ARCHIVED",
      updatedAt: "2026-11-01T08:00:00Z",
      featuredMedia: { preview: { image: { url: "https://cdn.example/kettle.jpg" } } },
    };
    const variantNode = {
      id: "gid://shopify/ProductVariant/11",
      title: "Red",
      sku: "R",
      price: "12.50",
      position: 2,
      inventoryQuantity: null,
      inventoryPolicy: "DENY",
      inventoryItem: { id: "gid://shopify/InventoryItem/5", tracked: true, unitCost: { amount: "5.00" } },
    };
    const kept = {
      productGid: node.id,
      title: "Kettle",
      handle: "kettle",
      productType: "Kitchen",
      tags: ["tea"],
      status: "archived",
      imageUrl: "https://cdn.example/kettle.jpg",
      updatedAt: "2026-11-01T08:00:00.000Z",
      hasAllVariants: true,
      variants: [
        {
          variantGid: variantNode.id,
          inventoryItemGid: "gid://shopify/InventoryItem/5",
          title: "Red",
          sku: "R",
          priceMinor: 1_250,
          costMinor: 500,
          inventoryQuantity: null,
          locationCount: null,
          position: 2,
        },
      ],
    };
    expect(toProductEventFromNode(node, [variantNode], "EUR")).toEqual({ ok: true, value: kept });
    for (const featuredMedia of [
      undefined,
      {},
      { preview: null },
      { preview: {} },
      { preview: { image: null } },
    ])
      expect(toProductEventFromNode({ ...node, featuredMedia }, [], "EUR")).toMatchObject({
        ok: true,
        value: { imageUrl: null, variants: [] },
      });
    expect(toProductEventFromNode(node, [{ ...variantNode, position: 0 }], "EUR")).toMatchObject({
      ok: false,
      reason: "payload_unusable",
    });
  });
});

describe("imported order", () => {
  it("is kept as in the log, without a visitor", () => {
    const placedAtMs = Date.UTC(2026, 2, 1);
    const lines = [
      { itemKey: "A", title: "Kettle", quantity: 2, unitPriceMinor: 4_500, exclusion: "refunded" as const },
      { itemKey: "B", title: "Voucher", quantity: 1, unitPriceMinor: 1_000, exclusion: "gift_card" as const },
    ].map((fields) => ({ orderId: "1", placedAtMs, customerKey: "c1", serviceAtMs: null, ...fields }));
    const findVariant = (sku: string) => (sku === "A" ? { variantGid: "v", productGid: "p" } : undefined);
    const placedAt = "2026-03-01T00:00:00.000Z";
    const common = { lineGid: null, discountMinor: 0, bundleDiscountMinor: 0 };
    expect(groupImportedOrders(lines, { currency: "EUR", findVariant, until: null })).toEqual({
      ok: true,
      value: {
        leftOut: 0,
        tooLong: 0,
        orders: [
          {
            orderGid: "import:1",
            placedAt,
            updatedAt: placedAt,
            currency: "EUR",
            customerKey: "c1",
            cancelledAt: null,
            isTest: false,
            arm: null,
            visitorKey: null,
            totalMinor: 9_000,
            lines: [
              {
                ...common,
                variantGid: "v",
                productGid: "p",
                sku: "A",
                title: "Kettle",
                quantity: 2,
                unitPriceMinor: 4_500,
                removedQuantity: 2,
                isGiftCard: false,
              },
              {
                ...common,
                variantGid: null,
                productGid: null,
                sku: "B",
                title: "Voucher",
                quantity: 1,
                unitPriceMinor: 1_000,
                removedQuantity: 0,
                isGiftCard: true,
              },
            ],
            refunds: [],
          },
        ],
      },
    });
  });
});

describe("readPayload", () => {
  it("throws bugs of our own and names the first wrong field of a payload", () => {
    const convert = () => {
      throw new TypeError("a bug");
    };
    expect(() => readPayload(z.object({}), {}, convert)).toThrow("a bug");
    expect(
      readPayload(z.object({ a: z.object({ b: z.literal(1) }) }), { a: { b: 2 } }, String),
    ).toMatchObject({
      ok: false,
      reason: "payload_unusable",
      detail: expect.stringMatching(/^a\.b: /),
    });
  });
});

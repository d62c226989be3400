import { beforeEach, describe, expect, it } from "vitest";
import type { ShopEvent } from "#tests/standin/shop/shop-records.ts";
import { ShopState } from "#tests/standin/shop/shop-state.ts";

let shop: ShopState;
let events: ShopEvent[];
let variantGid: string;

beforeEach(() => {
  shop = new ShopState();
  const product = shop.catalogue.addProduct({
    title: "Oat soap",
    variants: [{ sku: "OAT", price: "4.00", inventoryQuantity: 10 }],
  });
  variantGid = product.variants[0]!.gid;
  events = [];
  shop.subscribe((event) => events.push(event));
});

const topics = () => events.map(({ topic }) => topic);
const payloadOf = (topic: string) => events.findLast((event) => event.topic === topic)?.payload;

describe("an order", () => {
  it("refuses a refund of more units than are left, and changes nothing", () => {
    const order = shop.orders.create({ lines: [{ variantGid, quantity: 2 }] });
    const lineItemGid = order.lines[0]!.gid;
    const before = structuredClone(order);
    expect(() => shop.orders.refund(order.gid, [{ lineItemGid, quantity: 3 }])).toThrow("has 2 left");
    expect(shop.orders.order(order.gid).lines).toEqual(before.lines);
  });

  it("takes its units out of stock, and a refund puts them back at the discounted price", () => {
    const order = shop.orders.create({
      lines: [
        { variantGid, quantity: 3, discountAllocations: [{ amount: "0.90", discountApplicationIndex: 0 }] },
      ],
    });
    expect(shop.catalogue.variant(variantGid).inventoryQuantity).toBe(7);
    const refund = shop.orders.refund(order.gid, [{ lineItemGid: order.lines[0]!.gid, quantity: 1 }]);
    expect(refund.amount).toBe("3.70");
    expect(shop.catalogue.variant(variantGid).inventoryQuantity).toBe(8);
    expect(order.financialStatus).toBe("PARTIALLY_REFUNDED");
    expect(payloadOf("refunds/create")).toMatchObject({
      refund_line_items: [{ quantity: 1, subtotal: 3.7, restock_type: "return" }],
    });
    expect(payloadOf("orders/updated")).toMatchObject({ current_total_price: "7.40", refunds: [{}] });
  });

  it("raises the topics of each change with a later updated_at each time", () => {
    const order = shop.orders.create({ lines: [{ variantGid, quantity: 1 }] });
    const times = [order.updatedAtMs];
    shop.orders.edit(order.gid, [{ variantGid: null, title: "Gift wrap", price: "1.00", quantity: 1 }]);
    times.push(order.updatedAtMs);
    shop.orders.cancel(order.gid);
    times.push(order.updatedAtMs);
    expect(topics()).toEqual([
      "inventory_levels/update",
      "products/update",
      "orders/create",
      "orders/edited",
      "orders/updated",
      "orders/cancelled",
      "orders/updated",
    ]);
    // Shopify's times have whole seconds, so changes within one second must still be told apart.
    const seconds = times.map((time) => Math.floor(time / 1_000));
    expect(new Set(seconds).size).toBe(3);
    expect(payloadOf("orders/cancelled")).toMatchObject({
      cancel_reason: "customer",
      financial_status: "voided",
    });
  });

  it("from before the app is loaded silently and leaves the stock alone", () => {
    shop.orders.create({ lines: [{ variantGid, quantity: 4 }], placedAtMs: 0 }, { isSilent: true });
    expect(topics()).toEqual([]);
    expect(shop.catalogue.variant(variantGid).inventoryQuantity).toBe(10);
  });
});

describe("a customer's request", () => {
  it("names the orders that it is about", () => {
    const customerGid = "gid://shopify/Customer/5";
    const order = shop.orders.create({ lines: [{ variantGid, quantity: 1 }], customerGid });
    shop.orders.create({ lines: [{ variantGid, quantity: 1 }] });
    shop.requestCustomerData("redact", customerGid);
    const id = Number(order.gid.split("/").at(-1));
    expect(payloadOf("customers/redact")).toMatchObject({ customer: { id: 5 }, orders_to_redact: [id] });
  });
});

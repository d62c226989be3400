import { describe, expect, it } from "vitest";
import { toOrderEvent, toRefundEvent } from "#app/domain/collect/messages/order-payload.ts";

const line = {
  admin_graphql_api_id: "gid://shopify/LineItem/1",
  variant_id: 11,
  product_id: 1,
  sku: "A",
  name: "Kettle",
  quantity: 2,
  current_quantity: 2,
  price: "10.00",
  gift_card: false,
  discount_allocations: [{ amount: "3.00", discount_application_index: 0 }],
};
const order = {
  admin_graphql_api_id: "gid://shopify/Order/1",
  created_at: "2026-11-02T10:15:00+01:00",
  updated_at: "2026-11-02T10:15:03+01:00",
  currency: "EUR",
  discount_applications: [{ type: "automatic", title: "Bundle offer" }],
  line_items: [line],
};
const toKey = (gid: string) => `key of ${gid}`;

function read(changes: Record<string, unknown>) {
  const event = toOrderEvent({ ...order, ...changes }, toKey);
  if (!event.ok) throw new Error(event.detail);
  return event.value;
}

describe("toOrderEvent", () => {
  it.each([
    ["line_items", { line_items: "none" }],
    ["updated_at", { updated_at: "yesterday" }],
    ["currency", { currency: "EURO" }],
    ["line_items.0.price", { line_items: [{ ...line, price: "ten" }] }],
  ])("names the field when %s does not fit, without quoting its value", (field, changes) => {
    const event = toOrderEvent({ ...order, ...changes }, toKey);
    expect(event).toMatchObject({ ok: false, reason: "payload_unusable" });
    expect(event.ok ? "" : event.detail).toContain(field);
  });

  it.each([
    ["a code with our title", { type: "discount_code", title: "Bundle offer" }, 0],
    ["another app's automatic discount", { type: "automatic", title: "Summer sale" }, 0],
    ["a discount whose title only begins like ours", { type: "automatic", title: "Bundle offers" }, 0],
    ["our own discount", { type: "automatic", title: "Bundle offer" }, 300],
    ["our own discount under the Function's message", { type: "automatic", title: "Bundle offer: Tea" }, 300],
  ])("counts the discount of %s", (_, application, bundleDiscountMinor) => {
    const [kept] = read({ discount_applications: [application] }).lines;
    expect(kept).toMatchObject({ discountMinor: 300, bundleDiscountMinor });
  });

  it("counts in shop money when the shopper paid in another currency", () => {
    const price_set = { shop_money: { amount: "8.00" }, presentment_money: { amount: "10.00" } };
    expect(read({ line_items: [{ ...line, price_set }] }).lines[0]?.unitPriceMinor).toBe(800);
  });

  it("derives the removed units from the current quantity", () => {
    expect(read({ line_items: [{ ...line, current_quantity: 0 }] }).lines[0]?.removedQuantity).toBe(2);
  });

  it("keeps a line without a variant, such as a tip or a custom item", () => {
    const [kept] = read({ line_items: [{ ...line, variant_id: null, product_id: null }] }).lines;
    expect(kept).toMatchObject({ variantGid: null, productGid: null });
  });

  it.each([
    ["web", "treated"],
    [null, "treated"],
    ["580111", "treated"],
    ["subscription_contract", "treated"],
    ["pos", null],
    ["shopify_draft_order", null],
    ["iphone", null],
    ["android", null],
  ])(
    "takes the arm of the cart's visitor unless staff entered the order: %s gives %s",
    (source_name, arm) => {
      const note_attributes = [{ name: "_bundlesmith", value: `t:${"ab".repeat(16)}` }];
      expect(read({ source_name, note_attributes })).toMatchObject({
        arm,
        visitorKey: arm && "ab".repeat(16),
      });
    },
  );

  it("distinguishes a guest from a customer", () => {
    expect(read({}).customerKey).toBeNull();
    expect(read({ customer: { id: 7 } }).customerKey).toBe("key of gid://shopify/Customer/7");
  });
});

describe("toRefundEvent", () => {
  const refund = {
    admin_graphql_api_id: "gid://shopify/Refund/1",
    order_id: 1,
    created_at: "2026-11-05T09:00:00Z",
    refund_line_items: [{ line_item_id: 1, quantity: 1, subtotal: 8.5 }],
    transactions: [{ kind: "refund", status: "success", amount: "12.40" }],
    order_adjustments: [] as unknown[],
  };
  const adjustment = (kind: string, shopAmount: string, paidAmount = shopAmount) => ({
    kind,
    amount: paidAmount,
    amount_set: { shop_money: { amount: shopAmount, currency_code: "EUR" } },
  });
  const withoutLines = (...order_adjustments: unknown[]) =>
    toRefundEvent({ ...refund, refund_line_items: [], order_adjustments }, "EUR");

  it("counts the merchandise and not the refunded shipping", () => {
    expect(toRefundEvent(refund, "EUR")).toMatchObject({ ok: true, value: { amountMinor: 850 } });
  });

  it("keeps the reason of the refund but not its note", () => {
    const reported = toRefundEvent({ ...refund, note: "Ada says it leaks" }, "EUR");
    expect(reported).toMatchObject({ ok: true, value: { reason: "damaged" } });
    expect(JSON.stringify(reported)).not.toContain("Ada");
    const refund_line_items = refund.refund_line_items.map((line) => ({ ...line, restock_type: "cancel" }));
    expect(toRefundEvent({ ...refund, refund_line_items }, "EUR")).toMatchObject({
      value: { reason: "not_shipped" },
    });
  });

  it("counts no merchandise when only the shipping was refunded", () => {
    const refunded = withoutLines(adjustment("shipping_refund", "-12.40"));
    expect(refunded).toMatchObject({ ok: true, value: { amountMinor: 0, lines: [] } });
  });

  it("counts an amount without lines in the shop's currency, not in the shopper's", () => {
    const refunded = withoutLines(
      adjustment("shipping_refund", "-5.00"),
      adjustment("refund_discrepancy", "-7.40", "-8.10"),
    );
    expect(refunded).toMatchObject({ ok: true, value: { amountMinor: 740, lines: [] } });
  });

  it("counts in the currency that the refund states, also after the shop has changed its own", () => {
    const [line] = refund.refund_line_items;
    const subtotal_set = { shop_money: { amount: "850", currency_code: "JPY" } };
    const stated = { ...refund, refund_line_items: [{ ...line, subtotal: 850, subtotal_set }] };
    expect(toRefundEvent(stated, "EUR")).toMatchObject({ ok: true, value: { amountMinor: 850 } });
  });

  it("counts an amount without lines whose kind is absent, as in the Admin API of 2026-10", () => {
    const unnamed = { ...adjustment("", "-7.40"), kind: undefined };
    expect(withoutLines(unnamed)).toMatchObject({ ok: true, value: { amountMinor: 740, lines: [] } });
  });

  it.each([
    ["less what was not paid back for them", ["3.00"], 550],
    ["less all of it while the money is still to follow", ["8.50"], 0],
    ["less nothing where the money followed at once", ["8.50", "-8.50"], 850],
    ["never below nothing", ["9.86"], 0],
  ])("counts the returned lines %s", (_, amounts, amountMinor) => {
    const order_adjustments = amounts.map((amount) => adjustment("refund_discrepancy", amount));
    expect(toRefundEvent({ ...refund, order_adjustments }, "EUR")).toMatchObject({ value: { amountMinor } });
  });

  it("ignores the transactions, which include tax and shipping", () => {
    expect(withoutLines()).toMatchObject({ ok: true, value: { amountMinor: 0 } });
  });
});

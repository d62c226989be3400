import { describe, expect, it } from "vitest";
import { mergeRefunds, type RefundEvent } from "#app/domain/collect/order-event.ts";
import { toOrderEventFromNode } from "#app/domain/collect/messages/order-node.ts";

const money = (amount: string) => ({ shopMoney: { amount } });
const node = {
  id: "gid://shopify/Order/1",
  createdAt: "2026-11-02T10:15:00+01:00",
  processedAt: "2026-11-02T10:14:00+01:00",
  updatedAt: "2026-11-02T10:16:00+01:00",
  cancelledAt: null,
  currencyCode: "EUR",
  test: false,
  sourceName: "web",
  customAttributes: [
    { key: "gift", value: "yes" },
    { key: "_bundlesmith", value: `h:${"ab".repeat(16)}` },
  ],
  refunds: [] as object[],
};
const line = {
  id: "gid://shopify/LineItem/1",
  name: "Kettle - Steel",
  sku: "K-1",
  quantity: 3,
  currentQuantity: 2,
  isGiftCard: false,
  variant: { id: "gid://shopify/ProductVariant/11" },
  product: { id: "gid://shopify/Product/1" },
  originalUnitPriceSet: money("10.00"),
  discountAllocations: [] as object[],
};
const allocation = (amount: string, __typename: string, title: string | null) => ({
  allocatedAmountSet: money(amount),
  discountApplication: { __typename, title },
});
const AUTOMATIC = "AutomaticDiscountApplication";

function read(order: object = {}, lines: object[] = [line]) {
  const event = toOrderEventFromNode({ ...node, ...order }, lines);
  if (!event.ok) throw new Error(event.detail);
  return event.value;
}

describe("order of the Admin API", () => {
  it.each([
    ["a currency that is no code", { currencyCode: "EURO" }, {}, "node.currencyCode"],
    ["a time that is none", { updatedAt: "yesterday" }, {}, "node.updatedAt"],
    ["units below none", {}, { quantity: -1 }, "lines.0.quantity"],
    [
      "a price that no number holds exactly",
      {},
      { originalUnitPriceSet: money("90071992547409.92") },
      "out of range",
    ],
    [
      "a total that no number holds exactly",
      {},
      { originalUnitPriceSet: money("90071992547409") },
      "out of range",
    ],
    [
      "a discount that no number holds exactly",
      {},
      { discountAllocations: [1, 2].map(() => allocation("90071992547409", AUTOMATIC, "Sale")) },
      "out of range",
    ],
  ])("is refused with %s", (_, order, changes, detail) => {
    const event = toOrderEventFromNode({ ...node, ...order }, [{ ...line, ...changes }]);
    expect(event).toMatchObject({ ok: false, reason: "payload_unusable" });
    expect(event.ok ? "" : event.detail).toContain(detail);
  });

  it("is kept without its customer, with its total and its discounts", () => {
    const discountAllocations = [
      allocation("2.50", AUTOMATIC, "Bundle offer"),
      allocation("1.00", AUTOMATIC, "Summer sale"),
      allocation("0.50", "DiscountCodeApplication", "Bundle offer"),
    ];
    expect(read({}, [{ ...line, discountAllocations }])).toEqual({
      orderGid: node.id,
      placedAt: "2026-11-02T09:14:00.000Z",
      updatedAt: "2026-11-02T09:16:00.000Z",
      currency: "EUR",
      customerKey: null,
      cancelledAt: null,
      isTest: false,
      arm: "holdout",
      visitorKey: "ab".repeat(16),
      totalMinor: 2_600,
      lines: [
        {
          lineGid: line.id,
          variantGid: "gid://shopify/ProductVariant/11",
          productGid: "gid://shopify/Product/1",
          sku: "K-1",
          title: "Kettle - Steel",
          quantity: 3,
          unitPriceMinor: 1_000,
          discountMinor: 400,
          bundleDiscountMinor: 250,
          removedQuantity: 1,
          isGiftCard: false,
        },
      ],
      refunds: [],
    });
  });

  it("has the tax that a price includes, and 0 when tax is added on top", () => {
    const taxLines = [{ priceSet: money("1.60") }, { priceSet: money("0.32") }];
    const readTax = (taxesIncluded: boolean | undefined, changes: object) =>
      read({ taxesIncluded }, [{ ...line, ...changes }]).lines[0]!.includedTaxMinor;
    expect(readTax(true, { taxLines })).toBe(192);
    expect(readTax(true, {})).toBe(0);
    expect(readTax(false, { taxLines })).toBe(0);
    expect(readTax(undefined, {})).toBeUndefined();
  });

  it("has null for fields that the shop does not report", () => {
    const bare = { processedAt: null, sourceName: undefined, customAttributes: [] };
    const event = read(bare, [{ ...line, variant: null, product: undefined, sku: null }]);
    expect(event).toMatchObject({ placedAt: "2026-11-02T09:15:00.000Z", arm: null, visitorKey: null });
    expect(event.lines[0]).toMatchObject({ variantGid: null, productGid: null, sku: "" });
  });

  it("can be cancelled, a test or from the till, and hold more of a gift card than was bought", () => {
    const event = read({ cancelledAt: "2026-11-03T00:00:00Z", test: true, sourceName: "pos" }, [
      { ...line, isGiftCard: true, currentQuantity: 5 },
    ]);
    expect(event).toMatchObject({ cancelledAt: "2026-11-03T00:00:00.000Z", isTest: true, arm: null });
    expect(event.lines[0]).toMatchObject({ isGiftCard: true, removedQuantity: 0 });
  });

  it("counts its goods without gift cards", () => {
    expect(read({}, [line, { ...line, isGiftCard: true }]).totalMinor).toBe(3_000);
  });

  it("drops the tip line, found by its price and its missing product", () => {
    const tip = { ...line, quantity: 1, variant: null, product: null, originalUnitPriceSet: money("3.59") };
    const lines = [line, { ...tip, originalUnitPriceSet: money("7.00") }, tip, tip];
    const prices = (order: object) => read(order, lines).lines.map(({ unitPriceMinor }) => unitPriceMinor);
    expect(prices({ totalTipReceivedSet: money("3.59") })).toEqual([1_000, 700, 359]);
    expect(prices({ totalTipReceivedSet: money("10.00") })).toEqual([1_000, 700, 359, 359]);
    const free = [{ ...tip, originalUnitPriceSet: money("0.00") }];
    expect(read({ totalTipReceivedSet: money("0.00") }, free).lines).toHaveLength(1);
  });

  it.each([
    ["of several units", { quantity: 3, currentQuantity: 3, discountAllocations: [] }, 1_077],
    [
      "with a discount",
      {
        quantity: 1,
        currentQuantity: 1,
        discountAllocations: [
          {
            allocatedAmountSet: money("0.59"),
            discountApplication: { __typename: "ManualDiscountApplication" },
          },
        ],
      },
      300,
    ],
    [
      "with a tax",
      { quantity: 1, currentQuantity: 1, discountAllocations: [], taxLines: [{ priceSet: money("0.57") }] },
      359,
    ],
  ])("does not mistake a custom line %s for a tip of the same price", (_, changes, totalMinor) => {
    const typed = { ...line, variant: null, product: null, originalUnitPriceSet: money("3.59"), ...changes };
    const tip = { ...typed, quantity: 1, currentQuantity: 1, discountAllocations: [], taxLines: [] };
    const order = read({ totalTipReceivedSet: money("3.59"), taxesIncluded: true }, [typed, tip]);
    expect(order.lines).toMatchObject([{ quantity: changes.quantity }]);
    expect(order.totalMinor).toBe(totalMinor);
    expect(order.lines[0]!.includedTaxMinor).toBe("taxLines" in changes ? 57 : 0);
  });

  it.each([
    ["as it is", "12.34", 1_234],
    ["at most the merchandise", "99.00", 3_000],
    ["at least nothing", "-5.00", 0],
  ])("counts a refund without lines %s", (_, amount, amountMinor) => {
    const refund = { id: "gid://shopify/Refund/1", createdAt: null, totalRefundedSet: money(amount) };
    expect(read({ refunds: [refund] }).refunds).toEqual([
      {
        refundGid: refund.id,
        orderGid: node.id,
        refundedAt: "2026-11-02T09:16:00.000Z",
        amountMinor,
        lines: [],
        reason: "unsaid",
      },
    ]);
    const dated = { ...refund, createdAt: "2026-11-04T00:00:00Z" };
    expect(read({ refunds: [dated] }).refunds[0]!.refundedAt).toBe("2026-11-04T00:00:00.000Z");
  });

  it("counts no refund when the order is worth less than nothing", () => {
    const refund = { id: "gid://shopify/Refund/1", totalRefundedSet: money("5.00") };
    const discountAllocations = [allocation("40.00", AUTOMATIC, "Sale")];
    const event = read({ refunds: [refund] }, [{ ...line, discountAllocations }]);
    expect(event).toMatchObject({ totalMinor: -1_000, refunds: [{ amountMinor: 0 }] });
  });
});

describe("mergeRefunds", () => {
  const refund = (changes: Partial<RefundEvent> = {}): RefundEvent => ({
    refundGid: "r",
    orderGid: "o",
    refundedAt: "2026-11-05T08:00:00.000Z",
    amountMinor: 900,
    lines: [{ lineGid: "l", quantity: 1 }],
    reason: "size",
    ...changes,
  });
  const later = { refundedAt: "2026-11-06T08:00:00.000Z" };

  it("keeps the known refund when the new one has no lines", () => {
    const known = refund();
    expect(mergeRefunds(known, refund({ ...later, lines: [], amountMinor: 1 }))).toEqual(known);
  });

  it("takes the lines and amount of the new refund, but not its time", () => {
    const reported = refund({ ...later, amountMinor: 1_200, reason: "late" });
    const merged = { ...reported, refundedAt: "2026-11-05T08:00:00.000Z" };
    expect(mergeRefunds(refund(), reported)).toEqual(merged);
    expect(mergeRefunds(refund({ lines: [], amountMinor: 5 }), reported)).toEqual(merged);
  });

  it("takes the smaller amount when neither has lines, because the larger one includes tax and shipping", () => {
    const sum = (amountMinor: number) => refund({ lines: [], amountMinor });
    expect(mergeRefunds(sum(900), sum(1_100)).amountMinor).toBe(900);
    expect(mergeRefunds(sum(1_100), sum(900)).amountMinor).toBe(900);
  });

  it("keeps a known reason over an unknown one", () => {
    const unsaid = { reason: "unsaid" } as const;
    expect(mergeRefunds(refund(), refund(unsaid)).reason).toBe("size");
    expect(mergeRefunds(refund(unsaid), refund()).reason).toBe("size");
    expect(mergeRefunds(refund(), refund({ reason: "late" })).reason).toBe("late");
  });
});

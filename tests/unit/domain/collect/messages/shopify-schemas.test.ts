import { describe, expect, it } from "vitest";
import { BrowseEvent } from "#app/domain/collect/browse-event.ts";
import { isBundleDiscount } from "#app/domain/collect/messages/our-marks.ts";
import { OrderEvent, OrderEventLine, readVisitor, RefundEvent } from "#app/domain/collect/order-event.ts";
import { ProductEvent, StockEvent } from "#app/domain/collect/messages/product-event.ts";
import {
  Decimal,
  Gid,
  Instant,
  Int32,
  NumericId,
  Price,
  toSafeMinor,
  Units,
} from "#app/domain/collect/messages/shopify-values.ts";

describe("schema of a Shopify value", () => {
  it.each([
    ["a count beyond 32 bits", Int32, 2 ** 31],
    ["a count below 32 bits", Int32, -(2 ** 31) - 1],
    ["half a count", Int32, 1.5],
    ["units below none", Units, -1],
    ["units beyond 32 bits", Units, 2 ** 31],
    ["a gid with something before it", Gid, "xgid://shopify/Order/1"],
    ["a gid with something behind it", Gid, "gid://shopify/Order/1 "],
    ["a gid of another company", Gid, "gid://other/Order/1"],
    ["a gid without a kind", Gid, "gid://shopify//1"],
    ["a gid of a kind too long", Gid, `gid://shopify/${"O".repeat(41)}/1`],
    ["a gid of a kind with digits", Gid, "gid://shopify/Order2/1"],
    ["a gid without an id", Gid, "gid://shopify/Order/"],
    ["a gid of an id too long", Gid, `gid://shopify/Order/${"1".repeat(41)}`],
    ["a gid with a query", Gid, "gid://shopify/Level/1?item=2"],
    ["an id below zero", NumericId, -1],
    ["half an id", NumericId, 1.5],
    ["an id of letters", NumericId, "1a"],
    ["an id with letters before it", NumericId, "a1"],
    ["an empty id", NumericId, ""],
    ["an id of 21 digits", NumericId, "1".repeat(21)],
    ["an amount in words", Decimal, "ten"],
    ["an amount with a unit", Decimal, "10.00 EUR"],
    ["an amount behind a unit", Decimal, "EUR 10.00"],
    ["an amount that ends with its point", Decimal, "10."],
    ["an amount that begins with its point", Decimal, ".50"],
    ["a price below nothing", Price, "-0.01"],
    ["an instant without a zone", Instant, "2026-11-02T10:15:00"],
    ["an instant before 1970", Instant, "1969-12-31T23:59:59Z"],
    ["an instant after 9998", Instant, "9999-12-31T00:00:00Z"],
  ])("refuses %s", (_, schema, value) => {
    expect(schema.safeParse(value).success).toBe(false);
  });

  it.each([
    ["the largest count", Int32, 2 ** 31 - 1, 2 ** 31 - 1],
    ["the smallest count", Int32, -(2 ** 31), -(2 ** 31)],
    ["no unit", Units, 0, 0],
    ["a gid of the longest kind and id", Gid, `gid://shopify/${"O".repeat(40)}/${"1".repeat(40)}`, undefined],
    ["a gid of a short kind, whose id has a hyphen", Gid, "gid://shopify/A/b-1", undefined],
    ["a number for an id", NumericId, 0, "0"],
    ["digits for an id", NumericId, "9".repeat(20), undefined],
    ["a number for an amount", Decimal, 8.5, "8.5"],
    ["an amount without decimals", Decimal, "-12", undefined],
    ["an amount with many decimals", Decimal, "12.34567", undefined],
    ["a price of nothing", Price, "0.00", undefined],
    ["the first instant", Instant, "1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z"],
    ["the last instant", Instant, "9999-12-30T23:59:59.999Z", undefined],
    ["an instant of another zone", Instant, "2026-11-02T10:15:00+01:00", "2026-11-02T09:15:00.000Z"],
  ])("accepts %s", (_, schema, value, kept) => {
    expect(schema.parse(value)).toBe(kept ?? value);
  });

  it("names the expected years and prices", () => {
    const read = Instant.safeParse("1969-12-31T23:59:59Z");
    expect(read.error?.issues[0]?.message).toBe("a year from 1970 to 9998 is expected");
    expect(Price.safeParse("-1").error?.issues[0]?.message).toBe("a price is not negative");
  });

  it("throws on an amount that no number holds exactly", () => {
    expect(toSafeMinor(Number.MAX_SAFE_INTEGER)).toBe(Number.MAX_SAFE_INTEGER);
    expect(() => toSafeMinor(Number.MAX_SAFE_INTEGER + 1)).toThrow(
      new RangeError("an amount is out of range"),
    );
  });
});

describe("schema of a stored event", () => {
  const line = {
    lineGid: null,
    variantGid: null,
    productGid: null,
    sku: "",
    title: "",
    quantity: 0,
    unitPriceMinor: 0,
    discountMinor: 0,
    bundleDiscountMinor: 0,
    removedQuantity: 0,
    isGiftCard: false,
  };
  const at = "2026-11-02T09:15:00.000Z";
  const refund = {
    refundGid: "r",
    orderGid: "o",
    refundedAt: at,
    amountMinor: 0,
    lines: [{ lineGid: "l", quantity: 0 }],
  };
  const order = {
    orderGid: "o",
    placedAt: at,
    updatedAt: at,
    currency: "EUR",
    customerKey: null,
    cancelledAt: null,
    isTest: false,
    arm: null,
    visitorKey: null,
    totalMinor: -5,
    lines: [line],
    refunds: [refund],
  };
  const variant = {
    variantGid: "v",
    inventoryItemGid: null,
    title: "",
    sku: "",
    priceMinor: 0,
    inventoryQuantity: null,
    position: 1,
  };
  const product = {
    productGid: "p",
    title: "",
    handle: "",
    productType: "",
    tags: [],
    status: "draft",
    imageUrl: null,
    updatedAt: at,
    variants: [variant],
    hasAllVariants: false,
  };
  const stock = { inventoryItemGid: "i", locationKey: "4", availableUnits: -2, updatedAt: at };
  const event = {
    eventId: "e",
    visitorKey: "v",
    kind: "page_viewed",
    productGid: null,
    variantGid: null,
    bundleId: null,
    arm: null,
    occurredAt: at,
  };

  it.each([
    ["units below none", OrderEventLine, { ...line, quantity: -1 }],
    ["half a unit", OrderEventLine, { ...line, quantity: 0.5 }],
    ["half a cent", OrderEventLine, { ...line, unitPriceMinor: 0.5 }],
    ["half a cent of discount", OrderEventLine, { ...line, discountMinor: 0.5 }],
    ["half a cent of ours", OrderEventLine, { ...line, bundleDiscountMinor: 0.5 }],
    ["fewer units taken off than none", OrderEventLine, { ...line, removedQuantity: -1 }],
    ["half a unit taken off", OrderEventLine, { ...line, removedQuantity: 0.5 }],
    ["a refund below nothing", RefundEvent, { ...refund, amountMinor: -1 }],
    ["half a cent refunded", RefundEvent, { ...refund, amountMinor: 0.5 }],
    ["units refunded below none", RefundEvent, { ...refund, lines: [{ lineGid: "l", quantity: -1 }] }],
    ["half a unit refunded", RefundEvent, { ...refund, lines: [{ lineGid: "l", quantity: 0.5 }] }],
    ["a reason that nobody knows", RefundEvent, { ...refund, reason: "mood" }],
    ["a currency that is no code", OrderEvent, { ...order, currency: "EURO" }],
    ["half a cent in all", OrderEvent, { ...order, totalMinor: 0.5 }],
    ["an arm that nobody drew", OrderEvent, { ...order, arm: "third" }],
    [
      "a variant's price below nothing",
      ProductEvent,
      { ...product, variants: [{ ...variant, priceMinor: -1 }] },
    ],
    ["half a cent for a variant", ProductEvent, { ...product, variants: [{ ...variant, priceMinor: 0.5 }] }],
    ["a cost below nothing", ProductEvent, { ...product, variants: [{ ...variant, costMinor: -1 }] }],
    ["half a cent of cost", ProductEvent, { ...product, variants: [{ ...variant, costMinor: 0.5 }] }],
    [
      "half a unit in stock",
      ProductEvent,
      { ...product, variants: [{ ...variant, inventoryQuantity: 0.5 }] },
    ],
    ["a place before the first", ProductEvent, { ...product, variants: [{ ...variant, position: 0 }] }],
    ["half a place", ProductEvent, { ...product, variants: [{ ...variant, position: 1.5 }] }],
    ["a status that nobody knows", ProductEvent, { ...product, status: "unlisted" }],
    ["half a unit at a location", StockEvent, { ...stock, availableUnits: 0.5 }],
    ["an event without an id", BrowseEvent, { ...event, eventId: "" }],
    ["an event of an id too long", BrowseEvent, { ...event, eventId: "e".repeat(101) }],
    ["an event of nobody", BrowseEvent, { ...event, visitorKey: "" }],
    ["an event of a visitor too long", BrowseEvent, { ...event, visitorKey: "v".repeat(65) }],
  ])("refuses %s", (_, schema, value) => {
    expect(schema.safeParse(value).success).toBe(false);
  });

  it.each([
    ["an order of nothing, worth less", OrderEvent, order],
    ["a variant that costs nothing", ProductEvent, { ...product, variants: [{ ...variant, costMinor: 0 }] }],
    ["a variant of no known cost", ProductEvent, { ...product, variants: [{ ...variant, costMinor: null }] }],
    ["stock below none", StockEvent, stock],
    ["the longest ids", BrowseEvent, { ...event, eventId: "e".repeat(100), visitorKey: "v".repeat(64) }],
    ["the shortest ids", BrowseEvent, event],
  ])("accepts %s", (_, schema, value) => {
    expect(schema.safeParse(value).success).toBe(true);
  });

  it("reads a row without a reason, of an earlier release, as unsaid", () => {
    expect(RefundEvent.parse(refund).reason).toBe("unsaid");
  });
});

describe("visitor attribute", () => {
  const visitor = "0123456789abcdef".repeat(2);

  it.each([
    ["t", "treated"],
    ["h", "holdout"],
  ])("“%s” gives the arm %s", (letter, arm) => {
    expect(readVisitor(`${letter}:${visitor}`, "web")).toEqual({ arm, visitorKey: visitor });
  });

  it.each([
    ...[`xt:${visitor}`, `t:${visitor}x`, `t:${visitor}0`, `t${visitor}`, `x:${visitor}`],
    ...[`t:${visitor.toUpperCase()}`, "t:short", "", null, undefined],
  ])("gives nothing for %j, which the theme block did not write", (value) => {
    expect(readVisitor(value, "web")).toEqual({ arm: null, visitorKey: null });
  });
});

describe("isBundleDiscount", () => {
  it.each([
    "Bundle offer",
    "عرض مجمّع",
    "Sættilbud",
    "Set-Angebot",
    "Oferta de conjunto",
    "Offre groupée",
    "Offerta insieme",
    "セット割引",
    "세트 혜택",
    "Setaanbieding",
    "Oferta zestawu",
    "Paketerbjudande",
    "Set teklifi",
    "组合优惠",
  ])("recognises “%s” with a bundle's name as ours", (name) => {
    expect(isBundleDiscount(`${name}: Tea`)).toBe(true);
    expect(isBundleDiscount(`New ${name}: Tea`)).toBe(false);
    expect(isBundleDiscount(`${name} Tea`)).toBe(false);
    // Without a bundle's name, Shopify uses the title of one language only.
    expect(isBundleDiscount(name)).toBe(name === "Bundle offer");
  });

  it.each([null, undefined, "", ": Tea", "Summer sale: Tea"])(
    "does not recognise the title %j as ours",
    (title) => {
      expect(isBundleDiscount(title)).toBe(false);
    },
  );
});

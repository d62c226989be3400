import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ProductFacts } from "#app/domain/collect/product-facts.ts";
import { prepareBaskets, isServiceKey, isServiceTitle } from "#app/domain/prepare/prepare-baskets.ts";
import { orderLine } from "#tests/factories/order-lines.ts";

const SETTINGS = { currency: "USD" };
const product: ProductFacts = {
  key: "SKU-9",
  title: "Soap",
  category: "Care",
  priceMinor: 400,
  costMinor: 100,
  stockUnits: 3,
  isActive: false,
};

describe("prepareBaskets", () => {
  it("returns no baskets without lines", () => {
    const { baskets, dropped } = prepareBaskets([], [], SETTINGS);
    expect([...baskets.offsets]).toEqual([0]);
    expect(dropped).toEqual({});
  });

  it.each([
    [{ exclusion: "cancelled" as const }, "cancelled"],
    [{ exclusion: "test" as const }, "test"],
    [{ quantity: -1 }, "non_positive_quantity"],
    [{ unitPriceMinor: 0 }, "non_positive_price"],
    [{ title: "Postage" }, "service"],
    [{ title: "Dotcomgiftshop Gift Voucher £20.00" }, "service"],
    [{ placedAtMs: Date.UTC(2030, 0, 1) }, "outside_window"],
  ])("leaves out a line with %j as %s", (given, reason) => {
    const { baskets, dropped } = prepareBaskets([orderLine(given)], [], {
      ...SETTINGS,
      untilMs: Date.UTC(2027, 0, 1),
    });
    expect(baskets.orderIds).toEqual([]);
    expect(dropped).toEqual({ [reason]: 1 });
  });

  it("adds up a product that is twice in an order", () => {
    const lines = [orderLine({ quantity: 2 }), orderLine({ itemKey: "SKU-2" }), orderLine({ quantity: 3 })];
    const { baskets, dropped } = prepareBaskets(lines, [], SETTINGS);
    expect([...baskets.units]).toEqual([5, 1]);
    expect(dropped).toEqual({ repeated_line: 1 });
  });

  it("joins separated lines of one order and sorts orders by time", () => {
    const lines = [
      orderLine({ orderId: "late", placedAtMs: 2_000 }),
      orderLine({ orderId: "early", placedAtMs: 1_000, itemKey: "SKU-2" }),
      orderLine({ orderId: "late", placedAtMs: 2_000, itemKey: "SKU-3" }),
    ];
    const { baskets } = prepareBaskets(lines, [], SETTINGS);
    expect(baskets.orderIds).toEqual(["early", "late"]);
    expect([...baskets.offsets]).toEqual([0, 1, 3]);
  });

  it("prefers the shop's data on a product over the log's, and includes unsold products", () => {
    const { baskets } = prepareBaskets(
      [orderLine({ itemKey: "SKU-9", title: "SOAP OLD" }), orderLine()],
      [product],
      SETTINGS,
    );
    expect(baskets.items).toEqual([
      {
        key: "SKU-9",
        title: "Soap",
        category: "Care",
        priceMinor: 400,
        costMinor: 100,
        stockUnits: 3,
        isActive: false,
      },
      {
        key: "SKU-1",
        title: "Shampoo",
        category: "",
        priceMinor: 1_000,
        costMinor: null,
        stockUnits: null,
        isActive: false,
      },
    ]);
  });

  it("joins a repeated product only within its order", () => {
    const lines = ["one", "two", "one", "two"].map((orderId, at) => orderLine({ orderId, quantity: at + 1 }));
    const { baskets } = prepareBaskets(lines, [], SETTINGS);
    expect([[...baskets.offsets], [...baskets.units]]).toEqual([
      [0, 1, 2],
      [4, 6],
    ]);
  });

  it("uses the median of the paid prices, the upper of two", () => {
    const lines = [900, 100, 500, 700].map((unitPriceMinor, at) =>
      orderLine({ orderId: `o${at}`, unitPriceMinor }),
    );
    expect(prepareBaskets(lines, [], SETTINGS).baskets.items[0]!.priceMinor).toBe(700);
  });

  it.each([
    ["what it once cost where the shop states no price", null, 1_000],
    ["nothing where the shop gives it away today", 0, 0],
  ])("prices a product at %s", (_, stated, priceMinor) => {
    const listed = { ...product, key: "SKU-1", priceMinor: stated };
    expect(prepareBaskets([orderLine()], [listed], SETTINGS).baskets.items[0]).toMatchObject({ priceMinor });
  });

  it("neither loses nor adds a line", () => {
    const line = fc.record({
      orderId: fc.integer({ min: 0, max: 5 }).map(String),
      itemKey: fc.constantFrom("A1", "B2", "C3", "POST"),
      quantity: fc.integer({ min: -2, max: 4 }),
      unitPriceMinor: fc.integer({ min: -1, max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 40 }), (given) => {
        const { baskets, dropped } = prepareBaskets(given.map(orderLine), [], SETTINGS);
        const left = Object.values(dropped).reduce((sum, count) => sum + count, 0);
        expect(baskets.item.length + left).toBe(given.length);
        expect(baskets.offsets.at(-1)).toBe(baskets.item.length);
      }),
    );
  });
});

describe("service detection", () => {
  it.each([
    "POSTAGE",
    "DOTCOM POSTAGE",
    "Manual",
    "Shipping fee",
    "Bank Charges",
    "AMAZON FEE",
    "E-gift card",
  ])("recognises the title %s", (title) => {
    expect(isServiceTitle(title)).toBe(true);
  });

  it.each(["POSTAGE STAMP MUG", "GIFT BAG", "CARD HOLDER", "", "HAND MANUAL PUMP"])(
    "does not match %j",
    (title) => {
      expect(isServiceTitle(title)).toBe(false);
    },
  );

  it("recognises a key if most of its lines are services", () => {
    expect(isServiceKey("POST", "posted by hand", { otherLines: 2, serviceLines: 9 })).toBe(true);
    expect(isServiceKey("22423", "CAKE STAND", { otherLines: 9, serviceLines: 2 })).toBe(false);
  });

  it.each(["POST", "M", "D", "BANK CHARGES", "AMAZONFEE", "postage", "sku:POST", "sku:DOT", "sku:M"])(
    "recognises the untitled key %s",
    (key) => {
      expect(isServiceKey(key, "", { otherLines: 3, serviceLines: 0 })).toBe(true);
    },
  );

  it.each([
    ["RAZOR", "Safety razor"],
    ["FOAM", ""],
    ["sku:FOAM", ""],
    ["gid://shopify/ProductVariant/7", ""],
    ["M", "Monogram mug"],
  ])("does not match the product %s among numbered ones, titled %j", (key, title) => {
    expect(isServiceKey(key, title, { otherLines: 3, serviceLines: 0 })).toBe(false);
  });
});

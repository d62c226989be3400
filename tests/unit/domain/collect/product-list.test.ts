import { describe, expect, it } from "vitest";
import { isOnlyVariant } from "#app/domain/collect/product-facts.ts";
import {
  matchProductListHeader,
  openProductRowParser,
} from "#app/domain/collect/order-log/product-list-row.ts";
import { inEnglish } from "#tests/factories/write-english.ts";

function open(names: readonly string[], currency = "EUR") {
  const header = matchProductListHeader(names);
  if (!header.ok) throw new Error(header.detail);
  return openProductRowParser(header.value, currency);
}
const OWN = ["sku", "title", "category", "price", "cost", "stock", "status"];
const SHOPIFY = [
  "Handle",
  "Title",
  "Product Category",
  "Variant SKU",
  "Variant Price",
  "Cost per item",
  "Variant Inventory Qty",
  "Status",
];

describe("header of a product list", () => {
  it.each([
    [["title", "price"], "sku"],
    [["sku", "price"], "title"],
    [["price"], "sku, title"],
  ])("%j lacks %s", (names, detail) => {
    expect(matchProductListHeader(names)).toEqual({ ok: false, reason: "missing_columns", detail });
  });

  it.each([
    ["sku", ["sku", "Variant SKU"]],
    ["category", ["category", "Categories", "Type", "Product Category"]],
    ["price", ["price", "Variant Price"]],
    ["cost", ["cost", "Cost per item"]],
    ["stock", ["stock", "Variant Inventory Qty"]],
    ["status", ["status"]],
    ["handle", ["handle"]],
  ] as const)("finds the %s column under each of %j", (column, names) => {
    for (const name of names) {
      const others = column === "sku" ? ["Title", "other"] : ["Title", "sku"];
      const header = matchProductListHeader([...others, ` ${name.toUpperCase()} `]);
      expect(header).toMatchObject({ ok: true, value: { at: { title: 0, [column]: 2 } } });
    }
  });

  it("keeps the file's column names without byte order mark and marks missing columns", () => {
    expect(matchProductListHeader(["\uFEFFSKU ", "Title\uFEFFs", "title"])).toEqual({
      ok: true,
      value: {
        names: ["SKU", "Title\uFEFFs", "title"],
        at: { sku: 0, title: 2, category: -1, price: -1, cost: -1, stock: -1, status: -1, handle: -1 },
      },
    });
  });
});

describe("row of a product list", () => {
  it("is refused without a SKU", () => {
    expect(open(OWN)(["  ", "Kettle"])).toEqual({
      ok: false,
      reason: { code: "row.noSku", values: {} },
    });
  });

  it("is read with null for empty and missing cells", () => {
    expect(open(OWN)([" K1 ", "Kettle", "[[Kitchen]]", "45.00", "20", "-3", "Draft"])).toEqual({
      ok: true,
      value: {
        facts: {
          key: "K1",
          title: "Kettle",
          category: "Kitchen",
          priceMinor: 4_500,
          costMinor: 2_000,
          stockUnits: -3,
          isActive: false,
          productKey: "sku:K1",
          productTitle: "Kettle",
        },
        flaws: [],
      },
    });
    expect(open(OWN)(["K1", "Kettle"])).toMatchObject({
      value: {
        facts: { category: "", priceMinor: null, costMinor: null, stockUnits: null, isActive: true },
        flaws: [],
      },
    });
    expect(open(["sku", "title"])(["K1", "Kettle"])).toMatchObject({
      value: { facts: { stockUnits: null } },
    });
  });

  it("reads prices with the decimals of the currency", () => {
    expect(open(OWN, "JPY")(["K1", "Kettle", "", "4500"])).toMatchObject({
      value: { facts: { priceMinor: 4_500 } },
    });
  });

  const MONEY = "a decimal number from 0 on, such as 12.50";
  it.each([
    [3, "price", "free", MONEY],
    [3, "price", "-1.00", MONEY],
    [3, "price", "9".repeat(60), MONEY],
    [4, "cost", "12,50", MONEY],
    [5, "stock", "some", "a whole number"],
    [5, "stock", "1.5", "a whole number"],
    [5, "stock", "x1", "a whole number"],
    [5, "stock", "1x", "a whole number"],
    [5, "stock", "1".repeat(16), "a whole number"],
    [6, "status", "sold out", "one such as active or draft"],
  ])("is used without column %i (%s) when it is “%s”, and reports the flaw", (at, column, text, expected) => {
    const cells = ["K1", "Kettle", "", "", "", "", ""];
    cells[at] = text;
    const row = open(OWN)(cells);
    expect(row).toMatchObject({
      ok: true,
      value: {
        facts: { priceMinor: null, costMinor: null, stockUnits: null, isActive: true },
      },
    });
    const flaws = row.ok ? row.value.flaws.map(inEnglish) : [];
    expect(flaws).toEqual([`${column} "${text.slice(0, 40)}" is not ${expected}`]);
  });

  it.each([
    ["0", 0],
    ["-12", -12],
    ["1".repeat(15), Number("1".repeat(15))],
  ])("reads the stock %s", (stock, stockUnits) => {
    expect(open(OWN)(["K1", "Kettle", "", "0", "", stock])).toMatchObject({
      value: { facts: { stockUnits, priceMinor: 0 }, flaws: [] },
    });
  });

  it.each([
    ["", true],
    ["Active", true],
    ["published", true],
    ["TRUE", true],
    ["draft", false],
    ["archived", false],
    ["inactive", false],
    ["unlisted", false],
    ["false", false],
  ])("with the status “%s” is for sale: %s", (status, isActive) => {
    expect(open(OWN)(["K1", "Kettle", "", "", "", "", status])).toMatchObject({
      value: { facts: { isActive }, flaws: [] },
    });
  });

  it("of Shopify's export inherits empty cells from its own product's first row only", () => {
    const parse = open(SHOPIFY);
    const facts = (...cells: string[]) => {
      const row = parse(cells);
      return row.ok ? row.value.facts : null;
    };
    const first = { title: "Kettle", category: "Kitchen", isActive: false, productTitle: "Kettle" };
    expect(facts("kettle", "Kettle", "Kitchen", "K1", "", "", "", "draft")).toMatchObject({
      ...first,
      productKey: "handle:kettle",
    });
    expect(facts("kettle", "", "", "K2", "5", "", "", "")).toMatchObject({ ...first, key: "K2" });
    expect(facts("kettle", "Kettle, red", "Tea", "K3", "", "", "", "active")).toMatchObject({
      title: "Kettle, red",
      category: "Tea",
      isActive: true,
      productTitle: "Kettle",
    });
    expect(facts("cup", "", "", "C1", "", "", "", "")).toMatchObject({
      title: "",
      category: "",
      isActive: true,
    });
    expect(facts("", "Plate", "", "P1", "", "", "", "")).toMatchObject({
      title: "Plate",
      productKey: "sku:P1",
      productTitle: "Plate",
    });
    expect(facts("", "", "", "P2", "", "", "", "")).toMatchObject({ title: "", productTitle: "" });
  });

  it("of Shopify's export inherits from a first row without a SKU too", () => {
    const parse = open(SHOPIFY);
    expect(parse(["kettle", "Kettle", "Kitchen", "", "", "", "", ""]).ok).toBe(false);
    expect(parse(["kettle", "", "", "K2", "", "", "", ""])).toMatchObject({
      value: { facts: { title: "Kettle" } },
    });
  });
});

describe("isOnlyVariant", () => {
  it.each([
    ["", true],
    ["Default Title", true],
    ["Red", false],
  ])("of “%s” is %s", (title, isOnly) => {
    expect(isOnlyVariant(title)).toBe(isOnly);
  });
});

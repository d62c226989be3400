import { describe, expect, it } from "vitest";
import { OrderLines } from "#app/domain/collect/order-lines.ts";
import { matchOrderLogHeader } from "#app/domain/collect/order-log/order-log-columns.ts";
import { openOrderRowParser } from "#app/domain/collect/order-log/parse-order-row.ts";
import { orderLine } from "#tests/factories/order-lines.ts";
import { inEnglish } from "#tests/factories/write-english.ts";

function openParser(names: string[]) {
  const header = matchOrderLogHeader(names);
  if (!header.ok) throw new Error(header.detail);
  return openOrderRowParser(header.value, { fallbackCurrency: "USD", toCustomerKey: (id) => `key of ${id}` });
}

const OWN = ["order_id", "ts", "sku", "title", "qty", "unit_price", "customer_id"];
const SHOPIFY = [
  "Name",
  "Email",
  "Financial Status",
  "Currency",
  "Created at",
  "Lineitem quantity",
  "Lineitem name",
  "Lineitem price",
  "Lineitem sku",
  "Cancelled at",
];

describe("header of an order log", () => {
  it("names the missing columns", () => {
    expect(matchOrderLogHeader(["order_id", "ts", "title", "qty"])).toEqual({
      ok: false,
      reason: "missing_columns",
      detail: "sku, unit_price",
    });
  });

  it("is matched in any order and case, with a byte order mark", () => {
    const header = matchOrderLogHeader(["\uFEFFQty", "Title", "SKU", "TS", "Order_ID", "unit price"]);
    expect(header).toMatchObject({
      ok: true,
      value: { shape: "own", at: { quantity: 0, orderId: 4, customer: -1 } },
    });
  });

  it("is recognised as Shopify's export", () => {
    expect(matchOrderLogHeader(SHOPIFY)).toMatchObject({ ok: true, value: { shape: "shopify" } });
  });
});

describe("row of an order log", () => {
  it.each([
    [
      ["", "2026-01-01", "A1", "Soap", "1", "2.50", ""],
      "the order's id is empty or longer than 200 characters",
    ],
    [["7", "soon", "A1", "Soap", "1", "2.50", ""], 'ts "soon" is not a date'],
    [["7", "9999-12-31T23:59:59-0500", "A1", "Soap", "1", "2.50", ""], "is not a date"],
    [["7", "2026-01-01", "", "Soap", "1", "2.50", ""], "the SKU is empty"],
    [["7", "2026-01-01", "A1", "Soap", "one", "2.50", ""], 'qty "one" is not a whole number'],
    [["7", "2026-01-01", "A1", "Soap", "1.5", "2.50", ""], 'qty "1.5" is not a whole number'],
    [["7", "2026-01-01", "A1", "Soap", "1", "$2", ""], 'unit_price "$2" is not a decimal number'],
    [["7", "2026-01-01"], "the SKU is empty"],
  ])("%j is refused: %s", (cells, reason) => {
    const parsed = openParser(OWN).parse(cells);
    expect(parsed).toMatchObject({ ok: false });
    expect(!parsed.ok && inEnglish(parsed.reason)).toContain(reason);
  });

  it("is refused with the column names of its header", () => {
    const parsed = openParser(["\uFEFFQTY ", "Order ID", "ts", "sku", "title", "unit price", "Departure"]);
    const reasonOf = (...cells: string[]) => {
      const refused = parsed.parse(cells);
      return refused.ok ? null : inEnglish(refused.reason);
    };
    expect(reasonOf("x", "1", "2026-01-01", "A1", "Soap", "2.50", "")).toMatch(/^QTY "x" is not/);
    expect(reasonOf("1", "1", "2026-01-01", "A1", "Soap", "free", "")).toMatch(/^unit price "free" is not/);
    expect(reasonOf("1", "1", "2026-01-01", "A1", "Soap", "2.50", "soon")).toMatch(
      /^Departure "soon" is not/,
    );
  });

  it("keeps a negative quantity, which logs a return", () => {
    const parsed = openParser(OWN).parse(["7", "2026-01-01", "A1", "Soap", "-3", "2.50", "c9"]);
    expect(parsed).toMatchObject({
      ok: true,
      value: { quantity: -3, unitPriceMinor: 250, customerKey: "key of c9" },
    });
  });

  it("of Shopify's export inherits the order's cells from the order's first row", () => {
    const parser = openParser(SHOPIFY);
    parser.parse([
      "#1",
      "a@b.example",
      "paid",
      "JPY",
      "2026-01-01 10:00:00 +0900",
      "1",
      "Tea",
      "300",
      "T",
      "",
    ]);
    expect(parser.parse(["#1", "", "", "", "", "2", "Cup - Blue", "800", "", ""])).toEqual({
      ok: true,
      value: {
        orderId: "#1",
        placedAtMs: Date.UTC(2026, 0, 1, 1),
        clockOffsetMinutes: 540,
        customerKey: "key of a@b.example",
        exclusion: null,
        itemKey: "Cup - Blue",
        title: "Cup - Blue",
        category: "",
        quantity: 2,
        unitPriceMinor: 800,
      },
    });
    expect(parser.currency()).toBe("JPY");
  });

  it("of Shopify's export does not inherit the date of another order", () => {
    const parser = openParser(SHOPIFY);
    parser.parse(["#1", "", "paid", "USD", "2026-01-01", "1", "Tea", "3", "T", ""]);
    expect(parser.parse(["#2", "", "paid", "USD", "", "1", "Tea", "3", "T", ""])).toMatchObject({
      ok: false,
    });
  });

  it.each([
    [{ cancelled: "2026-01-02", status: "paid" }, "cancelled"],
    [{ cancelled: "", status: "voided" }, "cancelled"],
    [{ cancelled: "", status: "refunded" }, "refunded"],
    [{ cancelled: "", status: "partially_refunded" }, null],
  ])("with %j is excluded as %s", ({ cancelled, status }, exclusion) => {
    const row = ["#1", "", status, "USD", "2026-01-01", "1", "Tea", "3", "T", cancelled];
    expect(openParser(SHOPIFY).parse(row)).toMatchObject({ ok: true, value: { exclusion } });
  });
});

describe("currency of an order log", () => {
  const NAMES = [...OWN, "currency"];
  const parse = (parser: ReturnType<typeof openParser>, price: string, currency: string) => {
    const parsed = parser.parse(["7", "2026-01-01", "A1", "Soap", "1", price, "", currency]);
    return parsed.ok ? parsed.value.unitPriceMinor : inEnglish(parsed.reason);
  };

  it.each(["dollars", "<b>€</b>", "$"])("cannot be %j", (currency) => {
    const parser = openParser(NAMES);
    expect(parse(parser, "3", currency)).toMatch(
      /^currency ".+" is not a code of three letters such as EUR$/,
    );
    expect(parser.currency()).toBe("USD");
  });

  it("is the first one named: a row in another is refused, and a row without one is in it", () => {
    const parser = openParser(NAMES);
    expect(parse(parser, "300", "JPY")).toBe(300);
    expect(parse(parser, "3.00", "EUR")).toBe('currency "EUR" is not the log\'s, JPY');
    expect(parse(parser, "200", "")).toBe(200);
    expect(parser.currency()).toBe("JPY");
  });

  it("can be in lower case and has its own decimals", () => {
    const parser = openParser(NAMES);
    expect(parse(parser, "300", "jpy")).toBe(300);
    expect(parse(parser, "200", "JPY")).toBe(200);
    expect(parser.currency()).toBe("JPY");
  });

  it("can be named after rows without one", () => {
    const parser = openParser(NAMES);
    expect([parse(parser, "3.00", ""), parse(parser, "4.00", "EUR")]).toEqual([300, 400]);
    expect(parser.currency()).toBe("EUR");
  });

  it("of another kind refuses the order's later lines too", () => {
    const parser = openParser(SHOPIFY);
    const first = (id: string, currency: string) => [
      id,
      "",
      "paid",
      currency,
      "2026-01-01",
      "1",
      "Tea",
      "3",
      "T",
      "",
    ];
    const next = (id: string) => [id, "", "", "", "", "2", "Cup", "8", "C", ""];
    expect(parser.parse(first("#1", "USD")).ok).toBe(true);
    expect(parser.parse(first("#2", "EUR")).ok).toBe(false);
    expect(parser.parse(next("#2"))).toMatchObject({
      reason: { code: "row.otherCurrency", values: { column: "Currency", cell: "EUR", currency: "USD" } },
    });
    expect(parser.parse(first("#3", "USD")).ok).toBe(true);
    expect(parser.parse(next("#3")).ok).toBe(true);
  });
});

describe("OrderLines", () => {
  it("returns the lines as they were added", () => {
    const lines = new OrderLines();
    const added = Array.from({ length: 3_000 }, (_, at) =>
      orderLine({
        orderId: `o${at >> 1}`,
        clockOffsetMinutes: at % 4 === 0 ? 0 : -300,
        itemKey: `k${at % 7}`,
        quantity: at - 5,
        customerKey: at % 3 === 0 ? null : `c${at}`,
        category: at % 2 === 0 ? "Care" : "",
        exclusion: at % 5 === 0 ? "test" : null,
      }),
    );
    for (const line of added) lines.add(line);
    expect([...lines]).toEqual(added);
    expect(lines.count).toBe(3_000);
  });
});

describe("columns of an order log", () => {
  const at = (names: string[]) => {
    const header = matchOrderLogHeader(names);
    return header.ok ? header.value : null;
  };

  it.each([
    ["category", ["category", "Categories"]],
    ["serviceAt", ["service_date", "Departure", "departure date"]],
    ["customer", ["Customer ID"]],
    ["currency", ["CURRENCY"]],
  ] as const)("find the %s under each of %j, and may lack it", (column, names) => {
    for (const name of names) expect(at([...OWN.slice(0, 6), name])!.at[column]).toBe(6);
    expect(at(OWN.slice(0, 6))!.at[column]).toBe(-1);
  });

  it("of our own format have no cancellation or payment status", () => {
    const { at: own } = at([...OWN, "Cancelled at", "Financial Status", "Name"])!;
    expect([own.cancelledAt, own.financialStatus, own.orderId]).toEqual([-1, -1, 0]);
  });

  it("of Shopify's export are found by their header", () => {
    expect(at(SHOPIFY)).toEqual({
      shape: "shopify",
      names: SHOPIFY,
      at: {
        orderId: 0,
        customer: 1,
        financialStatus: 2,
        currency: 3,
        placedAt: 4,
        quantity: 5,
        title: 6,
        unitPrice: 7,
        itemKey: 8,
        cancelledAt: 9,
        category: -1,
        serviceAt: -1,
      },
    });
  });

  it("are reported missing for the format that fits best, and for ours when both fit equally", () => {
    const detail = (names: string[]) => {
      const header = matchOrderLogHeader(names);
      return header.ok ? null : header.detail;
    };
    expect(detail(SHOPIFY.filter((name) => name !== "Lineitem price"))).toBe("Lineitem price");
    expect(detail([])).toBe("order_id, ts, sku, title, qty, unit_price");
  });

  it("keep their names from the file, without byte order mark and blanks", () => {
    expect(at(["\uFEFFOrder ID ", " ts", "sku", "title", "qty", "unit_price"])!.names).toEqual([
      "Order ID",
      "ts",
      "sku",
      "title",
      "qty",
      "unit_price",
    ]);
  });
});

describe("single cells of an order log row", () => {
  const row = (
    changes: Record<number, string> = {},
    names = [...OWN, "category", "currency", "Departure"],
  ) => {
    const cells = ["7", "2026-01-01", "A1", "Soap", "1", "2.50", "", "Care", "", ""];
    for (const [at, text] of Object.entries(changes)) cells[Number(at)] = text;
    return openParser(names).parse(cells);
  };
  const reasonOf = (changes: Record<number, string>) => {
    const parsed = row(changes);
    return parsed.ok ? null : inEnglish(parsed.reason);
  };

  it("are trimmed", () => {
    expect(
      row({ 0: " 7 ", 1: " 2026-01-01 ", 2: " A1 ", 4: " 2 ", 5: " 2.50 ", 6: " c9 ", 9: " 2026-08-01 " }),
    ).toEqual({
      ok: true,
      value: {
        orderId: "7",
        placedAtMs: Date.UTC(2026, 0, 1),
        clockOffsetMinutes: 0,
        customerKey: "key of c9",
        exclusion: null,
        itemKey: "A1",
        title: "Soap",
        category: "Care",
        quantity: 2,
        unitPriceMinor: 250,
        serviceAtMs: Date.UTC(2026, 7, 1),
      },
    });
  });

  it("can lack the service time", () => {
    const parsed = row();
    expect(parsed.ok && "serviceAtMs" in parsed.value).toBe(false);
  });

  it.each([
    [1, "x".repeat(60), `ts "${"x".repeat(40)}" is not a date such as 2011-06-01T07:37:00`],
    [4, "", 'qty "" is not a whole number'],
    [4, "2147483648", 'qty "2147483648" is not a whole number'],
    [4, "-2147483648", 'qty "-2147483648" is not a whole number'],
    [5, "", 'unit_price "" is not a decimal number such as 12.50'],
    [5, "90071992547409.92", 'unit_price "90071992547409.92" is not a decimal number such as 12.50'],
    [8, "EURO", 'currency "EURO" is not a code of three letters such as EUR'],
    [8, "XEUR", 'currency "XEUR" is not a code of three letters such as EUR'],
    [9, "soon", 'Departure "soon" is not a date such as 2011-06-01'],
    [9, "9999-12-31T23:59:59-0500", 'Departure "9999-12-31T23:59:59-0500" is not a date such as 2011-06-01'],
  ])("refuse column %i with “%s”", (at, text, reason) => {
    expect(reasonOf({ [at]: text })).toBe(reason);
  });

  it.each([
    ["the most units", { 4: "2147483647", 5: "0.01" }],
    ["the most units given back", { 4: "-2147483647", 5: "0.01" }],
    ["the largest price", { 5: "90071992547409.91" }],
    ["the last instant before the year 10000", { 1: "9999-12-31T23:59:59Z" }],
    ["a price below nothing, as a log books a correction", { 5: "-2.50" }],
  ])("accept %s", (_, changes) => {
    expect(row(changes).ok).toBe(true);
  });

  it("refuse a quantity whose total no number holds exactly", () => {
    expect(reasonOf({ 4: "2", 5: "90071992547409.91" })).toContain("unit_price");
  });

  it("refuse an empty SKU, and in Shopify's export an empty title as well", () => {
    expect(reasonOf({ 2: "" })).toBe("the SKU is empty");
    const nameless = ["#1", "", "paid", "USD", "2026-01-01", "1", "", "3", "", ""];
    expect(openParser(SHOPIFY).parse(nameless)).toMatchObject({ reason: { code: "row.noSku" } });
  });

  it("of our own format inherit nothing from the previous row of the order", () => {
    const parser = openParser(OWN);
    parser.parse(["7", "2026-01-01", "A1", "Soap", "1", "2.50", "c9"]);
    expect(parser.parse(["7", "2026-01-02", "A1", "Soap", "1", "2.50", ""])).toMatchObject({
      value: { placedAtMs: Date.UTC(2026, 0, 2), customerKey: null },
    });
    expect(parser.parse(["7", "", "A1", "Soap", "1", "2.50", ""])).toEqual({
      ok: false,
      reason: { code: "row.notInstant", values: { column: "ts", cell: "" } },
    });
  });

  it("of Shopify's export refuse an invalid time below the order's first row", () => {
    const parser = openParser(SHOPIFY);
    parser.parse(["#1", "", "paid", "USD", "2026-01-01", "1", "Tea", "3", "T", ""]);
    expect(parser.parse(["#1", "", "", "", "soon", "1", "Tea", "3", "T", ""])).toMatchObject({
      ok: false,
      reason: { code: "row.notInstant", values: { column: "Created at", cell: "soon" } },
    });
  });

  it.each([
    ["VOIDED", "cancelled"],
    ["expired", "cancelled"],
    ["Refunded", "refunded"],
    ["", null],
  ])("with payment status “%s” exclude the row as %s", (status, exclusion) => {
    const cells = ["#1", "", status, "USD", "2026-01-01", "1", "Tea", "3", "T", ""];
    expect(openParser(SHOPIFY).parse(cells)).toMatchObject({ value: { exclusion } });
  });

  it("use the shop's clock for a time without a zone", () => {
    const header = matchOrderLogHeader([...OWN, "Departure"]);
    const parser = openOrderRowParser(header.ok ? header.value : null!, {
      fallbackCurrency: "USD",
      toCustomerKey: (id) => id,
      fromClockMs: (clockMs) => clockMs - 3_600_000,
    });
    const cells = ["7", "2026-01-01T10:00:00", "A1", "Soap", "1", "2", "", "2026-01-02 10:00 -0500"];
    expect(parser.parse(cells)).toMatchObject({
      value: {
        placedAtMs: Date.UTC(2026, 0, 1, 9),
        clockOffsetMinutes: 0,
        serviceAtMs: Date.UTC(2026, 0, 2, 15),
      },
    });
  });
});

describe("OrderLines with optional fields", () => {
  it("keeps each exclusion and every optional field", () => {
    const lines = new OrderLines();
    const full = orderLine({ serviceAtMs: 5, clockOffsetMinutes: 540, customerKey: "", category: "Care" });
    const exclusions = ["cancelled", "test", "gift_card", "refunded", null] as const;
    for (const exclusion of exclusions) lines.add({ ...full, exclusion });
    lines.add(orderLine());
    const kept = [...lines];
    expect(kept.slice(0, 5)).toEqual(exclusions.map((exclusion) => ({ ...full, exclusion })));
    expect(kept[5]).toEqual({ ...orderLine(), clockOffsetMinutes: 0, category: "", exclusion: null });
    expect(kept[5]).not.toHaveProperty("serviceAtMs");
    expect([...new OrderLines()]).toEqual([]);
  });
});

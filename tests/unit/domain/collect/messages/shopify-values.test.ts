import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseJsonKeepingIds, toMinor } from "#app/domain/collect/messages/shopify-values.ts";

describe("parseJsonKeepingIds", () => {
  it("throws on text that is not JSON", () => {
    expect(() => parseJsonKeepingIds("{id:1}")).toThrow(SyntaxError);
  });

  it("replaces characters that PostgreSQL cannot store and keeps every other one", () => {
    expect(parseJsonKeepingIds('["a\\u0000b", "\\ud800", "\\udc00\\ud800", "🍵 茶 ẞ"]')).toEqual([
      "a\ufffdb",
      "\ufffd",
      "\ufffd\ufffd",
      "🍵 茶 ẞ",
    ]);
  });

  it("returns integers beyond 2^53 as digits and leaves strings and decimals alone", () => {
    const text = `{"id":9007199254740993001,"text":"9007199254740993001","share":0.1,"small":42}`;
    expect(parseJsonKeepingIds(text)).toEqual({
      id: "9007199254740993001",
      text: "9007199254740993001",
      share: 0.1,
      small: 42,
    });
  });

  it("loses no digit of any 64-bit id", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (id) => {
        const { kept } = parseJsonKeepingIds(`{"kept":${id}}`) as { kept: string | number };
        expect(String(kept)).toBe(String(id));
      }),
    );
  });

  it("leaves digits, quotes and backslashes inside strings alone", () => {
    const piece = fc.constantFrom(
      '"',
      "\\",
      "\\u0000",
      "\0",
      "\ud83c",
      "\udf75",
      "12345678901234567",
      ":",
      ",",
      "]",
      " ",
      "é",
    );
    fc.assert(
      fc.property(fc.array(piece), fc.boolean(), (pieces, isEscaped) => {
        const text = pieces.join("");
        const json = JSON.stringify({ [text]: [text, 1] });
        const storable = text.replace(/[\0\p{Surrogate}]/gu, "\ufffd");
        expect(parseJsonKeepingIds(isEscaped ? json.replace(/[^\0-\x7f]/g, escapeUnit) : json)).toEqual({
          [storable]: [storable, 1],
        });
      }),
    );
  });

  it.each([
    ["a megabyte of strings that nobody closes", '"\\\\'.repeat(500_000)],
    ["a megabyte of backslashes", `"${"\\\\".repeat(500_000)}\\u`],
    ["a megabyte of digits", `[${"1".repeat(1_000_000)}x "\\u`],
  ])("refuses %s in linear time", (_, text) => {
    expect(() => parseJsonKeepingIds(text)).toThrow(SyntaxError);
  });

  it("reads a string of twenty megabytes next to a long id", () => {
    const text = "x".repeat(20_000_000);
    expect(parseJsonKeepingIds(`{"a":"${text}","id":9007199254740993001}`)).toEqual({
      a: text,
      id: "9007199254740993001",
    });
  });

  it("refuses a long integer in an invalid place", () => {
    for (const text of ["{12345678901234567:1}", "012345678901234567", "[1 12345678901234567]"]) {
      expect(() => parseJsonKeepingIds(text)).toThrow(SyntaxError);
    }
  });

  it("agrees with JSON.parse on everything without such integers", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        fc.pre(!/\d{16}/.test(text));
        expect(parseJsonKeepingIds(text)).toEqual(JSON.parse(text));
      }),
    );
  });
});

const escapeUnit = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;

describe("toMinor", () => {
  it("refuses an amount that no number holds exactly and accepts the largest safe one", () => {
    expect(() => toMinor("90071992547409.92", "EUR")).toThrow("90071992547409.92 EUR is out of range");
    expect(() => toMinor("9".repeat(40), "EUR")).toThrow(RangeError);
    expect(toMinor("90071992547409.91", "EUR")).toBe(Number.MAX_SAFE_INTEGER);
  });
});

describe("long integer", () => {
  const long = "9007199254740993";

  it.each([
    [`[${long},1]`, [long, 1]],
    [`{"a":${long} }`, { a: long }],
    [`{"a":${long}\n}`, { a: long }],
    [`[-${long}]`, [`-${long}`]],
    [long, long],
    ["[9007199254740991,9007199254740992]", [9_007_199_254_740_991, "9007199254740992"]],
  ])("in %s becomes a string only when a number cannot hold it", (json, value) => {
    expect(parseJsonKeepingIds(json)).toEqual(value);
  });

  it.each([`[${long}.5]`, `[0.${long}]`, `[${long}e3]`, `[1e-${long}]`, `[1E+${long}]`, `[12.${long}]`])(
    "is not found within another number, as in %s",
    (json) => {
      expect(parseJsonKeepingIds(json)).toEqual(JSON.parse(json));
    },
  );

  it("is found between strings with escapes, and not inside them", () => {
    const json = `{"a\\\\":${long},"b\\"":"\\\\","c":"\\\"${long}","d":${long}}`;
    expect(parseJsonKeepingIds(json)).toEqual({ "a\\": long, 'b"': "\\", c: `"${long}`, d: long });
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseJsonKeepingIds, toMinor } from "#app/domain/collect/shopify-values.ts";

describe("parseJsonKeepingIds", () => {
  it("throws on what is not JSON", () => {
    expect(() => parseJsonKeepingIds("{id:1}")).toThrow(SyntaxError);
  });

  it("replaces what PostgreSQL cannot store in a text, and keeps every other letter", () => {
    expect(parseJsonKeepingIds('["a\\u0000b", "\\ud800", "\\udc00\\ud800", "🍵 茶 ẞ"]')).toEqual([
      "a\ufffdb",
      "\ufffd",
      "\ufffd\ufffd",
      "🍵 茶 ẞ",
    ]);
  });

  it("gives integers beyond 2^53 as their digits and leaves texts and decimals alone", () => {
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

  it("agrees with JSON.parse on everything without such integers", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        fc.pre(!/\d{16}/.test(text));
        expect(parseJsonKeepingIds(text)).toEqual(JSON.parse(text));
      }),
    );
  });
});

describe("toMinor", () => {
  it("refuses an amount that no 32-bit column holds", () => {
    expect(() => toMinor("99999999999", "EUR")).toThrow(RangeError);
  });
});

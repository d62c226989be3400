import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createMoneyFormat, formatDecimal, parseMinor } from "#app/domain/money.ts";

describe("parseMinor", () => {
  it.each([
    ["", "USD"],
    ["12,50", "EUR"],
    ["1e3", "USD"],
    ["abc", "USD"],
    ["--1", "USD"],
    ["1.2.3", "USD"],
  ])("refuses %j, which is not a plain decimal", (text, currency) => {
    expect(parseMinor(text, currency)).toBeNull();
  });

  it.each([
    ["12.34", "USD", 1234],
    ["1.005", "USD", 101],
    ["-0.5", "EUR", -50],
    ["1500", "JPY", 1500],
    ["1.2345", "KWD", 1235],
    ["7.", "USD", 700],
    ["12.344", "USD", 1234],
    ["-12.345", "USD", -1235],
    ["-0.004", "USD", 0],
    ["0.5", "JPY", 1],
  ])("reads %s %s as %d minor units", (text, currency, expected) => {
    expect(parseMinor(text, currency)).toBe(expected);
  });

  it("reads back what formatDecimal writes, in every currency and for every amount", () => {
    const amount = fc.integer({ min: -1_000_000_000, max: 1_000_000_000 });
    fc.assert(
      fc.property(amount, fc.constantFrom("USD", "JPY", "KWD"), (minor, currency) => {
        expect(parseMinor(formatDecimal(minor, currency), currency)).toBe(minor);
      }),
    );
  });
});

describe("formatDecimal", () => {
  it.each([
    [0, "USD", "0.00"],
    [-5, "USD", "-0.05"],
    [-7, "JPY", "-7"],
    [12, "KWD", "0.012"],
  ])("writes %d minor units of %s as %s", (minor, currency, expected) => {
    expect(formatDecimal(minor, currency)).toBe(expected);
  });
});

describe("createMoneyFormat", () => {
  it.each([
    [36.88, "USD", "$36.88"],
    [-5, "EUR", "-€5.00"],
    [1_500, "JPY", "¥1,500"],
    [12.5, "HUF", "HUF\u00a012.50"],
    [1.234, "IQD", "IQD\u00a01.234"],
  ])("writes %d %s with every digit of its minor unit: %s", (amount, currency, expected) => {
    expect(createMoneyFormat(currency, "en").format(amount)).toBe(expected);
  });
});

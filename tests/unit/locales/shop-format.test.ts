import { describe, expect, it } from "vitest";
import { createShopFormat } from "#app/locales/shop-format.server.ts";

describe("money on the merchant's pages", () => {
  const open = (currency: string) => createShopFormat({ currency, timeZone: "UTC" }, "en");

  // Currencies whose cents no longer are coins, which Intl by itself rounds away.
  it.each(["HUF", "IDR", "COP", "PKR", "LBP"])("in %s keeps the cents of a price", (currency) => {
    expect(open(currency).money(1_250)).toMatch(/\D12\.50$/);
  });

  it.each([
    ["IQD", 1_234, /\D1\.234$/],
    ["KWD", 1_234, /\D1\.234$/],
    ["JPY", 1_234, /\D1,234$/],
    ["USD", 1_234, /\D12\.34$/],
  ])("in %s has the digits of its minor unit", (currency, minor, expected) => {
    expect(open(currency).money(minor)).toMatch(expected);
  });

  it.each(["HUF", "IQD", "USD"])("in %s has no decimals where it is an estimate", (currency) => {
    expect(open(currency).roughMoney(123_456)).not.toContain(".");
  });

  it.each([
    [-40, "$0"],
    [430, "$4"],
    [4_312, "$45"],
    [9_990, "$100"],
    [128_700, "$1,300"],
  ])("of %i cents is about %s where only its size is known", (minor, expected) => {
    expect(open("USD").aboutMoney(minor)).toBe(expected);
  });
});

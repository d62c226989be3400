import { describe, expect, it } from "vitest";
import { createShopFormat } from "#app/locales/shop-format.server.ts";

describe("createShopFormat", () => {
  const open = (currency: string) => createShopFormat({ currency, timeZone: "UTC" }, "en");

  // Currencies without cent coins, which Intl rounds to whole units by default.
  it.each(["HUF", "IDR", "COP", "PKR", "LBP"])("keeps the cents of a price in %s", (currency) => {
    expect(open(currency).money(1_250)).toMatch(/\D12\.50$/);
  });

  it.each([
    ["IQD", 1_234, /\D1\.234$/],
    ["KWD", 1_234, /\D1\.234$/],
    ["JPY", 1_234, /\D1,234$/],
    ["USD", 1_234, /\D12\.34$/],
  ])("uses the digits of the minor unit in %s", (currency, minor, expected) => {
    expect(open(currency).money(minor)).toMatch(expected);
  });

  it.each(["HUF", "IQD", "USD"])("shows an estimate in %s without decimals", (currency) => {
    expect(open(currency).roughMoney(123_456)).not.toContain(".");
  });

  it.each([
    [-40, "$0"],
    [430, "$4"],
    [4_312, "$45"],
    [9_990, "$100"],
    [128_700, "$1,300"],
  ])("shows %i cents as about %s when only the size is known", (minor, expected) => {
    expect(open("USD").aboutMoney(minor)).toBe(expected);
  });
});

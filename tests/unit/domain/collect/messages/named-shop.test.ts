import fc from "fast-check";
import { expect, it } from "vitest";
import { readNamedShop } from "#app/domain/collect/messages/named-shop.ts";

it.each([
  ["a text in its place", { shop_domain: 5, myshopify_domain: null }, null],
  ["an address of the merchant's own, which no header has", { domain: "tea.example" }, null],
  ["a shop that stands deeper in the payload", { order: { shop_domain: "tea.myshopify.com" } }, null],
  ["letters' case", { shop_domain: "Tea.myshopify.com" }, "tea.myshopify.com"],
  [
    "fields beside it",
    { id: 7, domain: "tea.example", myshopify_domain: "tea.myshopify.com" },
    "tea.myshopify.com",
  ],
])("reads the shop that a payload names, whatever it has of %s", (_, payload, shop) => {
  expect(readNamedShop(payload)).toBe(shop);
});

it("finds no name in anything that is not a payload, and never fails", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (payload) => {
      expect(readNamedShop(payload)).toBeNull();
    }),
  );
  expect(readNamedShop(undefined)).toBeNull();
});

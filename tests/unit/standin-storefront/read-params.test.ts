import { describe, expect, it } from "vitest";
import { nestParams } from "#tests/standin/storefront/read-params.ts";

describe("nestParams", () => {
  it.each([
    ["a plain name", "id=1&quantity=2", { id: "1", quantity: "2" }],
    ["an object", "attributes[gift]=yes&attributes[_x]=t:1", { attributes: { gift: "yes", _x: "t:1" } }],
    [
      "numbered items",
      "items[0][id]=1&items[0][quantity]=2&items[1][id]=3",
      { items: [{ id: "1", quantity: "2" }, { id: "3" }] },
    ],
    [
      "items with gaps in their numbers",
      "items[2][id]=1&items[2][quantity]=2&items[4][id]=3",
      { items: [{ id: "1", quantity: "2" }, { id: "3" }] },
    ],
    [
      "unnumbered items",
      "items[][id]=1&items[][quantity]=2&items[][id]=3",
      { items: [{ id: "1", quantity: "2" }, { id: "3" }] },
    ],
    ["a list of values", "updates[]=1&updates[]=0", { updates: ["1", "0"] }],
    ["quantities by variant", "updates[9100000000007]=2", { updates: { "9100000000007": "2" } }],
    ["properties of an item", "items[0][properties][text]=Hi", { items: [{ properties: { text: "Hi" } }] }],
  ])("reads %s as Shopify does", (_, query, nested) => {
    expect(nestParams(new URLSearchParams(query))).toEqual(nested);
  });
});

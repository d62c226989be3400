import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BrowseBatch, toBrowseEvents } from "#app/domain/collect/browse-batch.ts";
import { cleanSearchTerm } from "#app/domain/collect/search-term.ts";

const event = {
  id: "sh-0a1b2c3d-4455",
  kind: "product_viewed",
  at: "2026-11-02T09:15:00.000Z",
  visitor: "0123456789abcdef0123456789abcdef",
  arm: "t",
  product: "301",
  variant: "9007199254740993111",
  bundle: null,
  term: null,
};
const batch = { v: 1, shop: "demo-shop.myshopify.com", events: [event] };
const now = new Date("2026-11-02T09:15:01.000Z");

describe("BrowseBatch", () => {
  it.each([
    ["a field that nobody asked for", { ...batch, events: [{ ...event, email: "a@b.example" }] }],
    ["another version", { ...batch, v: 2 }],
    ["a shop that is no myshopify domain", { ...batch, shop: "evil.example" }],
    ["an unknown kind", { ...batch, events: [{ ...event, kind: "order_placed" }] }],
    ["a kind that only webhooks bring", { ...batch, events: [{ ...event, kind: "cart_updated" }] }],
    ["a visitor that is no pseudonym", { ...batch, events: [{ ...event, visitor: "ada@mail.example" }] }],
    ["an id that is no number", { ...batch, events: [{ ...event, variant: "1 OR 1=1" }] }],
    ["no event", { ...batch, events: [] }],
    ["more events than a page can cause", { ...batch, events: Array.from({ length: 101 }, () => event) }],
  ])("refuses %s", (_, given) => {
    expect(BrowseBatch.safeParse(given).success).toBe(false);
  });
});

describe("toBrowseEvents", () => {
  it("keeps ids beyond 2^53 and spells the arm out", () => {
    expect(toBrowseEvents(BrowseBatch.parse(batch), now)).toEqual([
      {
        eventId: event.id,
        visitorKey: event.visitor,
        kind: "product_viewed",
        productGid: "gid://shopify/Product/301",
        variantGid: "gid://shopify/ProductVariant/9007199254740993111",
        bundleId: null,
        searchTerm: null,
        arm: "treated",
        occurredAt: "2026-11-02T09:15:00.000Z",
      },
    ]);
  });

  it.each(["2036-01-01T00:00:00Z", "1999-01-01T00:00:00Z"])("takes its own time instead of %s", (at) => {
    const [kept] = toBrowseEvents(BrowseBatch.parse({ ...batch, events: [{ ...event, at }] }), now);
    expect(kept?.occurredAt).toBe(now.toISOString());
  });
});

describe("cleanSearchTerm", () => {
  it.each([
    ["ada.quist@mail.example", null],
    ["ada @ mail.example kettle", "kettle"],
    ["+49 (228) 555-0101", null],
    ["4111 1111 1111 1111", null],
    ["order 100234567", "order"],
    ["iPhone 14  128GB", "iphone 14 128gb"],
    ["  Tea   pot ", "tea pot"],
    ["１２３４５６７", null],
    ["", null],
  ])("makes %j of %j", (term, expected) => {
    expect(cleanSearchTerm(term)).toBe(expected);
  });

  it("never lets an address sign or six digits in a row through, whatever is typed", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 300 }), (term) => {
        const clean = cleanSearchTerm(term) ?? "";
        expect(clean).not.toMatch(/@|\d{6}/);
        expect(clean.length).toBeLessThanOrEqual(100);
      }),
    );
  });

  it("is done after once", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 120 }), (term) => {
        const once = cleanSearchTerm(term);
        expect(once === null ? null : cleanSearchTerm(once)).toBe(once);
      }),
    );
  });
});

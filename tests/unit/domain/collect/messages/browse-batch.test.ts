import { describe, expect, it } from "vitest";
import { BrowseBatch, toBrowseEvents } from "#app/domain/collect/messages/browse-batch.ts";

const event = {
  id: "sh-0a1b2c3d-4455",
  kind: "product_viewed",
  at: "2026-11-02T09:15:00.000Z",
  visitor: "0123456789abcdef0123456789abcdef",
  arm: "t",
  product: "301",
  variant: "9007199254740993111",
  bundle: null,
};
const batch = { v: 1, shop: "demo-shop.myshopify.com", events: [event] };
const now = new Date("2026-11-02T09:15:01.000Z");
const read = { now, findArm: () => "treated" as const };

describe("BrowseBatch", () => {
  it.each([
    ["a field that nobody asked for", { ...batch, events: [{ ...event, email: "a@b.example" }] }],
    ["another version", { ...batch, v: 2 }],
    ["a shop that is no myshopify domain", { ...batch, shop: "evil.example" }],
    ["an unknown kind", { ...batch, events: [{ ...event, kind: "order_placed" }] }],
    ["a visitor that is no pseudonym", { ...batch, events: [{ ...event, visitor: "ada@mail.example" }] }],
    ["an id that is no number", { ...batch, events: [{ ...event, variant: "1 OR 1=1" }] }],
    ["a ticket that is none", { ...batch, ticket: "x".repeat(23) }],
    ["no event", { ...batch, events: [] }],
    ["more events than a page can cause", { ...batch, events: Array.from({ length: 101 }, () => event) }],
  ])("refuses %s", (_, given) => {
    expect(BrowseBatch.safeParse(given).success).toBe(false);
  });
});

describe("toBrowseEvents", () => {
  it("keeps ids beyond 2^53 and the arm of the visitor", () => {
    expect(toBrowseEvents(BrowseBatch.parse(batch), read)).toEqual([
      {
        eventId: event.id,
        visitorKey: event.visitor,
        kind: "product_viewed",
        productGid: "gid://shopify/Product/301",
        variantGid: "gid://shopify/ProductVariant/9007199254740993111",
        bundleId: null,
        arm: "treated",
        occurredAt: "2026-11-02T09:15:00.000Z",
      },
    ]);
  });

  it.each(["2036-01-01T00:00:00Z", "1999-01-01T00:00:00Z"])("replaces %s by the time of arrival", (at) => {
    const [kept] = toBrowseEvents(BrowseBatch.parse({ ...batch, events: [{ ...event, at }] }), read);
    expect(kept?.occurredAt).toBe(now.toISOString());
  });
});

describe("bounds of a batch", () => {
  const accepts = (changes: object) => BrowseBatch.safeParse({ ...batch, ...changes }).success;
  const acceptsEvent = (changes: object) => accepts({ events: [{ ...event, ...changes }] });

  it.each([
    ["an id too short", { id: "a".repeat(7) }],
    ["an id too long", { id: "a".repeat(81) }],
    ["an id with a blank", { id: "abcd efgh" }],
    ["an id between other signs", { id: "<abcdefgh>" }],
    ["a time without a zone", { at: "2026-11-02T09:15:00" }],
    ["a visitor with more before it", { visitor: `0${event.visitor}` }],
    ["a visitor of capitals", { visitor: event.visitor.toUpperCase() }],
    ["an arm that is none", { arm: "x" }],
    ["an empty product", { product: "" }],
    ["a product of 21 digits", { product: "1".repeat(21) }],
    ["a product with letters before it", { product: "a1" }],
    ["a bundle that is no id", { bundle: "44" }],
  ])("refuse an event with %s", (_, changes) => {
    expect(acceptsEvent(changes)).toBe(false);
  });

  it.each([
    ["the shortest id", { id: "a.b:c-d_" }],
    ["the longest id", { id: "a".repeat(80) }],
    ["a time with an offset", { at: "2026-11-02T09:15:00+02:00" }],
    ["a product of twenty digits and no variant", { product: "1".repeat(20), variant: null }],
    ["the holdout", { arm: "h" }],
    ["no known arm", { arm: null }],
  ])("accept an event with %s", (_, changes) => {
    expect(acceptsEvent(changes)).toBe(true);
  });

  it.each([
    ["xevil.example/demo-shop.myshopify.com", false],
    ["demo-shop.myshopify.com.evil.example", false],
    ["demo-shopxmyshopify.com", false],
    ["-demo.myshopify.com", false],
    [`${"a".repeat(64)}.myshopify.com`, false],
    [`${"a".repeat(63)}.myshopify.com`, true],
    ["7.myshopify.com", true],
  ])("accept the shop %s: %s", (shop, isHeld) => {
    expect(accepts({ shop })).toBe(isHeld);
  });

  it("allow a hundred events and no unknown field", () => {
    expect(accepts({ events: Array.from({ length: 100 }, () => event) })).toBe(true);
    expect(accepts({ ip: "203.0.113.9" })).toBe(false);
  });
});

describe("stored pixel event", () => {
  const keep = (changes: object) =>
    toBrowseEvents(BrowseBatch.parse({ ...batch, events: [{ ...event, ...changes }] }), read)[0]!;

  it.each([
    [10 * 60_000, true],
    [10 * 60_000 + 1, false],
    [-10 * 60_000, true],
    [-10 * 60_000 - 1, false],
  ])("keeps the browser's time, %d ms from ours: %s", (offsetMs, isKept) => {
    const at = new Date(now.getTime() + offsetMs);
    expect(keep({ at: at.toISOString() }).occurredAt).toBe((isKept ? at : now).toISOString());
  });

  it("holds the ids of its subject, and null for the others", () => {
    const bundle = "7F9C24E8-3B12-4FEF-91E0-5A1B1C1D1E1F";
    expect(keep({ product: null, variant: null, bundle })).toMatchObject({
      productGid: null,
      variantGid: null,
      bundleId: bundle.toLowerCase(),
    });
  });

  it("takes the arm from the visitor's record, never from the browser", () => {
    const sent = BrowseBatch.parse({ ...batch, events: [{ ...event, arm: "h" }] });
    expect(toBrowseEvents(sent, { now, findArm: () => null })[0]?.arm).toBeNull();
    const [kept] = toBrowseEvents(sent, {
      now,
      findArm: (visitor) => (visitor === event.visitor ? "treated" : null),
    });
    expect(kept?.arm).toBe("treated");
  });
});

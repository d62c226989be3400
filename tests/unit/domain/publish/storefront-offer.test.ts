import { globSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  APP_DATA_NAMESPACE,
  bundleDiscount,
  LEAVE_OUT_QUERY,
  OFFER_ANCHORS_KEY,
  OFFER_VARIANTS_KEY,
  OFFERS_KEY,
  PLACEMENT_CODES,
  STOREFRONT_KEY,
  StorefrontOffer,
  StorefrontOffers,
  StorefrontSettings,
} from "#app/domain/publish/storefront-offer.ts";

const part = { v: "44", q: 1 };
const offer = { id: "7f9c24e8-3b12-4fef-91e0-5a1b1c1d1e1f", t: "Tea and cup", bp: 1_000, c: [part, part] };
const parts = (count: number) => Array.from({ length: count }, () => part);

describe("an offer as the storefront reads it", () => {
  it.each([
    ["an id that is none of ours", { id: "44" }],
    ["no title", { t: "" }],
    ["a title that fills the widget", { t: "x".repeat(121) }],
    ["no discount", { bp: 0 }],
    ["more than nine tenths off", { bp: 9_001 }],
    ["half a basis point", { bp: 10.5 }],
    ["a place that no block knows", { w: "x" }],
    ["a last day before the century", { u: 1999_12_31 }],
    ["a last day of five-digit years", { u: 10_000_01_01 }],
    ["half a last day", { u: 2026_12_24.5 }],
    ["an empty list of countries", { m: "" }],
    ["a country in small letters", { m: "at" }],
    ["a country of three letters", { m: "AUT" }],
    ["countries between commas", { m: "AT,DE" }],
    ["countries and a blank behind them", { m: "AT " }],
    ["one component", { c: parts(1) }],
    ["five components", { c: parts(5) }],
    ["no unit of a component", { c: [part, { ...part, q: 0 }] }],
    ["ten units of a component", { c: [part, { ...part, q: 10 }] }],
    ["half a unit of a component", { c: [part, { ...part, q: 1.5 }] }],
    ["a variant's gid", { c: [part, { ...part, v: "gid://shopify/ProductVariant/44" }] }],
    ["a variant's id with more behind it", { c: [part, { ...part, v: "44a" }] }],
    ["a variant without an id", { c: [part, { ...part, v: "" }] }],
    ["a product's gid", { c: [part, { ...part, p: "gid://shopify/Product/7" }] }],
    ["a product's id with more behind it", { c: [part, { ...part, p: "7a" }] }],
    ["a product without an id", { c: [part, { ...part, p: "" }] }],
  ])("never has %s", (_, changes) => {
    expect(StorefrontOffer.safeParse({ ...offer, ...changes }).success).toBe(false);
  });

  it.each([
    ["the least and the fewest of all", { t: "x", bp: 1, u: 2000_01_01, m: "AT", c: parts(2) }],
    ["the most of all", { t: "x".repeat(120), bp: 9_000, u: 9999_12_31, m: "AT DE FR", c: parts(4) }],
    ["nine units of any variant of a product", { c: [part, { v: "44", q: 9, p: "71" }] }],
    ["product pages for its place", { w: "p" }],
    ["its first product's page for its place", { w: "f" }],
    ["the cart for its place", { w: "c" }],
  ])("may have %s", (_, changes) => {
    expect(StorefrontOffer.parse({ ...offer, ...changes })).toEqual({ ...offer, ...changes });
  });

  it("is one of at most five on a product, in a version that the block knows", () => {
    const stated = (changes: object) => StorefrontOffers.safeParse({ v: 1, o: [offer], ...changes }).success;
    expect(stated({ o: Array.from({ length: 6 }, () => offer) })).toBe(false);
    expect(stated({ v: 2 })).toBe(false);
    expect(stated({ s: 0 })).toBe(false);
    expect(stated({ o: Array.from({ length: 5 }, () => offer), s: 1 })).toBe(true);
  });
});

describe("what the storefront must know of the shop", () => {
  const settings = { v: 1, holdoutPermille: 100, salt: "grains-of-salt" };

  it.each([
    ["fewer held out than nobody", { holdoutPermille: -1 }],
    ["more held out than half", { holdoutPermille: 501 }],
    ["half a thousandth held out", { holdoutPermille: 0.5 }],
    ["a salt that is soon guessed", { salt: "x".repeat(7) }],
    ["a salt that fills the page", { salt: "x".repeat(65) }],
    ["another version", { v: 2 }],
  ])("is never %s", (_, changes) => {
    expect(StorefrontSettings.safeParse({ ...settings, ...changes }).success).toBe(false);
  });

  it.each([
    { holdoutPermille: 0, salt: "x".repeat(8) },
    { holdoutPermille: 500, salt: "x".repeat(64) },
  ])("may be $holdoutPermille thousandths and such a salt", (changes) => {
    expect(StorefrontSettings.safeParse({ ...settings, ...changes }).success).toBe(true);
  });
});

describe("the theme blocks", () => {
  const liquid = globSync("extensions/bundle-offer/{blocks,snippets}/*.liquid")
    .map((file) => readFileSync(file, "utf8"))
    .join("\n");

  it.each([
    ["the shop's settings", `app.metafields.${APP_DATA_NAMESPACE}.${STOREFRONT_KEY}.value`],
    ["the rules", `metafields['$app'].${OFFERS_KEY}.value`],
    ["the components", `metafields['$app'].${OFFER_VARIANTS_KEY}.value`],
    ["the anchors", `metafields['$app'].${OFFER_ANCHORS_KEY}.value`],
    ["the wish to be left out", `search.indexOf('${LEAVE_OUT_QUERY}')`],
    ["an offer of its first product's page", `offer.w == '${PLACEMENT_CODES.first}'`],
    ["an offer of product pages", `offer.w == '${PLACEMENT_CODES.pages}'`],
    ["an offer of the cart", `offer.w == '${PLACEMENT_CODES.cart}'`],
  ])("look for %s at %s", (_, place) => {
    expect(liquid).toContain(place);
  });
});

describe("the discount of a bundle", () => {
  it.each([
    [1_999, 1_000, "USD", 199],
    [1_999, 1_000, "KWD", 199],
    // Whole yen, told in hundredths.
    [199_900, 1_000, "JPY", 19_900],
    [9, 1_000, "USD", 0],
  ])("of %i hundredths at %i basis points in %s is %i", (total, basisPoints, currency, expected) => {
    expect(bundleDiscount(total, basisPoints, currency)).toBe(expected);
  });

  it("is never more than what was promised, and less by no whole coin", () => {
    const anyTotal = fc.integer({ min: 0, max: 10_000_000 });
    fc.assert(
      fc.property(anyTotal, fc.integer({ min: 1, max: 9_000 }), (total, basisPoints) => {
        const promised = (total * basisPoints) / 10_000;
        expect(bundleDiscount(total, basisPoints, "USD")).toBeLessThanOrEqual(promised);
        expect(bundleDiscount(total, basisPoints, "USD")).toBeGreaterThan(promised - 1);
        expect(bundleDiscount(total, basisPoints, "JPY") % 100).toBe(0);
        expect(bundleDiscount(total, basisPoints, "JPY")).toBeGreaterThan(promised - 100);
      }),
    );
  });
});

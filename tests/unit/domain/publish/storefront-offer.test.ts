import { globSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  APP_DATA_NAMESPACE,
  LEAVE_OUT_QUERY,
  OFFER_ANCHORS_KEY,
  OFFER_VARIANTS_KEY,
  OFFERS_KEY,
  PLACEMENT_CODES,
  STOREFRONT_KEY,
  StorefrontSettings,
} from "#app/domain/publish/storefront-offer.ts";

describe("StorefrontSettings", () => {
  const settings = { v: 1, holdoutPermille: 100, salt: "grains-of-salt" };

  it.each([
    ["fewer held out than nobody", { holdoutPermille: -1 }],
    ["more held out than half", { holdoutPermille: 501 }],
    ["half a thousandth held out", { holdoutPermille: 0.5 }],
    ["a salt that is soon guessed", { salt: "x".repeat(7) }],
    ["a salt that fills the page", { salt: "x".repeat(65) }],
    ["another version", { v: 2 }],
  ])("refuses %s", (_, changes) => {
    expect(StorefrontSettings.safeParse({ ...settings, ...changes }).success).toBe(false);
  });

  it.each([
    { holdoutPermille: 0, salt: "x".repeat(8) },
    { holdoutPermille: 500, salt: "x".repeat(64) },
  ])("accepts $holdoutPermille permille and salts of both lengths", (changes) => {
    expect(StorefrontSettings.safeParse({ ...settings, ...changes }).success).toBe(true);
  });
});

describe("theme blocks", () => {
  const liquid = globSync("extensions/bundle-offer/{blocks,snippets}/*.liquid")
    .map((file) => readFileSync(file, "utf8"))
    .join("\n");

  it.each([
    ["the shop's settings", `app.metafields.${APP_DATA_NAMESPACE}.${STOREFRONT_KEY}.value`],
    ["the rules", `metafields['$app'].${OFFERS_KEY}.value`],
    ["the components", `metafields['$app'].${OFFER_VARIANTS_KEY}.value`],
    ["the anchors", `metafields['$app'].${OFFER_ANCHORS_KEY}.value`],
    ["the wish to be left out", `search.indexOf('${LEAVE_OUT_QUERY}')`],
    ["an offer of its first product's page", `rule[2] == '${PLACEMENT_CODES.first}'`],
    ["an offer of product pages", `rule[2] != blank and rule[2] != '${PLACEMENT_CODES.cart}'`],
    ["an offer of the cart", `rule[2] == '${PLACEMENT_CODES.cart}'`],
  ])("read %s at %s", (_, place) => {
    expect(liquid).toContain(place);
  });
});

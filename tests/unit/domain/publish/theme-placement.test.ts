import { describe, expect, it } from "vitest";
import { readThemePlacement } from "#app/domain/publish/theme-placement.ts";

const block = (handle: string, app = "bundlesmith") => `shopify://apps/${app}/blocks/${handle}/019a0000-0000`;
const template = (type: string, changes: object = {}, section: object = {}) =>
  `/*\n * Written by the editor: { "not": "json" }\n */\n` +
  JSON.stringify({
    sections: { main: { type: "main-product", blocks: { a: { type, ...changes } }, ...section } },
  });
const place = (filename: string, content: string) =>
  readThemePlacement([{ filename, content }], "bundlesmith");
const NOWHERE = { product: false, cart: false };

describe("readThemePlacement", () => {
  it.each([
    ["a file that is no JSON", "templates/product.json", "{% comment %}"],
    [
      "a block of another app of the same name",
      "templates/product.json",
      template(block("bundle-offer", "other")),
    ],
    [
      "a block that is switched off",
      "templates/product.json",
      template(block("bundle-offer"), { disabled: true }),
    ],
    [
      "a section that is switched off",
      "templates/product.json",
      template(block("bundle-offer"), {}, { disabled: true }),
    ],
    ["the block of another page", "templates/product.json", template(block("bundle-cart"))],
    [
      "the embed that only counts",
      "config/settings_data.json",
      JSON.stringify({ current: { blocks: { e: { type: block("bundle-embed") } } } }),
    ],
    [
      "an embed of a preset that nobody chose",
      "config/settings_data.json",
      JSON.stringify({
        current: { blocks: {} },
        presets: { Default: { blocks: { e: { type: block("bundle-anywhere") } } } },
      }),
    ],
    ["settings that name a preset", "config/settings_data.json", JSON.stringify({ current: "Default" })],
  ])("finds no place in %s", (_, filename, content) => {
    expect(place(filename, content)).toEqual(NOWHERE);
  });

  it.each([
    [
      "the product's block in a template",
      "templates/product.json",
      template(block("bundle-offer")),
      { product: true, cart: false },
    ],
    [
      "the block in a template of some products",
      "templates/product.gift.json",
      template(block("bundle-offer")),
      { product: true, cart: false },
    ],
    [
      "the cart's block",
      "templates/cart.json",
      template(block("bundle-cart")),
      { product: false, cart: true },
    ],
    [
      "the block inside a block, as Horizon has them",
      "templates/product.json",
      JSON.stringify({
        sections: {
          main: { blocks: { group: { type: "group", blocks: { a: { type: block("bundle-offer") } } } } },
        },
      }),
      { product: true, cart: false },
    ],
    [
      "the embed that draws offers",
      "config/settings_data.json",
      JSON.stringify({ current: { blocks: { e: { type: block("bundle-anywhere"), disabled: false } } } }),
      { product: true, cart: true },
    ],
  ])("finds a place for %s", (_, filename, content, expected) => {
    expect(place(filename, content)).toEqual(expected);
  });
});

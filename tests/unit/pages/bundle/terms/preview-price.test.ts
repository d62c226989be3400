import { describe, expect, it } from "vitest";
import { NEW_FIELDS } from "#app/domain/validate/offer-fields.ts";
import { previewPrices } from "#app/pages/bundle/terms/preview-price.ts";

describe("the price of terms being typed", () => {
  const product = { title: "Tea", imageUrl: "", quantity: "1", isGift: false, productGid: "" };
  const terms = {
    offer: NEW_FIELDS,
    components: [
      { ...product, variantGid: "gid://shopify/ProductVariant/1", priceMinor: 1_250 },
      { ...product, variantGid: "gid://shopify/ProductVariant/2", priceMinor: 1_000 },
    ],
  };

  it.each([
    ["HUF", { priceBefore: "HUF 22.50", priceAfter: "HUF 20.25", saving: "HUF 2.25" }],
    ["USD", { priceBefore: "$22.50", priceAfter: "$20.25", saving: "$2.25" }],
  ])("in %s is told to the last digit that a shopper pays", (currency, expected) => {
    const prices = JSON.stringify(previewPrices(terms, { currency, locale: "en" }));
    expect(JSON.parse(prices.replaceAll("\u00a0", " "))).toEqual([{ units: 2, ...expected }]);
  });
});

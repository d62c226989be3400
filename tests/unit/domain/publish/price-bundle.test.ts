import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { priceBundle } from "#app/domain/publish/price-bundle.ts";
import { bundleDiscount } from "#app/domain/publish/storefront-offer.ts";

const components = fc.array(
  fc.record({ priceMinor: fc.integer({ min: 0, max: 1_000_000 }), quantity: fc.integer({ min: 1, max: 9 }) }),
  { minLength: 2, maxLength: 4 },
);

describe("the price of a bundle on the merchant's pages", () => {
  it("is what the checkout takes, to the cent, in a currency of hundredths", () => {
    fc.assert(
      fc.property(components, fc.integer({ min: 1, max: 90 }), (parts, percent) => {
        const { beforeMinor, discountMinor, afterMinor } = priceBundle(parts, percent / 100, "USD");
        expect(beforeMinor).toBe(
          parts.reduce((sum, { priceMinor, quantity }) => sum + priceMinor * quantity, 0),
        );
        expect(discountMinor).toBe(bundleDiscount(beforeMinor, percent * 100, "USD"));
        expect(afterMinor + discountMinor).toBe(beforeMinor);
      }),
    );
  });

  it.each([
    ["JPY", 1_999, 199],
    ["USD", 1_999, 199],
    ["KWD", 1_999, 190],
  ])("in %s takes a tenth of %i minor units as %i", (currency, priceMinor, discountMinor) => {
    expect(priceBundle([{ priceMinor, quantity: 1 }], 0.1, currency).discountMinor).toBe(discountMinor);
  });

  it.each([
    [
      "several units of each component",
      [
        [1_000, 2],
        [250, 4],
      ],
      0.1,
      "USD",
      [3_000, 300, 2_700],
    ],
    [
      "a discount between two basis points, as it is published",
      [[10_000, 1]],
      0.12346,
      "USD",
      [10_000, 1_235, 8_765],
    ],
    ["whole units of a currency without coins", [[1_995, 2]], 0.1, "JPY", [3_990, 399, 3_591]],
    ["half a yen, which no checkout can take off", [[1_995, 1]], 0.1, "JPY", [1_995, 199, 1_796]],
    ["a third decimal, which earns no discount", [[1_999, 2]], 0.5, "KWD", [3_998, 1_990, 2_008]],
    ["nothing where nothing is charged", [[0, 1]], 0.5, "USD", [0, 0, 0]],
  ] as const)("counts %s", (_, parts, discountRatio, currency, [beforeMinor, discountMinor, afterMinor]) => {
    const components = parts.map(([priceMinor, quantity]) => ({ priceMinor, quantity }));
    expect(priceBundle(components, discountRatio, currency)).toEqual({
      beforeMinor,
      discountMinor,
      afterMinor,
    });
  });
});

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
});

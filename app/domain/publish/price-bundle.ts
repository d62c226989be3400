import { minorDigits } from "#app/domain/money.ts";
import { bundleDiscount } from "./storefront-offer.ts";

/** What a shopper pays for one set of a bundle, minor units of the shop's currency. */
interface BundlePrice {
  readonly beforeMinor: number;
  readonly discountMinor: number;
  readonly afterMinor: number;
}

/**
 * Price of one set with its discount, by the storefront's own arithmetic: it counts in hundredths of the currency
 * unit whatever the currency's minor unit is, so the page shows the amount that the checkout takes off. A third
 * decimal, as dinars have, earns no discount.
 *
 * @param components price of one unit in minor units, at least 0, and units in a set, at least 1
 * @param discountRatio 0 to 1; rounded to whole basis points, as it is published
 */
export function priceBundle(
  components: readonly { readonly priceMinor: number; readonly quantity: number }[],
  discountRatio: number,
  currency: string,
): BundlePrice {
  const digits = minorDigits(currency);
  const hundredthsPerMinor = 10 ** Math.max(0, 2 - digits);
  const minorPerHundredth = 10 ** Math.max(0, digits - 2);
  let beforeMinor = 0;
  let totalHundredths = 0;
  for (const { priceMinor, quantity } of components) {
    beforeMinor += priceMinor * quantity;
    // Price by price, because that is how the Function reads a cart.
    totalHundredths += Math.floor(priceMinor / minorPerHundredth) * hundredthsPerMinor * quantity;
  }
  const discountHundredths = bundleDiscount(totalHundredths, Math.round(discountRatio * 10_000), currency);
  const discountMinor = (discountHundredths / hundredthsPerMinor) * minorPerHundredth;
  return { beforeMinor, discountMinor, afterMinor: beforeMinor - discountMinor };
}

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
 * unit whatever the currency's minor unit is, so the page shows the amount that the checkout takes off.
 *
 * @param components price of one unit in minor units, at least 0, and units in a set, at least 1
 * @param discountRatio 0 to 1; rounded to whole basis points, as it is published
 */
export function priceBundle(
  components: readonly { readonly priceMinor: number; readonly quantity: number }[],
  discountRatio: number,
  currency: string,
): BundlePrice {
  const beforeMinor = components.reduce((sum, { priceMinor, quantity }) => sum + priceMinor * quantity, 0);
  const minorPerHundredth = 10 ** (minorDigits(currency) - 2);
  const discountHundredths = bundleDiscount(
    Math.floor(beforeMinor / minorPerHundredth),
    Math.round(discountRatio * 10_000),
  );
  const discountMinor = Math.round(discountHundredths * minorPerHundredth);
  return { beforeMinor, discountMinor, afterMinor: beforeMinor - discountMinor };
}

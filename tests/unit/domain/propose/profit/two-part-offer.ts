import type { Estimate } from "#app/domain/numbers/statistics.ts";
import type { BundleEconomics } from "#app/domain/propose/profit/offer-value.ts";

export const exactly = (value: number): Estimate => ({ value, low: value, high: value });

/** An expensive product and a cheap one; many orders lack one of them. */
export const offer = (missing = 400): BundleEconomics => ({
  ordersAnyway: exactly(20),
  relation: 0.6,
  basis: "published",
  components: [3_000, 1_000].map((priceMinor) => ({
    priceMinor,
    marginMinor: priceMinor * 0.6,
    missing: exactly(missing),
    response: exactly(2.6),
  })),
});

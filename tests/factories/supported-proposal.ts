import type { SupportedProposal } from "#app/data/bundles/proposals.server.ts";
import type { StockedVariant } from "./bundle-shop.ts";

const estimate = { value: 500, low: 100, high: 900 };

/** A run's proposal of one unit each of these variants at 5 % off, with the first as the anchor. */
export function supportedProposal(
  variants: readonly StockedVariant[],
  fields: Partial<SupportedProposal> = {},
): SupportedProposal {
  return {
    // The same format as in `addBundle`, so the keys match.
    componentKey: variants
      .map(({ variantGid }) => `${variantGid}*1`)
      .toSorted()
      .join("|"),
    kind: "complementary",
    title: "Of the run",
    terms: null,
    discountRatio: 0.05,
    currency: "USD",
    expected: {
      ordersAnyway: estimate,
      ordersWithOffer: estimate,
      extraMarginMinor: estimate,
      extraRevenueMinor: estimate,
    },
    evidence: [{ kind: "orders", value: 30, code: "text", values: { text: "30 of 200 orders held both." } }],
    validation: {
      baskets: 200,
      withAll: 30,
      expectedByChance: 10,
      lift: { value: 3, low: 2, high: 4 },
      marginChangeMinor: estimate,
      isSupported: true,
    },
    components: variants.map(({ productGid, variantGid, title }) => ({
      productGid,
      variantGid,
      title,
      quantity: 1,
      priceMinor: 1_100,
    })),
    startsAt: null,
    endsAt: null,
    ...fields,
  };
}

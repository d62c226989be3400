import { z } from "zod";
import { RETRAINING } from "./retraining.ts";

/** Enough for any shop seen, and few enough to read with every run. */
export const MOST_EXCLUDED = 500;
const excluded = z.array(z.string().min(1).max(255)).max(MOST_EXCLUDED).default([]);

/** A merchant's settings. Every field has a default, so an empty object is valid. */
export const ShopSettings = z.object({
  /** Share of visitors never shown an offer, to measure uplift. 0 turns measuring off. */
  holdoutRatio: z.number().min(0).max(0.5).default(0.1),
  /** For this many days after the first approval, half of the visitors are held out, for a faster answer. */
  holdoutRampDays: z.number().int().min(0).max(60).default(0),
  /** Highest discount that may be proposed. Above a quarter, shoppers learn to wait for the bundle. */
  maxDiscountRatio: z.number().min(0).max(0.9).default(0.2),
  /** Lowest discount that may be proposed. Below a twentieth, shoppers do not notice it. */
  minDiscountRatio: z.number().min(0.01).max(0.9).default(0.05),
  /** Lowest margin of a bundle after its discount, as a share of its price. */
  marginFloorRatio: z.number().min(0).max(0.95).default(0.15),
  /** Margin assumed for a product without a cost in Shopify, as a share of its price. */
  assumedMarginRatio: z.number().min(0.01).max(0.99).default(0.5),
  /** Whether to use Shopify's costs; if not, every product has the assumed margin. */
  usesShopifyCosts: z.boolean().default(true),
  /**
   * Tax included in prices, relative to the price without it: 0.19 if a price of 119 includes 19. Computed from orders.
   */
  includedTaxRatio: z.number().min(0).max(1).default(0),
  /** Orders that must hold all components to prove a bundle. With fewer, an interval says nothing. */
  minSupportOrders: z.number().int().min(1).default(8),
  /** Most offers per product. Shoppers do not read a longer widget. */
  maxOffersPerProduct: z.number().int().min(1).max(5).default(3),
  /** Whether a product sold by subscription can be in a bundle and get its discount. */
  countsSubscriptions: z.boolean().default(false),
  /**
   * Whether one checkout can combine the bundle discount with a discount on the order, other products or shipping. If
   * not, Shopify applies the larger saving, and a shopper may not get the price that an offer shows.
   */
  combinesWithOrders: z.boolean().default(true),
  combinesWithProducts: z.boolean().default(true),
  combinesWithShipping: z.boolean().default(true),
  /** Whether the checkout refuses discount codes while an offer applies. */
  rejectsCodes: z.boolean().default(false),
  /**
   * Whether this shop and the other consenting shops of the installation learn from each other's offers.
   * @see app/decisions/propose/081-a-shops-own-offers-correct-the-prior.md
   */
  learnsWithOthers: z.boolean().default(false),
  /** Most suggestions per run. */
  maxProposals: z.number().int().min(1).max(5_000).default(100),
  /** Age of the oldest orders that a run learns from. */
  windowDays: z.number().int().min(30).max(3_650).default(1_095),
  /** How often a run starts by itself. A week follows seasons, and a day of orders changes little. */
  retrainEvery: z.enum(RETRAINING).default("week"),
  /** Products that are never proposed. The app still learns from them. */
  excludedProductGids: excluded,
  /** Excludes every product in these collections. */
  excludedCollectionGids: excluded,
  /** Excludes every product with one of these tags, compared case-insensitively. */
  excludedTags: excluded,
  /**
   * How long browsing data is kept. Half a year is longer than any model or experiment looks back. Less than a
   * measuring period of 90 days would remove visitors from a running comparison.
   */
  browseKeptDays: z.number().int().min(120).max(730).default(180),
  /** How long orders are kept, as sums and pseudonyms. Less than a year hides the seasons. */
  ordersKeptDays: z.number().int().min(120).max(3_650).default(3_650),
});
export type ShopSettings = z.infer<typeof ShopSettings>;

/**
 * A chosen list with what others added or removed since it was seen.
 *
 * @param chosen the list as one person wants it
 * @param seen the list as that person saw it
 * @param held the list as it is now
 */
export function withOthersChoices(
  chosen: readonly string[],
  { seen, held }: { readonly seen: readonly string[]; readonly held: readonly string[] },
): string[] {
  const kept = held.filter((one) => chosen.includes(one) || !seen.includes(one));
  return [...kept, ...chosen.filter((one) => !held.includes(one) && !seen.includes(one))];
}

export type CostSettings = Pick<ShopSettings, "usesShopifyCosts" | "includedTaxRatio">;

/**
 * A unit's cost to subtract from its price, minor units. Costs are without tax and prices can include it, so the cost
 * is raised by the tax ratio. The margin ratio stays the same; `withoutTax` converts the money. Null if the cost is
 * unknown or the merchant uses the assumed margin.
 *
 * Known weakness: a shop with several tax rates gets their mean.
 */
export function costBesidePrice(
  { usesShopifyCosts, includedTaxRatio }: CostSettings,
  costMinor: number | null | undefined,
): number | null {
  if (!usesShopifyCosts || costMinor === null || costMinor === undefined) return null;
  return Math.round(costMinor * (1 + includedTaxRatio));
}

/** Whether a price keeps the lowest margin, to one minor unit, because costs and discounts are rounded. */
export function keepsMargin(
  { afterMinor, costMinor }: { readonly afterMinor: number; readonly costMinor: number },
  { marginFloorRatio }: Pick<ShopSettings, "marginFloorRatio">,
): boolean {
  return afterMinor - costMinor >= marginFloorRatio * afterMinor - 1;
}

/** Converts money computed from prices to money without the included tax; minor units, not rounded. */
export function withoutTax(
  minor: number,
  { includedTaxRatio }: Pick<ShopSettings, "includedTaxRatio">,
): number {
  return minor / (1 + includedTaxRatio);
}

/** Discounts that a checkout can combine with ours, by Shopify's names. */
export interface Combining {
  readonly orderDiscounts: boolean;
  readonly productDiscounts: boolean;
  readonly shippingDiscounts: boolean;
}

/** The merchant's choice for all bundles of the shop. */
export function planCombining(
  settings: Pick<ShopSettings, "combinesWithOrders" | "combinesWithProducts" | "combinesWithShipping">,
): Combining {
  return {
    orderDiscounts: settings.combinesWithOrders,
    productDiscounts: settings.combinesWithProducts,
    shippingDiscounts: settings.combinesWithShipping,
  };
}

/** Text of one choice, to store and compare: "order shipping" combines with those two. */
export function nameCombining({ orderDiscounts, productDiscounts, shippingDiscounts }: Combining): string {
  const kinds = [orderDiscounts && "order", productDiscounts && "product", shippingDiscounts && "shipping"];
  return kinds.filter(Boolean).join(" ");
}

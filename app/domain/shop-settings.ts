import { z } from "zod";
import { RETRAINING } from "./retraining.ts";

/** Enough for any shop seen, and little enough to be read with every run. */
const MOST_EXCLUDED = 500;
const excluded = z.array(z.string().min(1).max(255)).max(MOST_EXCLUDED).default([]);

/** What a merchant may set; every field has a default, so that an empty object is a working shop. */
export const ShopSettings = z.object({
  /** Share of visitors never shown an offer, so that uplift can be measured. 0 turns measuring off. */
  holdoutRatio: z.number().min(0).max(0.5).default(0.1),
  /** For so many days after the first approval half of the visitors are held out, for an answer that comes sooner. */
  holdoutRampDays: z.number().int().min(0).max(60).default(0),
  /** Highest discount that may be proposed. Above a quarter, shoppers learn to wait for the bundle. */
  maxDiscountRatio: z.number().min(0).max(0.9).default(0.2),
  /** Lowest discount that may be proposed. Below a twentieth, shoppers do not notice it. */
  minDiscountRatio: z.number().min(0.01).max(0.9).default(0.05),
  /** Lowest margin a bundle may keep after its discount, of its price. */
  marginFloorRatio: z.number().min(0).max(0.95).default(0.15),
  /** Margin assumed for a product whose cost Shopify does not know, of its price. */
  assumedMarginRatio: z.number().min(0.01).max(0.99).default(0.5),
  /** Whether costs are those that Shopify knows; if not, every product is taken to have the assumed margin. */
  usesShopifyCosts: z.boolean().default(true),
  /** The tax that prices hold, of the price without it: 0.19 where 119 holds 19. Orders tell it, and no form has it. */
  includedTaxRatio: z.number().min(0).max(1).default(0),
  /** Orders that must hold all components before a bundle is proposed: below it an interval says nothing. */
  minSupportOrders: z.number().int().min(1).default(8),
  /** At most so many offers that any one product is part of; a longer widget is not read. */
  maxOffersPerProduct: z.number().int().min(1).max(5).default(3),
  /** Whether a product that is bought by subscription may be part of a bundle, and so get its discount. */
  countsSubscriptions: z.boolean().default(false),
  /**
   * Whether one checkout may give the bundle discount and a discount on the whole order, on other products, or on
   * shipping. Where it may not, Shopify gives whichever saves more, and the price that an offer shows may not be given.
   */
  combinesWithOrders: z.boolean().default(true),
  combinesWithProducts: z.boolean().default(true),
  combinesWithShipping: z.boolean().default(true),
  /** Whether the checkout refuses discount codes while it gives an offer, so that no code comes on top of one. */
  rejectsCodes: z.boolean().default(false),
  /**
   * Whether the shops of this installation that agree may learn from its offers, and it from theirs; see
   * app/decisions/propose/081-a-shops-own-offers-correct-the-prior.md.
   */
  learnsWithOthers: z.boolean().default(false),
  /** How many suggestions a run may hand to the merchant. */
  maxProposals: z.number().int().min(1).max(5_000).default(100),
  /** How far back orders are learned from. */
  windowDays: z.number().int().min(30).max(3_650).default(1_095),
  /** How often a run starts by itself. Weekly follows seasons, and a day's orders change little. */
  retrainEvery: z.enum(RETRAINING).default("week"),
  /** Products that are never proposed. What is excluded is still learned from. */
  excludedProductGids: excluded,
  /** The same of every product in these collections. */
  excludedCollectionGids: excluded,
  /** The same of every product with one of these tags, compared without case. */
  excludedTags: excluded,
  /**
   * How long browsing is kept. Half a year is more than any model or experiment looks back; less than a measuring
   * period of 90 days would take visitors out of a comparison that is still running.
   */
  browseKeptDays: z.number().int().min(120).max(730).default(180),
  /** How long orders are kept, as sums and pseudonyms. Less than a year hides the seasons. */
  ordersKeptDays: z.number().int().min(120).max(3_650).default(3_650),
});
export type ShopSettings = z.infer<typeof ShopSettings>;

/** How the merchant has costs counted. */
export type CostSettings = Pick<ShopSettings, "usesShopifyCosts" | "includedTaxRatio">;

/**
 * What a unit costs beside its price, minor units: a cost is without tax, and a price may hold one, so the cost is given as
 * much. What is left is then the same share of the price as of the price without tax, and more money; see `withoutTax`.
 * Null where the cost is not known, and where the merchant has margins reckoned by percentage.
 *
 * Known weakness: where a shop sells at several rates of tax, it is their mean.
 */
export function costBesidePrice(
  { usesShopifyCosts, includedTaxRatio }: CostSettings,
  costMinor: number | null | undefined,
): number | null {
  if (!usesShopifyCosts || costMinor === null || costMinor === undefined) return null;
  return Math.round(costMinor * (1 + includedTaxRatio));
}

/** Money that was reckoned in prices, without its share of the tax that they hold; minor units, not rounded. */
export function withoutTax(
  minor: number,
  { includedTaxRatio }: Pick<ShopSettings, "includedTaxRatio">,
): number {
  return minor / (1 + includedTaxRatio);
}

/** Together with which other discounts a checkout may give ours; the names are Shopify's. */
export interface Combining {
  readonly orderDiscounts: boolean;
  readonly productDiscounts: boolean;
  readonly shippingDiscounts: boolean;
}

/** What the merchant chose for all bundles of the shop, as Shopify names it. */
export function planCombining(
  settings: Pick<ShopSettings, "combinesWithOrders" | "combinesWithProducts" | "combinesWithShipping">,
): Combining {
  return {
    orderDiscounts: settings.combinesWithOrders,
    productDiscounts: settings.combinesWithProducts,
    shippingDiscounts: settings.combinesWithShipping,
  };
}

/** One text for one choice, to be noted and compared: "order shipping" combines with those two. */
export function nameCombining({ orderDiscounts, productDiscounts, shippingDiscounts }: Combining): string {
  const kinds = [orderDiscounts && "order", productDiscounts && "product", shippingDiscounts && "shipping"];
  return kinds.filter(Boolean).join(" ");
}

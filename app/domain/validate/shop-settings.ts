import { z } from "zod";

/** What a merchant may set; every field has a default, so that an empty object is a working shop. */
export const ShopSettings = z.object({
  /** Share of visitors never shown an offer, so that uplift can be measured. 0 turns measuring off. */
  holdoutRatio: z.number().min(0).max(0.5).default(0.1),
  /** Highest discount that may be proposed. Above a quarter, shoppers learn to wait for the bundle. */
  maxDiscountRatio: z.number().min(0).max(0.9).default(0.2),
  /** Lowest margin a bundle may keep after its discount, of its price. */
  marginFloorRatio: z.number().min(0).max(0.95).default(0.15),
  /** Margin assumed for a product whose cost Shopify does not know, of its price. */
  assumedMarginRatio: z.number().min(0.01).max(0.99).default(0.5),
  /** Orders that must hold all components before a bundle is proposed: below it an interval says nothing. */
  minSupportOrders: z.number().int().min(1).default(8),
  /** At most so many offers for one anchor; a longer widget is not read. */
  maxOffersPerProduct: z.number().int().min(1).max(5).default(3),
  /** How many suggestions a run may hand to the merchant. */
  maxProposals: z.number().int().min(1).max(5_000).default(100),
  /** How far back orders are learned from. */
  windowDays: z.number().int().min(30).max(3_650).default(1_095),
  /** How long browsing is kept. Half a year is more than any model or experiment looks back. */
  browseKeptDays: z.number().int().min(30).max(730).default(180),
  /** How long orders are kept, as sums and pseudonyms. Less than a year hides the seasons. */
  ordersKeptDays: z.number().int().min(90).max(3_650).default(3_650),
});
export type ShopSettings = z.infer<typeof ShopSettings>;

import { z } from "zod";
import type { Placement, OfferTerms, KeyedComponent } from "#app/domain/offer/offer.ts";

/** Metafields of a product, in the app's own namespace. */
/** The rules of its offers; `writeRules` of app/domain/offer/offer-rule.ts. */
export const OFFERS_KEY = "offers";
export const OFFER_VARIANTS_KEY = "bundle_variants";
/** On the products of the other components: the anchors on which to look for the rule. */
export const OFFER_ANCHORS_KEY = "bundle_anchors";
/** Metafield of the app's installation: what the storefront must know of the shop. */
export const STOREFRONT_KEY = "storefront";
export const APP_DATA_NAMESPACE = "bundlesmith";
/** In the address of any page of the shop: leaves the browser that opens it out of all counting. */
export const LEAVE_OUT_QUERY = "bundlesmith=out";

/** How the rule says so to the theme blocks; everywhere is not said. */
export const PLACEMENT_CODES: Readonly<Record<Placement, "p" | "f" | "c" | null>> = {
  everywhere: null,
  pages: "p",
  first: "f",
  cart: "c",
};

/** Value of the installation's `storefront` metafield. */
export const StorefrontSettings = z.object({
  v: z.literal(1),
  /** Share of visitors that see no offer, in thousandths. */
  holdoutPermille: z.number().int().min(0).max(500),
  salt: z.string().min(8).max(64),
  /** Numbers of themes that a Rollout shows to buyers: not published, yet no previews of the merchant's. */
  themes: z.array(z.number().int()).optional(),
});
export type StorefrontSettings = z.infer<typeof StorefrontSettings>;

/** One component of an approved bundle and whether the shop can sell it now. */
export interface ApprovedComponent extends KeyedComponent {
  readonly title: string;
  /** False for drafts, archived and deleted products, and for variants that no longer exist. */
  readonly isActive: boolean;
  /** Units on hand; null where they do not limit sales. */
  readonly stockUnits: number | null;
  /** The same of every variant of its product, where shoppers may take any; null where only this one counts. */
  readonly openStock: readonly (number | null)[] | null;
}

/** A bundle that the merchant approved. */
export interface ApprovedBundle {
  readonly id: string;
  readonly title: string;
  /** The same in other languages of the shop, by Shopify's code. */
  readonly titles: Readonly<Record<string, string>>;
  readonly terms: OfferTerms;
  /** What the terms take off the price of today, 0 to 1. */
  readonly discountRatio: number;
  /** Null is as often as an order holds the products. */
  readonly timesPerOrder: number | null;
  readonly startsAtMs: number | null;
  readonly endsAtMs: number | null;
  /** Expected extra margin in 28 days, minor units: the better offer comes first and stays where room is scarce. */
  readonly expectedExtraMarginMinor: number;
  /** Whether shoppers may take another variant of a component's product. */
  readonly letsShopperChoose: boolean;
  readonly placement: Placement;
  /** ISO codes of the countries whose shoppers it is for; none is everywhere. */
  readonly countries: readonly string[];
  /** The first is the anchor. */
  readonly components: readonly ApprovedComponent[];
}

/** Whether not even one set of the component can be sold now, in no variant that counts. */
export function isUnavailable({ isActive, stockUnits, openStock, quantity }: ApprovedComponent): boolean {
  return !isActive || (openStock ?? [stockUnits]).every((units) => units !== null && units < quantity);
}

import { z } from "zod";
import type { Placement } from "#app/domain/validate/placement.ts";

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

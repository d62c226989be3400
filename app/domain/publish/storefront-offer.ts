import { z } from "zod";
import type { Placement } from "#app/domain/validate/placement.ts";
import { minorDigits } from "#app/domain/money.ts";

/** Metafields of a product, in the app's own namespace. */
export const OFFERS_KEY = "bundles";
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

/**
 * One offer as the theme block and the Function read it; short names, because 200 cart lines with their rules
 * must stay under 128 kB. The rule lies on the first component's product and applies to lines of its variant.
 */
export const StorefrontOffer = z.object({
  /** Bundle id. */
  id: z.uuid(),
  /** Title shown to shoppers. */
  t: z.string().min(1).max(120),
  /** Discount in basis points of the components' total, 1 to 9000. */
  bp: z.number().int().min(1).max(9_000),
  /** Where it is shown, where that is not everywhere. */
  w: z.enum(["p", "f", "c"]).optional(),
  /**
   * Last day in the shop's time zone as the number 20261224, where the bundle has one: block and Function end the offer
   * by themselves, even while our servers are down.
   */
  u: z.number().int().min(2000_01_01).max(9999_12_31).optional(),
  /** Countries of the shoppers that it is for, "AT DE"; not said where it is for all. */
  m: z
    .string()
    .regex(/^[A-Z]{2}( [A-Z]{2})*$/)
    .optional(),
  /** Components: variant's legacy id and quantity. */
  c: z
    .array(
      z.object({
        v: z.string().regex(/^\d+$/),
        q: z.number().int().min(1).max(9),
        /** Legacy id of the variant's product, where any variant of it may stand in; `v` is the one shown first. */
        p: z.string().regex(/^\d+$/).optional(),
      }),
    )
    .min(2)
    .max(4),
});
export type StorefrontOffer = z.infer<typeof StorefrontOffer>;

/** Value of the `bundles` metafield. */
export const StorefrontOffers = z.object({
  v: z.literal(1),
  o: z.array(StorefrontOffer).max(5),
  /** Present where lines with a selling plan count too: the shop's setting, on every product alike. */
  s: z.literal(1).optional(),
});
export type StorefrontOffers = z.infer<typeof StorefrontOffers>;

/** Value of the installation's `storefront` metafield. */
export const StorefrontSettings = z.object({
  v: z.literal(1),
  /** Share of visitors that see no offer, in thousandths. */
  holdoutPermille: z.number().int().min(0).max(500),
  salt: z.string().min(8).max(64),
});
export type StorefrontSettings = z.infer<typeof StorefrontSettings>;

/**
 * The discount of a bundle, in hundredths of the currency unit as Liquid and the Function count:
 * `floor(total · basisPoints / 10000)` per set, and whole units where the currency has no coins below them, since a
 * checkout cannot take half a yen. The widget, the cart and the checkout all show this amount.
 *
 * @param componentTotal sum of price × quantity over the components, hundredths of the cart's currency
 */
export function bundleDiscount(componentTotal: number, basisPoints: number, currency: string): number {
  const step = minorDigits(currency) === 0 ? 100 : 1;
  return Math.floor((componentTotal * basisPoints) / (10_000 * step)) * step;
}

import { createHash } from "node:crypto";
import { z } from "zod";
import type { BundleRow } from "#app/data/bundles/bundles.server.ts";
import { toOfferTerms } from "#app/domain/offer/offer.ts";

/** What `termsVersionOf` writes. */
export const TermsVersion = z.string().regex(/^[\w-]{22}$/);

/**
 * Names what an offer gives, of which products, when, where and how often: 132 bits, equal while nothing of it changes.
 * Who approves an offer sends the name of the terms that were read, so that no others go live by it.
 */
export function termsVersionOf(bundle: BundleRow): string {
  const { startsAt, endsAt, placement, countries, timesPerOrder, letsShopperChoose } = bundle;
  const given = [
    toOfferTerms(bundle),
    startsAt,
    endsAt,
    placement,
    countries,
    timesPerOrder,
    letsShopperChoose,
  ];
  // Runs write the products of an offer in the order of what they sell, which changes nothing that it gives.
  const parts = bundle.components
    .map(({ variantGid, quantity, isGift }) => [variantGid, quantity, isGift] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const first = placement === "first" ? bundle.components[0]?.variantGid : null;
  return createHash("sha256")
    .update(JSON.stringify([given, parts, first]))
    .digest("base64url")
    .slice(0, 22);
}

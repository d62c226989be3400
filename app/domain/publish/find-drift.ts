import type { ActualMetafield } from "./diff-metafields.ts";
import { STOREFRONT_KEY } from "./storefront-offer.ts";

/** What of ours somebody else may change in a shop. */
export const DRIFT_KINDS = [
  "discount_missing",
  "discount_off",
  "discount_changed",
  "pixel_missing",
  "pixel_changed",
  "offer_missing",
  "offer_changed",
  "settings_changed",
] as const;
export type DriftKind = (typeof DRIFT_KINDS)[number];

/** A metafield as our own notes have it; without a digest the write was intended and may never have happened. */
export interface NotedMetafield {
  readonly ownerGid: string;
  readonly key: string;
  readonly compareDigest: string | null;
}

/**
 * Which of our metafields the shop holds otherwise than we left them. What was only intended tells nothing, and what
 * lay on a product that is gone went with it.
 *
 * @param actual what was read of the shop
 * @param readOwners whose metafields were read
 * @returns one entry a product or setting, so that a product whose two metafields changed counts once
 */
export function findMetafieldDrift(
  noted: readonly NotedMetafield[],
  actual: readonly ActualMetafield[],
  readOwners: ReadonlySet<string>,
): DriftKind[] {
  const held = new Map(actual.map((row) => [`${row.ownerGid} ${row.key}`, row.compareDigest]));
  const byOwner = new Map<string, DriftKind>();
  for (const { ownerGid, key, compareDigest } of noted) {
    if (compareDigest === null || !readOwners.has(ownerGid)) continue;
    const found = held.get(`${ownerGid} ${key}`);
    if (found === compareDigest) continue;
    const kind = found === undefined ? "offer_missing" : "offer_changed";
    if (byOwner.get(ownerGid) !== "offer_missing") {
      byOwner.set(ownerGid, key === STOREFRONT_KEY ? "settings_changed" : kind);
    }
  }
  return [...byOwner.values()];
}

const WORDS: Readonly<Record<DriftKind, (count: number) => string>> = {
  discount_missing: () => "The discount “Bundle offer” had been deleted and was created again",
  discount_off: () =>
    "The discount “Bundle offer” was switched off in Shopify, so the offers went off the storefront with it",
  discount_changed: () =>
    "With which discounts the discount “Bundle offer” combines had been changed in Shopify and was put right",
  pixel_missing: () => "The pixel had been removed and was switched on again",
  pixel_changed: () => "The pixel's settings had been changed and were put right",
  offer_missing: (count) => `${offers(count)} had been removed in Shopify and put back`,
  offer_changed: (count) => `${offers(count)} had been changed in Shopify and put right`,
  settings_changed: () => "The storefront's settings had been changed and were put right",
};

/** One kind of drift in the merchant's words: what was found and what was done. */
export function describeDrift(kind: DriftKind, count: number): string {
  return WORDS[kind](count);
}

function offers(count: number): string {
  return count === 1 ? "The offers of 1 product" : `The offers of ${count} products`;
}

import type { ActualMetafield } from "./diff-metafields.ts";
import type { DriftMessage } from "./publish-messages.ts";
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
  "theme_changed",
] as const;
export type DriftKind = (typeof DRIFT_KINDS)[number];

/** A metafield as our own notes have it; without a digest the write is only intended: the shop may or may not hold it. */
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

/** One kind of drift, what was found and what was done, as a message. */
export function describeDrift(kind: DriftKind, count: number): DriftMessage {
  switch (kind) {
    case "discount_missing":
      return { code: "drift.discountMissing", values: {} };
    case "discount_off":
      return { code: "drift.discountOff", values: {} };
    case "discount_changed":
      return { code: "drift.discountChanged", values: {} };
    case "pixel_missing":
      return { code: "drift.pixelMissing", values: {} };
    case "pixel_changed":
      return { code: "drift.pixelChanged", values: {} };
    case "offer_missing":
      return { code: "drift.offerMissing", values: { count } };
    case "offer_changed":
      return { code: "drift.offerChanged", values: { count } };
    case "settings_changed":
      return { code: "drift.settingsChanged", values: {} };
    case "theme_changed":
      return { code: "drift.themeChanged", values: {} };
  }
}

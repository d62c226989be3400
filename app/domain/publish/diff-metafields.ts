import { groupBy } from "#app/domain/group-by.ts";
import type { DesiredMetafield, MetafieldIdentity } from "./plan-offers.ts";
import type { DriftMessage } from "./publish-messages.ts";
import { STOREFRONT_KEY } from "./storefront-offer.ts";

export interface ActualMetafield extends MetafieldIdentity {
  readonly value: string;
  /** Shopify's digest of this value; a write with it fails if somebody else wrote in between. */
  readonly compareDigest: string;
}

export interface MetafieldWrite extends DesiredMetafield {
  /** Null if there must be none yet. */
  readonly compareDigest: string | null;
}

interface MetafieldDiff {
  readonly writes: readonly MetafieldWrite[];
  readonly deletions: readonly ActualMetafield[];
  /** Metafields that are already right. */
  readonly kept: readonly ActualMetafield[];
}

/**
 * The smallest set of calls from the actual metafields to the desired ones. Both sides have each owner and key at most
 * once. Values are compared as JSON, because Shopify can store other white space.
 *
 * @param actual every metafield of the app that is known to exist
 */
export function diffMetafields(
  desired: readonly DesiredMetafield[],
  actual: readonly ActualMetafield[],
): MetafieldDiff {
  const present = new Map(actual.map((metafield) => [identityOf(metafield), metafield]));
  const writes: MetafieldWrite[] = [];
  const kept: ActualMetafield[] = [];
  for (const wanted of desired) {
    const identity = identityOf(wanted);
    const found = present.get(identity);
    present.delete(identity);
    if (found && isSameJson(found.value, wanted.value)) kept.push(found);
    else writes.push({ ...wanted, compareDigest: found?.compareDigest ?? null });
  }
  return { writes, deletions: [...present.values()], kept };
}

/**
 * Splits writes into calls of at most `size`. One owner's writes stay in one call, which is all or nothing, so a
 * shopper never sees an offer whose variants are missing.
 *
 * @param writes at most `size` per owner
 */
export function groupWrites(writes: readonly MetafieldWrite[], size: number): MetafieldWrite[][] {
  const groups: MetafieldWrite[][] = [];
  for (const ofOwner of groupBy(writes, ({ ownerGid }) => ownerGid).values()) {
    const last = groups.at(-1);
    if (last && last.length + ofOwner.length <= size) last.push(...ofOwner);
    else groups.push(ofOwner);
  }
  return groups;
}

/** Key to match notes and metafields by. */
export function identityOf({ ownerGid, key }: MetafieldIdentity): string {
  return `${ownerGid} ${key}`;
}

function isSameJson(a: string, b: string): boolean {
  if (a === b) return true;
  try {
    return canonical(JSON.parse(a)) === canonical(JSON.parse(b));
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** Resources of the app that somebody else can change in a shop. */
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

/** A metafield as we recorded it; without a digest the write was only intended, and the shop can hold it or not. */
export interface NotedMetafield extends MetafieldIdentity {
  readonly compareDigest: string | null;
}

/**
 * Our metafields that the shop holds differently from how we left them. Intended writes and metafields of deleted
 * products are skipped.
 *
 * @param actual metafields that the shop holds
 * @param readOwners owners whose metafields were read
 * @returns one entry per product or setting, so a product whose two metafields changed counts once
 */
export function findMetafieldDrift(
  noted: readonly NotedMetafield[],
  actual: readonly ActualMetafield[],
  readOwners: ReadonlySet<string>,
): DriftKind[] {
  const held = new Map(actual.map((row) => [identityOf(row), row.compareDigest]));
  const byOwner = new Map<string, DriftKind>();
  for (const { ownerGid, key, compareDigest } of noted) {
    if (compareDigest === null || !readOwners.has(ownerGid)) continue;
    const found = held.get(identityOf({ ownerGid, key }));
    if (found === compareDigest) continue;
    const kind = found === undefined ? "offer_missing" : "offer_changed";
    if (byOwner.get(ownerGid) !== "offer_missing") {
      byOwner.set(ownerGid, key === STOREFRONT_KEY ? "settings_changed" : kind);
    }
  }
  return [...byOwner.values()];
}

const DRIFT_CODES = {
  discount_missing: "drift.discountMissing",
  discount_off: "drift.discountOff",
  discount_changed: "drift.discountChanged",
  pixel_missing: "drift.pixelMissing",
  pixel_changed: "drift.pixelChanged",
  settings_changed: "drift.settingsChanged",
  theme_changed: "drift.themeChanged",
} as const;

/** One kind of drift as a message: what was found and done. */
export function describeDrift(kind: DriftKind, count: number): DriftMessage {
  switch (kind) {
    case "offer_missing":
      return { code: "drift.offerMissing", values: { count } };
    case "offer_changed":
      return { code: "drift.offerChanged", values: { count } };
    default:
      return { code: DRIFT_CODES[kind], values: {} };
  }
}

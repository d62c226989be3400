import { toLegacyId } from "#app/domain/ids.ts";
import {
  OFFER_VARIANTS_KEY,
  OFFERS_KEY,
  StorefrontOffers,
  type StorefrontOffer,
} from "./storefront-offer.ts";

/** One component of an approved bundle and whether the shop can sell it now. */
export interface ApprovedComponent {
  readonly variantGid: string;
  readonly productGid: string;
  readonly title: string;
  readonly quantity: number;
  /** False for drafts, archived and deleted products, and for variants that no longer exist. */
  readonly isActive: boolean;
  /** Units on hand; null when the shop does not track this variant. */
  readonly stockUnits: number | null;
}

/** A bundle that the merchant approved. */
export interface ApprovedBundle {
  readonly id: string;
  readonly title: string;
  /** 0 to 1. */
  readonly discountRatio: number;
  readonly startsAtMs: number | null;
  readonly endsAtMs: number | null;
  /** Expected extra margin in 28 days, minor units: the better offer comes first and stays where room is scarce. */
  readonly expectedExtraMarginMinor: number;
  /** The first is the anchor. */
  readonly components: readonly ApprovedComponent[];
}

/** A metafield that the shop should hold. */
export interface DesiredMetafield {
  readonly ownerGid: string;
  readonly namespace: string;
  readonly key: string;
  readonly type: "json" | "list.variant_reference";
  readonly value: string;
}

export interface OfferPlan {
  /** In order of owner and key. */
  readonly metafields: readonly DesiredMetafield[];
  /** Bundles that those metafields offer. */
  readonly offered: readonly string[];
  /** Approved bundles that cannot be offered now, and why in plain words. */
  readonly held: readonly { readonly bundleId: string; readonly reason: string }[];
  /** Bundles whose last day is over. */
  readonly ended: readonly string[];
}

/** The app's own namespace: no other app can read or write it. */
export const PRODUCT_NAMESPACE = "$app";

/** In UTF-16 units. Shopify refuses no longer title, but the storefront's contract does. */
const MAX_TITLE_LENGTH = 120;
/**
 * Bytes of one product's rules. The Function's input holds the rules of up to 200 cart lines in 128 kB, so a
 * product may take about 600 of them.
 */
const MAX_RULES_BYTES = 600;

/**
 * What the storefront should offer of the approved bundles: per anchor product one `bundles` metafield with at
 * most `maxOffersPerProduct` rules, the most profitable first, and one with every component's variant. Depends on
 * nothing but its arguments, so the same approvals give the same bytes.
 *
 * @param maxOffersPerProduct 1 to 5
 * @returns a plan in which every bundle is offered, held or ended
 */
export function planOffers(
  bundles: readonly ApprovedBundle[],
  { nowMs, maxOffersPerProduct }: { nowMs: number; maxOffersPerProduct: number },
): OfferPlan {
  const held: { bundleId: string; reason: string }[] = [];
  const ended: string[] = [];
  const byAnchor = new Map<string, ApprovedBundle[]>();
  const offered: string[] = [];
  const metafields: DesiredMetafield[] = [];

  for (const bundle of [...bundles].sort(bestFirst)) {
    if (bundle.endsAtMs !== null && bundle.endsAtMs <= nowMs) {
      ended.push(bundle.id);
      continue;
    }
    const reason = obstacle(bundle, nowMs);
    if (reason !== null) {
      held.push({ bundleId: bundle.id, reason });
      continue;
    }
    const anchor = bundle.components[0]!.productGid;
    const chosen = byAnchor.get(anchor) ?? [];
    const rules = chosen.map(toStorefrontOffer);
    const { title } = bundle.components[0]!;
    if (chosen.length >= maxOffersPerProduct) {
      held.push({ bundleId: bundle.id, reason: `${title} already shows ${countOf(chosen.length)}` });
      continue;
    }
    const bytes = bytesOf([...rules, toStorefrontOffer(bundle)]);
    // One offer always has room: with the longest title and four products it takes far less than Shopify's limit.
    if (chosen.length > 0 && bytes > MAX_RULES_BYTES) {
      held.push({
        bundleId: bundle.id,
        reason: `${title} has no room beside ${countOf(chosen.length)}; shorter titles make some`,
      });
      continue;
    }
    byAnchor.set(anchor, [...chosen, bundle]);
    offered.push(bundle.id);
  }

  for (const [ownerGid, chosen] of [...byAnchor].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const rules: StorefrontOffers = { v: 1, o: chosen.map(toStorefrontOffer) };
    const variants = [...new Set(chosen.flatMap(({ components }) => components.map((c) => c.variantGid)))];
    metafields.push(
      {
        ownerGid,
        namespace: PRODUCT_NAMESPACE,
        key: OFFER_VARIANTS_KEY,
        type: "list.variant_reference",
        value: JSON.stringify(variants),
      },
      {
        ownerGid,
        namespace: PRODUCT_NAMESPACE,
        key: OFFERS_KEY,
        type: "json",
        value: JSON.stringify(StorefrontOffers.parse(rules)),
      },
    );
  }
  return { metafields, offered, held, ended };
}

function countOf(offers: number): string {
  return offers === 1 ? "1 better offer" : `${offers} better offers`;
}

function bestFirst(a: ApprovedBundle, b: ApprovedBundle): number {
  return b.expectedExtraMarginMinor - a.expectedExtraMarginMinor || (a.id < b.id ? -1 : 1);
}

/** Whether not even one set of the component can be sold now. */
export function isUnavailable({ isActive, stockUnits, quantity }: ApprovedComponent): boolean {
  return !isActive || (stockUnits !== null && stockUnits < quantity);
}

function obstacle(bundle: ApprovedBundle, nowMs: number): string | null {
  if (bundle.startsAtMs !== null && bundle.startsAtMs > nowMs) return "Its first day is still to come";
  if (bundle.components.length < 2) return "It has fewer than two products";
  const missing = bundle.components.find(isUnavailable);
  if (!missing) return null;
  return missing.isActive ? `${missing.title} is out of stock` : `${missing.title} is no longer for sale`;
}

function toStorefrontOffer({ id, title, discountRatio, components }: ApprovedBundle): StorefrontOffer {
  return {
    id,
    // The cut may leave the first half of an emoji, which is no character: JSON could not carry it as UTF-8.
    t: title.slice(0, MAX_TITLE_LENGTH).replace(/\p{Surrogate}$/u, ""),
    bp: Math.round(discountRatio * 10_000),
    c: components.map(({ variantGid, quantity }) => ({ v: toLegacyId(variantGid), q: quantity })),
  };
}

function bytesOf(offers: readonly StorefrontOffer[]): number {
  return new TextEncoder().encode(JSON.stringify({ v: 1, o: offers })).length;
}

import { toLegacyId } from "#app/domain/ids.ts";
import { toZonedDay } from "#app/domain/zoned-day.ts";
import { type Placement } from "#app/domain/validate/placement.ts";
import type { HeldMessage, ProblemMessage } from "./publish-messages.ts";
import {
  OFFER_ANCHORS_KEY,
  OFFER_VARIANTS_KEY,
  OFFERS_KEY,
  PLACEMENT_CODES,
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
  /** Units on hand; null where they do not limit sales. */
  readonly stockUnits: number | null;
  /** The same of every variant of its product, where shoppers may take any; null where only this one counts. */
  readonly openStock: readonly (number | null)[] | null;
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
  /** Whether shoppers may take another variant of a component's product. */
  readonly letsShopperChoose: boolean;
  readonly placement: Placement;
  /** ISO codes of the countries whose shoppers it is for; none is everywhere. */
  readonly countries: readonly string[];
  /** The first is the anchor. */
  readonly components: readonly ApprovedComponent[];
}

/** An approved bundle that cannot be offered now, and why. */
export interface HeldBundle {
  readonly bundleId: string;
  readonly reason: HeldMessage | ProblemMessage;
}

/** A metafield that the shop should hold. */
export interface DesiredMetafield {
  readonly ownerGid: string;
  readonly namespace: string;
  readonly key: string;
  readonly type: "json" | "list.variant_reference" | "list.product_reference";
  readonly value: string;
}

export interface OfferPlan {
  /** In order of owner and key. */
  readonly metafields: readonly DesiredMetafield[];
  /** Bundles that those metafields offer. */
  readonly offered: readonly string[];
  readonly held: readonly HeldBundle[];
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

/** The storefront looks for offers on no more other products. */
const MAX_ANCHORS = 5;

interface PlanOptions {
  readonly nowMs: number;
  /** 1 to 5. */
  readonly maxOffersPerProduct: number;
  /** Whether lines with a selling plan may be part of a bundle. */
  readonly countsSubscriptions: boolean;
  /** IANA name of the shop's time zone, in which an offer's last day is written. */
  readonly timeZone: string;
}

/**
 * What the storefront should offer of the approved bundles: per anchor product one `bundles` metafield with at
 * most `maxOffersPerProduct` rules, the most profitable first, and one with every component's variant; on the other
 * components' products a `bundle_anchors` metafield that names up to five anchors, so that every component's page
 * shows the offer while its rule lies in one place; a bundle shown on its first product's page alone names none. Depends on nothing but its arguments, so the same approvals give
 * the same bytes.
 *
 * @returns a plan in which every bundle is offered, held or ended
 */
export function planOffers(bundles: readonly ApprovedBundle[], options: PlanOptions): OfferPlan {
  const { nowMs, maxOffersPerProduct } = options;
  const held: HeldBundle[] = [];
  const ended: string[] = [];
  const byAnchor = new Map<string, ApprovedBundle[]>();

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
    const anchor = anchorOf(bundle);
    const chosen = byAnchor.get(anchor) ?? [];
    const values = { product: bundle.components[0]!.title, count: chosen.length };
    if (chosen.length >= maxOffersPerProduct) {
      held.push({ bundleId: bundle.id, reason: { code: "paused.enoughOffers", values } });
      continue;
    }
    const fitted = fitRules([...chosen, bundle], options);
    if (!fitted) {
      held.push({ bundleId: bundle.id, reason: { code: "paused.noRoom", values } });
      continue;
    }
    byAnchor.set(anchor, fitted);
  }
  const chosen = [...byAnchor.values()].flat().sort(bestFirst);
  return {
    metafields: [...writeRules(byAnchor, options), ...writeAnchors(chosen)].sort(byOwnerAndKey),
    offered: chosen.map(({ id }) => id),
    held,
    ended,
  };
}

function writeRules(
  byAnchor: ReadonlyMap<string, readonly ApprovedBundle[]>,
  options: PlanOptions,
): DesiredMetafield[] {
  return [...byAnchor].flatMap(([ownerGid, chosen]) => {
    const variants = [...new Set(chosen.flatMap(({ components }) => components.map((c) => c.variantGid)))];
    const owned = { ownerGid, namespace: PRODUCT_NAMESPACE };
    const rules = StorefrontOffers.parse(toRules(chosen, options));
    return [
      {
        ...owned,
        key: OFFER_VARIANTS_KEY,
        type: "list.variant_reference" as const,
        value: JSON.stringify(variants),
      },
      { ...owned, key: OFFERS_KEY, type: "json" as const, value: JSON.stringify(rules) },
    ];
  });
}

/** @param bestFirstBundles decides which anchors a product of many bundles names */
function writeAnchors(bestFirstBundles: readonly ApprovedBundle[]): DesiredMetafield[] {
  const anchorsOf = new Map<string, Set<string>>();
  for (const bundle of bestFirstBundles) {
    if (bundle.placement === "first") continue;
    const anchor = anchorOf(bundle);
    for (const { productGid } of bundle.components) {
      if (productGid === anchor) continue;
      const anchors = anchorsOf.get(productGid) ?? new Set();
      if (anchors.size < MAX_ANCHORS) anchorsOf.set(productGid, anchors.add(anchor));
    }
  }
  return [...anchorsOf].map(([ownerGid, anchors]) => ({
    ownerGid,
    namespace: PRODUCT_NAMESPACE,
    key: OFFER_ANCHORS_KEY,
    type: "list.product_reference",
    value: JSON.stringify([...anchors]),
  }));
}

/**
 * The bundles such that their rules take no more room than they may: to have another offer is worth more than to have
 * a choice of variants in each, so the least profitable give theirs up first. Null where that is not enough.
 */
function fitRules(bundles: readonly ApprovedBundle[], options: PlanOptions): ApprovedBundle[] | null {
  const fitted = [...bundles];
  // One offer always has room: with the longest title and four products it takes far less than Shopify's limit.
  if (fitted.length === 1) return fitted;
  for (let at = fitted.length - 1; at >= 0 && bytesOf(fitted, options) > MAX_RULES_BYTES; at -= 1) {
    const components = fitted[at]!.components.map((component) => ({ ...component, openStock: null }));
    if (!components.some(isUnavailable)) fitted[at] = { ...fitted[at]!, components };
  }
  return bytesOf(fitted, options) > MAX_RULES_BYTES ? null : fitted;
}

function anchorOf({ components }: ApprovedBundle): string {
  return components[0]!.productGid;
}

function byOwnerAndKey(a: DesiredMetafield, b: DesiredMetafield): number {
  if (a.ownerGid !== b.ownerGid) return a.ownerGid < b.ownerGid ? -1 : 1;
  return a.key < b.key ? -1 : 1;
}

function bestFirst(a: ApprovedBundle, b: ApprovedBundle): number {
  return b.expectedExtraMarginMinor - a.expectedExtraMarginMinor || (a.id < b.id ? -1 : 1);
}

/** Whether not even one set of the component can be sold now, in no variant that counts. */
export function isUnavailable({ isActive, stockUnits, openStock, quantity }: ApprovedComponent): boolean {
  return !isActive || (openStock ?? [stockUnits]).every((units) => units !== null && units < quantity);
}

function obstacle(bundle: ApprovedBundle, nowMs: number): HeldMessage | null {
  if (bundle.startsAtMs !== null && bundle.startsAtMs > nowMs) return { code: "paused.early", values: {} };
  if (bundle.components.length < 2) return { code: "paused.fewProducts", values: {} };
  const missing = bundle.components.find(isUnavailable);
  if (!missing) return null;
  const code = missing.isActive ? "paused.outOfStock" : "paused.notForSale";
  return { code, values: { product: missing.title } };
}

function toStorefrontOffer(bundle: ApprovedBundle, timeZone: string): StorefrontOffer {
  const { id, title, discountRatio, placement, countries, endsAtMs, components } = bundle;
  const code = PLACEMENT_CODES[placement];
  return {
    id,
    // The cut may leave the first half of an emoji, which is no character: JSON could not carry it as UTF-8.
    t: title.slice(0, MAX_TITLE_LENGTH).replace(/\p{Surrogate}$/u, ""),
    bp: Math.round(discountRatio * 10_000),
    ...(code && { w: code }),
    // An end that is no last millisecond of a day leaves its day whole: publishing ends it to the second.
    ...(endsAtMs !== null && { u: Number(toZonedDay(endsAtMs, timeZone).replaceAll("-", "")) }),
    ...(countries.length > 0 && { m: countries.join(" ") }),
    c: components.map(({ variantGid, productGid, quantity, openStock }) => ({
      v: toLegacyId(variantGid),
      q: quantity,
      ...(openStock && { p: toLegacyId(productGid) }),
    })),
  };
}

function toRules(
  bundles: readonly ApprovedBundle[],
  { countsSubscriptions, timeZone }: PlanOptions,
): StorefrontOffers {
  const o = bundles.map((bundle) => toStorefrontOffer(bundle, timeZone));
  return { v: 1, o, ...(countsSubscriptions && { s: 1 }) };
}

function bytesOf(bundles: readonly ApprovedBundle[], options: PlanOptions): number {
  return new TextEncoder().encode(JSON.stringify(toRules(bundles, options))).length;
}

import { groupBy } from "#app/domain/group-by.ts";
import { hasAmounts, hasLowAmounts } from "#app/domain/offer/offer.ts";
import { type ProductRules, writeRules } from "#app/domain/offer/offer-rule.ts";
import { withDistinctTitles } from "./distinct-titles.ts";
import type { HeldMessage, ProblemMessage } from "./publish-messages.ts";
import {
  type ApprovedBundle,
  isPool,
  isUnavailable,
  OFFER_ANCHORS_KEY,
  OFFER_VARIANTS_KEY,
  OFFERS_KEY,
  type RuleContext,
  toRule,
} from "./storefront-offer.ts";

/** An approved bundle that cannot be offered now, and why. */
export interface HeldBundle {
  readonly bundleId: string;
  readonly reason: HeldMessage | ProblemMessage;
}

export interface MetafieldIdentity {
  readonly ownerGid: string;
  readonly key: string;
}

export interface DesiredMetafield extends MetafieldIdentity {
  readonly value: string;
}

export interface OfferPlan {
  /** In order of owner and key. */
  readonly metafields: readonly DesiredMetafield[];
  /** Bundles that those metafields offer. */
  readonly offered: readonly string[];
  /** By bundle, the product without whose metafields it cannot be offered. */
  readonly anchors: ReadonlyMap<string, string>;
  readonly held: readonly HeldBundle[];
  /** Bundles whose last day is over. */
  readonly ended: readonly string[];
}

/**
 * Bytes of one product's rules. The Function's input holds the rules of up to 200 cart lines in 128 kB, so a product
 * has about 600 of them.
 */
const MAX_RULES_BYTES = 600;
/** Rules on one product: its own offers, and those of its pools. */
const MAX_RULES = 10;
/**
 * Variants that one product lists. Shopify's Liquid runs a `for` at most 50 times over a list that it can paginate, so
 * a theme would not see more.
 */
const MAX_LISTED = 50;

/** The storefront looks for offers on at most this many other products. */
const MAX_ANCHORS = 5;

interface PlanOptions extends RuleContext, Omit<ProductRules, "offers"> {
  readonly nowMs: number;
  /** 1 to 5. */
  readonly maxOffersPerProduct: number;
}

/**
 * Plans the storefront's metafields for the approved bundles. A set's rule is on the product of its first component,
 * the anchor. The rule of a pool is on each of its products, and the first is the anchor. The anchor also lists the
 * variants that are shown. The other products name up to five anchors, so that every page finds its offers. For an
 * offer shown only on its first product's page, only the products that carry its rule name the anchor, so that they
 * know they are not the first. The most profitable bundles come first, at most `maxOffersPerProduct` per anchor.
 * Depends only on its arguments, so the same approvals give the same bytes.
 *
 * @returns a plan in which every bundle is offered, held or ended
 * @see app/decisions/publish/002-one-discount-with-its-rules-on-the-products.md
 */
export function planOffers(bundles: readonly ApprovedBundle[], options: PlanOptions): OfferPlan {
  const { nowMs, maxOffersPerProduct } = options;
  const held: HeldBundle[] = [];
  const ended: string[] = [];
  /** By product, the bundles whose rules it carries. */
  const carried = new Map<string, readonly ApprovedBundle[]>();

  for (const approved of withDistinctTitles(bundles).sort(bestFirst)) {
    if (approved.endsAtMs !== null && approved.endsAtMs <= nowMs) {
      ended.push(approved.id);
      continue;
    }
    const bundle = withoutMissing(approved);
    const reason = obstacle(bundle, options);
    if (reason !== null) {
      held.push({ bundleId: bundle.id, reason });
      continue;
    }
    const anchor = anchorOf(bundle);
    const own = (carried.get(anchor) ?? []).filter((other) => anchorOf(other) === anchor);
    const values = { product: bundle.components[0]!.title, count: own.length };
    if (own.length >= maxOffersPerProduct) {
      held.push({ bundleId: bundle.id, reason: { code: "paused.enoughOffers", values } });
      continue;
    }
    const fitted = carriersOf(bundle).map(
      (owner) => [owner, fitRules([...(carried.get(owner) ?? []), bundle], options)] as const,
    );
    if (fitted.some(([, rules]) => rules === null)) {
      held.push({ bundleId: bundle.id, reason: { code: "paused.noRoom", values } });
      continue;
    }
    for (const [owner, rules] of fitted) carried.set(owner, rules!);
  }
  const chosen = [
    ...new Map([...carried.values()].flat().map((bundle) => [bundle.id, bundle])).values(),
  ].sort(bestFirst);
  return {
    metafields: [...writeOffers(carried, options), ...writeVariants(chosen), ...writeAnchors(chosen)].sort(
      byOwnerAndKey,
    ),
    offered: chosen.map(({ id }) => id),
    anchors: new Map(chosen.map((bundle) => [bundle.id, anchorOf(bundle)])),
    held,
    ended,
  };
}

/** The bundle as a shopper can buy it, without the products that a pool lacks now. */
function withoutMissing(bundle: ApprovedBundle): ApprovedBundle {
  if (!isPool(bundle.terms)) return bundle;
  const left = bundle.components.filter((component) => component.isGift || !isUnavailable(component));
  return left.some(({ isGift }) => !isGift) ? { ...bundle, components: left } : bundle;
}

/** The products that must carry the rule. */
function carriersOf({ terms, components }: ApprovedBundle): string[] {
  if (!isPool(terms)) return [components[0]!.productGid];
  return [...new Set(components.filter(({ isGift }) => !isGift).map(({ productGid }) => productGid))];
}

function writeOffers(
  carried: ReadonlyMap<string, readonly ApprovedBundle[]>,
  options: PlanOptions,
): DesiredMetafield[] {
  return [...carried].map(([ownerGid, rules]) => ({
    ownerGid,
    key: OFFERS_KEY,
    value: toText(rules, options),
  }));
}

/**
 * Lists the components that offers need first, then the choices that pages draw, which can do with fewer. If there are
 * too many, the anchor's offers take turns, each with one variant of every product before a second of any.
 */
function writeVariants(bestFirstBundles: readonly ApprovedBundle[]): DesiredMetafield[] {
  const listed = [...groupBy(bestFirstBundles, anchorOf)].map(([anchor, bundles]) => {
    const drawn = bundles.flatMap(toDrawn);
    const inTurn = new Set(drawn.toSorted((a, b) => a.turn - b.turn).map(({ variantGid }) => variantGid));
    const kept = new Set([...inTurn].slice(0, MAX_LISTED));
    const ordered = drawn.toSorted((a, b) => Math.sign(a.turn) - Math.sign(b.turn));
    const gids = ordered.map(({ variantGid }) => variantGid).filter((gid) => kept.has(gid));
    return [anchor, new Set(gids)] as const;
  });
  return toLists(new Map(listed), OFFER_VARIANTS_KEY);
}

/** The variants of a bundle that pages draw, and its turn for each: 0 for what the offer needs, then its choices. */
function toDrawn({ terms, components }: ApprovedBundle) {
  const hasPicker = terms.kind === "range" || (terms.kind === "breaks" && terms.scope === "pool");
  const variants = components.map(({ variantGid, productGid, isGift }, at) => ({
    variantGid,
    isChoice: isPool(terms) && at > 0 && !isGift,
    earlier: components.slice(0, at).filter((other) => other.productGid === productGid).length,
  }));
  const choices = variants.filter(({ isChoice }) => isChoice).sort((a, b) => a.earlier - b.earlier);
  return variants
    .filter(({ isChoice }) => hasPicker || !isChoice)
    .map((variant) => ({ variantGid: variant.variantGid, turn: choices.indexOf(variant) + 1 }));
}

/** @param bestFirstBundles decides which anchors a product of many bundles names */
function writeAnchors(bestFirstBundles: readonly ApprovedBundle[]): DesiredMetafield[] {
  const anchorsOf = new Map<string, Set<string>>();
  // Offers drawn on a product's page take priority over those that are only not drawn there.
  const drawnFirst = bestFirstBundles.toSorted(
    (a, b) => Number(a.placement === "first") - Number(b.placement === "first"),
  );
  for (const bundle of drawnFirst) {
    const anchor = anchorOf(bundle);
    const naming =
      bundle.placement === "first"
        ? carriersOf(bundle)
        : bundle.components.map(({ productGid }) => productGid);
    for (const productGid of naming) {
      if (productGid === anchor) continue;
      const anchors = anchorsOf.get(productGid) ?? new Set();
      if (anchors.size < MAX_ANCHORS) anchorsOf.set(productGid, anchors.add(anchor));
    }
  }
  return toLists(anchorsOf, OFFER_ANCHORS_KEY);
}

function toLists(gidsOf: ReadonlyMap<string, ReadonlySet<string>>, key: string): DesiredMetafield[] {
  return [...gidsOf].map(([ownerGid, gids]) => ({ ownerGid, key, value: JSON.stringify([...gids]) }));
}

/**
 * Shrinks the bundles' rules until they fit. One more offer is worth more than a choice of variants in each, so the
 * least profitable give up their choice first. Null if that is not enough.
 */
function fitRules(bundles: readonly ApprovedBundle[], options: PlanOptions): ApprovedBundle[] | null {
  const fitted = [...bundles];
  // One offer always fits: with the longest title and four products it is far below Shopify's limit.
  if (fitted.length === 1) return fitted;
  if (fitted.length > MAX_RULES) return null;
  const isTooLong = () => new TextEncoder().encode(toText(fitted, options)).length > MAX_RULES_BYTES;
  for (let at = fitted.length - 1; at >= 0 && isTooLong(); at -= 1) {
    const components = fitted[at]!.components.map((component) => ({ ...component, openStock: null }));
    if (!components.some(isUnavailable)) fitted[at] = { ...fitted[at]!, components };
  }
  return isTooLong() ? null : fitted;
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

function obstacle(bundle: ApprovedBundle, { nowMs, currency }: PlanOptions): HeldMessage | null {
  const { startsAtMs, terms, components } = bundle;
  if (startsAtMs !== null && startsAtMs > nowMs) return { code: "paused.early", values: {} };
  if (bundle.currency !== currency && hasAmounts(terms)) {
    return { code: "paused.otherCurrency", values: { currency: bundle.currency } };
  }
  // A rule that the Function cannot parse disables every other rule of its product.
  if (!hasLowAmounts(terms, currency)) return { code: "paused.amountHigh", values: {} };
  const bought = components.filter(({ isGift }) => !isGift);
  if (bought.length < (terms.kind === "set" ? 2 : 1)) return { code: "paused.fewProducts", values: {} };
  const missing = components.find(isUnavailable);
  if (missing) {
    const code = missing.isActive ? "paused.outOfStock" : "paused.notForSale";
    return { code, values: { product: missing.title } };
  }
  if (terms.kind !== "range" || terms.allowsRepeats || bought.length >= terms.units) return null;
  return { code: "paused.fewToChoose", values: { choices: bought.length, units: terms.units } };
}

function toText(bundles: readonly ApprovedBundle[], options: PlanOptions): string {
  const offers = bundles.map((bundle) => toRule(bundle, options));
  const { countsSubscriptions, rejectsCodes } = options;
  return writeRules({ countsSubscriptions, rejectsCodes, offers });
}

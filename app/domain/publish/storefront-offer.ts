import { z } from "zod";
import { toLegacyId } from "#app/domain/ids.ts";
import { cutText } from "#app/domain/message.ts";
import { minorDigits } from "#app/domain/money.ts";
import type { KeyedComponent, OfferTerms, Placement, Reward } from "#app/domain/offer/offer.ts";
import {
  type OfferRule,
  type RuleBody,
  type RulePart,
  type RuleReward,
  MAX_TITLE_LENGTH,
} from "#app/domain/offer/offer-rule.ts";
import { toZonedDay } from "#app/domain/time.ts";

/** Product metafield with the rules of its offers; see `writeRules` of app/domain/offer/offer-rule.ts. */
export const OFFERS_KEY = "offers";
export const OFFER_VARIANTS_KEY = "bundle_variants";
/** Metafield of the other components' products: the anchors that hold the rule. */
export const OFFER_ANCHORS_KEY = "bundle_anchors";
/** Metafield of the app's installation: the shop's settings for the storefront. */
export const STOREFRONT_KEY = "storefront";
export const APP_DATA_NAMESPACE = "bundlesmith";
/** In the URL of any page of the shop: excludes the browser from all counting. */
export const LEAVE_OUT_QUERY = "bundlesmith=out";

/** The rule's code for the theme blocks; null, for everywhere, is omitted. */
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
  /** Numbers of themes that a Rollout shows to buyers; they are unpublished, but not previews. */
  themes: z.array(z.number().int()).optional(),
});
export type StorefrontSettings = z.infer<typeof StorefrontSettings>;

/** One component of an approved bundle, and whether the shop can sell it now. */
export interface ApprovedComponent extends KeyedComponent {
  readonly title: string;
  /** False for drafts, archived and deleted products, and for variants that no longer exist. */
  readonly isActive: boolean;
  /** Units on hand; null if they do not limit sales. */
  readonly stockUnits: number | null;
  /** The same for every variant of its product if shoppers can choose one; null if only this one counts. */
  readonly openStock: readonly (number | null)[] | null;
}

export interface ApprovedBundle {
  readonly id: string;
  readonly title: string;
  /** The title in other languages of the shop, by Shopify's code. */
  readonly titles: Readonly<Record<string, string>>;
  readonly terms: OfferTerms;
  /** ISO code of the currency of the terms' amounts: the shop's own when they were typed. */
  readonly currency: string;
  /** Discount of the terms on today's price, 0 to 1. */
  readonly discountRatio: number;
  /** Null for no limit. */
  readonly timesPerOrder: number | null;
  readonly startsAtMs: number | null;
  readonly endsAtMs: number | null;
  /** Expected extra margin in 28 days, minor units; the better bundle stays if room is scarce. */
  readonly expectedExtraMarginMinor: number;
  /** Whether shoppers can take another variant of a component's product. */
  readonly letsShopperChoose: boolean;
  readonly placement: Placement;
  /** ISO codes of the countries whose shoppers it is for; empty for everywhere. */
  readonly countries: readonly string[];
  /** The first is the anchor. */
  readonly components: readonly ApprovedComponent[];
}

/** Whether not even one set of the component can be sold now, in any variant that counts. */
export function isUnavailable({ isActive, stockUnits, openStock, quantity }: ApprovedComponent): boolean {
  return !isActive || (openStock ?? [stockUnits]).every((units) => units !== null && units < quantity);
}

export interface RuleContext {
  /** ISO code of the shop's own currency. */
  readonly currency: string;
  /** IANA name of the shop's time zone, in which an offer's last day is written. */
  readonly timeZone: string;
}

/** Component fields that a rule uses. */
type RuleComponent = Pick<
  ApprovedComponent,
  "variantGid" | "productGid" | "quantity" | "openStock" | "isGift"
>;

/** Whether the offer's products are a pool to choose from; each of them carries the rule. */
export function isPool(terms: OfferTerms): boolean {
  switch (terms.kind) {
    case "range":
    case "breaks":
      return true;
    case "gift":
      return terms.spendMinor !== null;
    case "set":
      return false;
  }
}

/** An approved bundle as the storefront reads it. */
export function toRule(bundle: ApprovedBundle, { currency, timeZone }: RuleContext): OfferRule {
  const { id, title, titles, placement, countries, endsAtMs, timesPerOrder } = bundle;
  return {
    id,
    place: PLACEMENT_CODES[placement],
    // An end before the last millisecond of a day keeps its whole day here; publishing ends it to the second.
    lastDay: endsAtMs === null ? null : Number(toZonedDay(endsAtMs, timeZone).replaceAll("-", "")),
    countries,
    times: timesPerOrder,
    title: cutText(title, MAX_TITLE_LENGTH),
    titles: Object.fromEntries(
      Object.entries(titles).map(([language, text]) => [language, cutText(text, MAX_TITLE_LENGTH)]),
    ),
    ...toRuleBody(bundle, currency),
  };
}

/** The rule of an offer only for its price, not published. */
export function toPricedRule(
  offer: Parameters<typeof toRuleBody>[0],
  currency: string,
  times: number | null = null,
): OfferRule {
  const unsaid = { id: "", place: null, lastDay: null, countries: [], title: "", titles: {} };
  return { ...unsaid, times, ...toRuleBody(offer, currency) };
}

/** The part of a rule that depends on the kind. */
function toRuleBody(
  { terms, components }: { readonly terms: OfferTerms; readonly components: readonly RuleComponent[] },
  currency: string,
): RuleBody {
  const bought = components.filter(({ isGift }) => !isGift);
  switch (terms.kind) {
    case "set":
      return { kind: "set", reward: toReward(terms.reward, currency), parts: bought.map(toPart) };
    case "range":
      return {
        kind: "range",
        reward: toReward(terms.reward, currency),
        units: terms.units,
        allowsRepeats: terms.allowsRepeats,
      };
    case "breaks":
      return {
        kind: "breaks",
        scope: terms.scope,
        tiers: terms.tiers.map(({ units, reward }) => ({ units, reward: toReward(reward, currency) })),
      };
    case "gift": {
      const gift = components.find(({ isGift }) => isGift);
      if (!gift) throw new RangeError("A gift without the gift is no approved offer");
      const { spendMinor, giftBasisPoints } = terms;
      return {
        kind: "gift",
        buy:
          spendMinor === null
            ? { parts: bought.map(toPart) }
            : { spendHundredths: toHundredths(spendMinor, currency) },
        gift: toPart(gift),
        basisPoints: giftBasisPoints,
      };
    }
  }
}

function toPart({ variantGid, productGid, quantity, openStock }: RuleComponent): RulePart {
  return {
    variant: toLegacyId(variantGid),
    quantity,
    product: openStock === null ? null : toLegacyId(productGid),
  };
}

function toReward(reward: Reward, currency: string): RuleReward {
  switch (reward.type) {
    case "percent":
    case "none":
      return reward;
    case "amount":
      return { type: "amount", hundredths: toHundredths(reward.amountMinor, currency) };
    case "price":
      return { type: "price", hundredths: toHundredths(reward.priceMinor, currency) };
  }
}

/** Liquid counts in hundredths for every currency; a third decimal, as of dinars, is dropped. */
export function toHundredths(minor: number, currency: string): number {
  return Math.max(1, Math.floor(minor * 10 ** (2 - minorDigits(currency))));
}

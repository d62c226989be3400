import { toLegacyId } from "#app/domain/ids.ts";
import { minorDigits } from "#app/domain/money.ts";
import type { OfferTerms, Reward } from "#app/domain/offer/offer.ts";
import {
  type OfferRule,
  type RuleBody,
  type RulePart,
  type RuleReward,
  MAX_TITLE_LENGTH,
} from "#app/domain/offer/offer-rule.ts";
import { toZonedDay } from "#app/domain/time.ts";
import { type ApprovedBundle, type ApprovedComponent, PLACEMENT_CODES } from "./storefront-offer.ts";

export interface RuleContext {
  /** ISO code of the shop's own currency. */
  readonly currency: string;
  /** IANA name of the shop's time zone, in which an offer's last day is written. */
  readonly timeZone: string;
}

/** What a rule says of a component. */
type RuleComponent = Pick<
  ApprovedComponent,
  "variantGid" | "productGid" | "quantity" | "openStock" | "isGift"
>;

/** Whether the offer's products are a pool to choose from, each of which carries its rule. */
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
    // An end that is no last millisecond of a day leaves its day whole: publishing ends it to the second.
    lastDay: endsAtMs === null ? null : Number(toZonedDay(endsAtMs, timeZone).replaceAll("-", "")),
    countries,
    times: timesPerOrder,
    title: cut(title),
    titles: Object.fromEntries(Object.entries(titles).map(([language, text]) => [language, cut(text)])),
    ...toRuleBody(bundle, currency),
  };
}

/** The cut may leave the first half of an emoji, which is no character: UTF-8 could not carry it. */
function cut(title: string): string {
  return title.slice(0, MAX_TITLE_LENGTH).replace(/\p{Surrogate}$/u, "");
}

/** What each kind says beside what all offers say. */
export function toRuleBody(
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

/** Whatever the currency's minor unit is, Liquid counts in hundredths; a third decimal, as dinars have, is dropped. */
export function toHundredths(minor: number, currency: string): number {
  return Math.max(1, Math.floor(minor * 10 ** (2 - minorDigits(currency))));
}

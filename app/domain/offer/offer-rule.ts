import type { BreakScope } from "./offer.ts";

/** A reward as the storefront counts: amounts in hundredths of the shop's currency unit. */
export type RuleReward =
  | { readonly type: "percent"; readonly basisPoints: number }
  | { readonly type: "amount"; readonly hundredths: number }
  | { readonly type: "price"; readonly hundredths: number }
  | { readonly type: "none" };

/** Variant and units; with `product` any variant of that product counts, and `variant` is the one shown first. */
export interface RulePart {
  readonly variant: string;
  readonly quantity: number;
  readonly product: string | null;
}

export interface RuleTier {
  readonly units: number;
  readonly reward: RuleReward;
}

/** The part of a rule that depends on the kind. */
export type RuleBody =
  | { readonly kind: "set"; readonly reward: RuleReward; readonly parts: readonly RulePart[] }
  | {
      readonly kind: "range";
      readonly reward: RuleReward;
      readonly units: number;
      readonly allowsRepeats: boolean;
    }
  | { readonly kind: "breaks"; readonly scope: BreakScope; readonly tiers: readonly RuleTier[] }
  | {
      readonly kind: "gift";
      /** The required purchase: each part, or an amount spent on the products that carry the rule. */
      readonly buy: { readonly parts: readonly RulePart[] } | { readonly spendHundredths: number };
      readonly gift: RulePart;
      /** Discount on the gift, 1 to 10,000 (free). */
      readonly basisPoints: number;
    };

/**
 * One offer as the theme block and the Function read it. The rule of a set, and of a gift with parts, is stored on the
 * product of its first part. The rule of a range, of breaks and of a gift by spending is stored on every product that
 * counts, so it has no list of products: the lines whose products carry the offer's id are its pool.
 */
export type OfferRule = RuleBody & {
  /** The offer's id, a UUID. */
  readonly id: string;
  /** Where it is shown: product pages, the first product's page, the cart; null for everywhere. */
  readonly place: "p" | "f" | "c" | null;
  /** Last day in the shop's time zone as the number 20261224: the offer ends by itself, even without our servers. */
  readonly lastDay: number | null;
  /** ISO codes of its countries; empty for everywhere. */
  readonly countries: readonly string[];
  /** Maximum number of times per order; null for as often as the order holds the products. */
  readonly times: number | null;
  /** Title for shoppers. */
  readonly title: string;
  /** Titles in other languages of the shop, by Shopify's code. */
  readonly titles: Readonly<Record<string, string>>;
};

/** All rules of one product. */
export interface ProductRules {
  /** Whether lines with a selling plan count; a setting of the shop, the same on every product. */
  readonly countsSubscriptions: boolean;
  /** Whether discount codes are refused while an offer applies; a setting of the shop. */
  readonly rejectsCodes: boolean;
  readonly offers: readonly OfferRule[];
}

/*
 * Format of a product's rules. Liquid reads it with `split`, the Function byte by byte, because each nested value of a
 * JSON metafield costs the Function a call into Shopify's reader:
 *
 *   rules    = "2" ["s"] ["c"] *( "~" offer )   s if subscriptions count, c if codes are refused
 *   offer    = kind "|" id "|" place "|" lastDay "|" countries "|" times "|" reward "|" body "|" titles
 *   kind     = "s" set / "r" range / "b" breaks / "g" gift
 *   reward   = "%" basisPoints / "-" hundredths / "=" hundredths; empty in breaks, and without a discount
 *   body     = set: part *( "," part )         range: units [ "d" if each variant counts once ]
 *              breaks: scope tier *( "," tier )   gift: ( part *( "," part ) / "$" hundredths ) ">" part
 *   part     = variant "*" quantity [ "@" product ]      tier = units ":" reward      scope = "v" / "p" / "o"
 *   titles   = title *( "^" language "^" title )
 *
 * Digits have no sign and no leading zero. In a title "%", "+", "|", "~", "^" and control characters are written as %XX
 * of their byte, which Liquid's `url_decode` reads back.
 */

const SCOPE_LETTERS: Readonly<Record<BreakScope, string>> = { variant: "v", product: "p", pool: "o" };

export function writeRules({ countsSubscriptions, rejectsCodes, offers }: ProductRules): string {
  const header = `2${countsSubscriptions ? "s" : ""}${rejectsCodes ? "c" : ""}`;
  return [header, ...offers.map(writeOffer)].join("~");
}

function writeOffer(rule: OfferRule): string {
  const titles = Object.entries(rule.titles).flatMap(([language, title]) => [language, escapeTitle(title)]);
  return [
    rule.kind[0],
    rule.id,
    rule.place ?? "",
    rule.lastDay ?? "",
    rule.countries.join(""),
    rule.times ?? "",
    writeRuleReward(rule),
    writeBody(rule),
    [escapeTitle(rule.title), ...titles].join("^"),
  ].join("|");
}

function writeRuleReward(rule: RuleBody): string {
  switch (rule.kind) {
    case "set":
    case "range":
      return writeReward(rule.reward);
    case "breaks":
      return "";
    case "gift":
      return `%${rule.basisPoints}`;
  }
}

function writeReward(reward: RuleReward): string {
  switch (reward.type) {
    case "percent":
      return `%${reward.basisPoints}`;
    case "amount":
      return `-${reward.hundredths}`;
    case "price":
      return `=${reward.hundredths}`;
    case "none":
      return "";
  }
}

function writeBody(rule: RuleBody): string {
  switch (rule.kind) {
    case "set":
      return rule.parts.map(writePart).join(",");
    case "range":
      return `${rule.units}${rule.allowsRepeats ? "" : "d"}`;
    case "breaks":
      return `${SCOPE_LETTERS[rule.scope]}${rule.tiers.map(({ units, reward }) => `${units}:${writeReward(reward)}`).join(",")}`;
    case "gift": {
      const { buy } = rule;
      const bought = "parts" in buy ? buy.parts.map(writePart).join(",") : `$${buy.spendHundredths}`;
      return `${bought}>${writePart(rule.gift)}`;
    }
  }
}

function writePart({ variant, quantity, product }: RulePart): string {
  return `${variant}*${quantity}${product === null ? "" : `@${product}`}`;
}

/** Maximum length of one title, characters. */
export const MAX_TITLE_LENGTH = 120;
/** Maximum size of an offer's other titles in a rule: with the first one, the Function reads at most 4,000 bytes. */
export const MAX_TITLES_BYTES = 3_000;

const RESERVED = /[%+|~^\u0000-\u001f\u007f]/g;

/** Escapes the rule's separators in a title. */
function escapeTitle(title: string): string {
  return title.replace(
    RESERVED,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}

/** Size of titles by language in a rule, bytes. */
export function countTitleBytes(titles: Readonly<Record<string, string>>): number {
  const encoder = new TextEncoder();
  return Object.values(titles).reduce((sum, title) => sum + encoder.encode(escapeTitle(title)).length, 0);
}

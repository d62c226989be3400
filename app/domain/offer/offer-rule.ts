import { z } from "zod";
import type { Result } from "#app/domain/result.ts";
import { BREAK_SCOPES, type BreakScope } from "./offer.ts";
import { escapeTitle, readTitle } from "./offer-titles.ts";

/** A reward as the storefront counts: amounts in hundredths of the shop's currency unit. */
export type RuleReward =
  | { readonly type: "percent"; readonly basisPoints: number }
  | { readonly type: "amount"; readonly hundredths: number }
  | { readonly type: "price"; readonly hundredths: number }
  | { readonly type: "none" };

/** Variant and units; with `product` any variant of that product fills it, and `variant` is the one shown first. */
export interface RulePart {
  readonly variant: string;
  readonly quantity: number;
  readonly product: string | null;
}

export interface RuleTier {
  readonly units: number;
  readonly reward: RuleReward;
}

/** What each kind says beside what all offers say. */
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
      /** What is bought, each part, or what is spent on the products that carry the rule. */
      readonly buy: { readonly parts: readonly RulePart[] } | { readonly spendHundredths: number };
      readonly gift: RulePart;
      /** 1 to 10,000, which is free. */
      readonly basisPoints: number;
    };

/**
 * One offer as the theme block and the Function read it. The rule of a set, and of a gift with parts, lies on its first
 * part's product. A range, breaks and a gift by spending lie on every product that counts, so that no list of products
 * is in the rule: the lines whose products carry one offer's id are its pool.
 */
export type OfferRule = RuleBody & {
  /** The offer's id, a UUID. */
  readonly id: string;
  /** Where it is shown: product pages, the first product's page, the cart; null is everywhere. */
  readonly place: "p" | "f" | "c" | null;
  /** Last day in the shop's time zone as the number 20261224: it ends by itself, even while our servers are down. */
  readonly lastDay: number | null;
  /** ISO codes of the countries that it is for; none is everywhere. */
  readonly countries: readonly string[];
  /** Most times an order may take it; null is as often as it holds the products. */
  readonly times: number | null;
  /** What shoppers read. */
  readonly title: string;
  /** The same in other languages of the shop, by Shopify's code. */
  readonly titles: Readonly<Record<string, string>>;
};

/** All rules that lie on one product. */
export interface ProductRules {
  /** Whether lines with a selling plan count too: the shop's setting, on every product alike. */
  readonly countsSubscriptions: boolean;
  /** Whether discount codes are refused while an offer is given: the shop's setting too. */
  readonly rejectsCodes: boolean;
  readonly offers: readonly OfferRule[];
}

/*
 * The text of a product's rules, read by Liquid's `split` and by the Function byte by byte, because each nested value of
 * a JSON metafield costs the Function a call into Shopify's reader:
 *
 *   rules    = "2" ["s"] ["c"] *( "~" offer )   s where subscriptions count, c where codes are refused
 *   offer    = kind "|" id "|" place "|" lastDay "|" countries "|" times "|" reward "|" body "|" titles
 *   kind     = "s" set / "r" range / "b" breaks / "g" gift
 *   reward   = "%" basisPoints / "-" hundredths / "=" hundredths; empty in breaks, and where nothing is taken off
 *   body     = set: part *( "," part )         range: units [ "d" where each variant counts once ]
 *              breaks: scope tier *( "," tier )   gift: ( part *( "," part ) / "$" hundredths ) ">" part
 *   part     = variant "*" quantity [ "@" product ]      tier = units ":" reward      scope = "v" / "p" / "o"
 *   titles   = title *( "^" language "^" title )
 *
 * Digits have no sign and no leading zero. Of a title "%", "+", "|", "~", "^" and control characters stand as %XX of
 * their byte, which Liquid's `url_decode` reads back.
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

const DIGITS = /^[1-9]\d{0,18}$/;
const Digits = z.string().regex(DIGITS);
const whole = (least: number, most: number) =>
  z
    .string()
    .regex(/^(0|[1-9]\d{0,9})$/)
    .transform(Number)
    .pipe(z.int().min(least).max(most));
const orNull = <T extends z.ZodType>(schema: T) => z.union([z.literal("").transform(() => null), schema]);

const Hundredths = whole(1, 99_999_999);
const Head = z.object({
  id: z.uuid(),
  place: orNull(z.enum(["p", "f", "c"])),
  lastDay: orNull(whole(2000_01_01, 9999_12_31)),
  countries: z
    .string()
    .regex(/^([A-Z]{2})*$/)
    .transform((text) => text.match(/../g) ?? []),
  times: orNull(whole(1, 99)),
});

/**
 * The rules of a product's metafield.
 *
 * @returns why the text is none of ours, with the offer at fault counted from 1; a reader shows no offer of it then
 */
export function parseRules(text: string): Result<ProductRules, "other_version" | "malformed"> {
  const [head = "", ...offers] = text.split("~");
  const header = /^2(s?)(c?)$/.exec(head);
  if (!header) return { ok: false, reason: "other_version" };
  const read: OfferRule[] = [];
  for (const [at, offer] of offers.entries()) {
    const rule = parseOffer(offer);
    if (rule === null) return { ok: false, reason: "malformed", detail: String(at + 1) };
    read.push(rule);
  }
  const [countsSubscriptions, rejectsCodes] = [header[1] !== "", header[2] !== ""];
  return { ok: true, value: { countsSubscriptions, rejectsCodes, offers: read } };
}

function parseOffer(text: string): OfferRule | null {
  const fields = text.split("|");
  if (fields.length !== 9) return null;
  const [kind, id, place, lastDay, countries, times, reward, body, titles] = fields as [
    string, string, string, string, string, string, string, string, string,
  ]; // prettier-ignore
  const head = Head.safeParse({ id, place, lastDay, countries, times });
  const ruleBody = parseBody(kind, reward, body);
  const [title, ...others] = titles.split("^");
  if (!head.success || ruleBody === null || !title || others.length % 2 === 1) return null;
  const named: Record<string, string> = {};
  for (let at = 0; at < others.length; at += 2) named[others[at]!] = readTitle(others[at + 1]!);
  return { ...head.data, ...ruleBody, title: readTitle(title), titles: named };
}

function parseBody(kind: string, reward: string, body: string): RuleBody | null {
  switch (kind) {
    case "s": {
      const parts = parseAll(body, parsePart);
      const read = parseReward(reward, 9_000);
      return parts && parts.length >= 2 && parts.length <= 4 && read
        ? { kind: "set", reward: read, parts }
        : null;
    }
    case "r": {
      const units = whole(2, 12).safeParse(body.replace(/d$/, ""));
      const read = parseReward(reward, 9_000);
      return units.success && read
        ? { kind: "range", reward: read, units: units.data, allowsRepeats: !body.endsWith("d") }
        : null;
    }
    case "b": {
      const scope = BREAK_SCOPES.find((one) => SCOPE_LETTERS[one] === body[0]);
      const tiers = parseAll(body.slice(1), parseTier);
      return scope && tiers && tiers.length <= 6 && reward === "" ? { kind: "breaks", scope, tiers } : null;
    }
    case "g": {
      const [bought, given, ...more] = body.split(">");
      const gift = parsePart(given ?? "");
      const read = parseReward(reward, 10_000);
      if (!bought || !gift || more.length > 0 || read?.type !== "percent") return null;
      const { basisPoints } = read;
      if (bought.startsWith("$")) {
        const spent = Hundredths.safeParse(bought.slice(1));
        return spent.success
          ? { kind: "gift", buy: { spendHundredths: spent.data }, gift, basisPoints }
          : null;
      }
      const parts = parseAll(bought, parsePart);
      return parts && parts.length <= 4 ? { kind: "gift", buy: { parts }, gift, basisPoints } : null;
    }
    default:
      return null;
  }
}

function parseAll<T>(text: string, parse: (one: string) => T | null): T[] | null {
  const read = text.split(",").map(parse);
  return read.every((one): one is Awaited<T> & T => one !== null) ? read : null;
}

function parsePart(text: string): RulePart | null {
  const match = /^(\d+)\*([1-9])(?:@(\d+))?$/.exec(text);
  if (!match || !Digits.safeParse(match[1]).success) return null;
  if (match[3] !== undefined && !Digits.safeParse(match[3]).success) return null;
  return { variant: match[1]!, quantity: Number(match[2]), product: match[3] ?? null };
}

function parseTier(text: string): RuleTier | null {
  const [units, reward, ...more] = text.split(":");
  const read = whole(2, 99).safeParse(units);
  const gain = parseReward(reward ?? "", 9_000);
  return read.success && gain && gain.type !== "none" && more.length === 0
    ? { units: read.data, reward: gain }
    : null;
}

function parseReward(text: string, mostBasisPoints: number): RuleReward | null {
  if (text === "") return { type: "none" };
  const amount = text.slice(1);
  if (text[0] === "%") {
    const basisPoints = whole(1, mostBasisPoints).safeParse(amount);
    return basisPoints.success ? { type: "percent", basisPoints: basisPoints.data } : null;
  }
  const hundredths = Hundredths.safeParse(amount);
  if (!hundredths.success) return null;
  if (text[0] === "-") return { type: "amount", hundredths: hundredths.data };
  return text[0] === "=" ? { type: "price", hundredths: hundredths.data } : null;
}

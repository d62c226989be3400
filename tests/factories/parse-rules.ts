import { z } from "zod";
import type { BreakScope } from "#app/domain/offer/offer-kinds.ts";
import type { Result } from "#app/domain/result.ts";
import type {
  OfferRule,
  ProductRules,
  RuleBody,
  RulePart,
  RuleReward,
  RuleTier,
} from "#app/domain/offer/offer-rule.ts";

const SCOPES: Readonly<Record<string, BreakScope>> = { v: "variant", p: "product", o: "pool" };
const DIGITS = /^[1-9]\d{0,18}$/;
const Digits = z.string().regex(DIGITS);
const whole = (least: number, most: number) =>
  z
    .string()
    .regex(/^(0|[1-9]\d{0,9})$/)
    .transform(Number)
    .pipe(z.int().min(least).max(most));
const orNull = <T extends z.ZodType>(schema: T) => z.union([z.literal("").transform(() => null), schema]);

const Hundredths = whole(1, 1_999_999_999);
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
 * Parses the rules of a product's metafield as the theme and the Function read them.
 *
 * @returns the rules, or why the text is invalid, with the number of the invalid offer from 1; readers then show none
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
      const scope = SCOPES[body[0] ?? ""];
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

/** Reverses `escapeTitle`. */
function readTitle(text: string): string {
  return text.replace(/%([0-7][0-9A-F])/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

import { z } from "zod";
import { formatDecimal, minorDigits, parseMinor } from "#app/domain/money.ts";
import {
  AMOUNT_LIMIT_UNITS,
  BREAK_SCOPES,
  MAX_TIERS,
  OFFER_KINDS,
  REWARD_TYPES,
} from "#app/domain/offer/offer-kinds.ts";
import type { OfferTerms, Reward } from "#app/domain/offer/offer.ts";

/** The terms of an offer as typed; the fields of other kinds keep their text while one is selected. */
export const OfferFields = z.object({
  kind: z.enum(OFFER_KINDS),
  rewardType: z.enum(REWARD_TYPES).default("percent"),
  /** "12.5" is 12.5 %, or an amount in whole units of the shop's currency. */
  rewardValue: z.string().default(""),
  /** Units to choose in a range. */
  units: z.string().default(""),
  allowsRepeats: z.boolean().default(true),
  scope: z.enum(BREAK_SCOPES).default("product"),
  tiers: z
    .array(z.object({ units: z.string(), value: z.string() }))
    .max(MAX_TIERS, "tiersMany")
    .default([]),
  /** Whether spending earns the gift, instead of buying each of the products. */
  countsSpend: z.boolean().default(false),
  spend: z.string().default(""),
  giftPercent: z.string().default(""),
  /** The currency of the amounts if it is no longer the shop's, until they are typed again. */
  currency: z.string().optional(),
});
export type OfferFields = z.infer<typeof OfferFields>;

/** Defaults of a new offer. */
export const NEW_FIELDS: OfferFields = {
  kind: "set",
  rewardType: "percent",
  rewardValue: "10",
  units: "3",
  allowsRepeats: true,
  scope: "product",
  tiers: [
    { units: "2", value: "10" },
    { units: "3", value: "15" },
  ],
  countsSpend: false,
  spend: "",
  giftPercent: "100",
};

/** An offer as typed in its form, without its products. */
export interface OfferForm {
  readonly title: string;
  /** In other languages, by Shopify's code. */
  readonly titles: Readonly<Record<string, string>>;
  readonly offer: OfferFields;
  /** A day, or a minute, in the shop's time zone; empty for none. */
  readonly startsOn: string;
  readonly endsOn: string;
  readonly letsShopperChoose: boolean;
  /** One of `PLACEMENTS`. */
  readonly placement: string;
  /** ISO codes; empty for everywhere. */
  readonly countries: readonly string[];
  /** Empty for as often as the order holds the products. */
  readonly timesPerOrder: string;
  readonly note: string;
}

type TierPart = `tiers.${number}.${"units" | "value"}`;
type Issue = readonly [field: "reward" | "units" | "tiers" | TierPart | "spend" | "gift", code: string];
type Read<T> = { readonly value: T } | { readonly code: string };

/**
 * Parses the fields as terms. The path of an issue is its field of `TermsProblem`, its message a code.
 *
 * @param currency ISO code of the shop's currency, in which amounts are typed
 */
export function offerFieldsIn(currency: string) {
  return OfferFields.transform((fields, context): OfferTerms => {
    const read = readTerms(fields, currency);
    if (!Array.isArray(read)) return read as OfferTerms;
    for (const [field, code] of read as Issue[]) {
      context.addIssue({ code: "custom", path: [field], message: code });
    }
    return z.NEVER;
  });
}

function readTerms(fields: OfferFields, currency: string): OfferTerms | Issue[] {
  switch (fields.kind) {
    case "set": {
      const reward = readReward(fields.rewardType, fields.rewardValue, currency);
      return "code" in reward ? [["reward", reward.code]] : { kind: "set", reward: reward.value };
    }
    case "range": {
      const reward = readReward(fields.rewardType, fields.rewardValue, currency);
      const units = readUnits(fields.units, 12);
      if ("code" in units) return [["units", units.code]];
      if ("code" in reward) return [["reward", reward.code]];
      const { allowsRepeats } = fields;
      return { kind: "range", units: units.value, allowsRepeats, reward: reward.value };
    }
    case "breaks": {
      const tiers = fields.tiers.map(({ units, value }) => ({
        units: readUnits(units, 99),
        reward: readReward(fields.rewardType, value, currency),
      }));
      if (tiers.length === 0) return [["tiers", "tiersNone"]];
      if (fields.rewardType === "none") return [["tiers", "tiersFree"]];
      const wrong = tiers.flatMap(({ units, reward }, at): Issue[] => [
        ...("code" in units ? [[`tiers.${at}.units`, units.code] as const] : []),
        ...("code" in reward ? [[`tiers.${at}.value`, reward.code] as const] : []),
      ]);
      if (wrong.length > 0) return wrong;
      return {
        kind: "breaks",
        scope: fields.scope,
        tiers: tiers.flatMap(({ units, reward }) =>
          "value" in units && "value" in reward ? [{ units: units.value, reward: reward.value }] : [],
        ),
      };
    }
    case "gift": {
      const given = readPercent(fields.giftPercent, 100);
      const spend = fields.countsSpend ? readAmount(fields.spend, currency) : { value: null };
      if ("code" in spend) return [["spend", spend.code]];
      if ("code" in given) return [["gift", given.code]];
      return { kind: "gift", spendMinor: spend.value, giftBasisPoints: given.value };
    }
  }
}

function readReward(type: Reward["type"], text: string, currency: string): Read<Reward> {
  if (type === "none") return { value: { type } };
  const amount = type === "percent" ? readPercent(text, 90) : readAmount(text, currency);
  if ("code" in amount) return amount;
  switch (type) {
    case "percent":
      return { value: { type, basisPoints: amount.value } };
    case "amount":
      return { value: { type, amountMinor: amount.value } };
    case "price":
      return { value: { type, priceMinor: amount.value } };
  }
}

/** Parses "12.5" as basis points. */
function readPercent(text: string, most: number): Read<number> {
  const percent = toNumber(text);
  if (Number.isNaN(percent)) return { code: "noNumber" };
  if (percent < 1) return { code: "discountLow" };
  if (percent > most) return { code: most === 100 ? "giftHigh" : "discountHigh" };
  const basisPoints = Math.round(percent * 100);
  return Math.abs(basisPoints - percent * 100) > 1e-6 ? { code: "discountFine" } : { value: basisPoints };
}

function readAmount(text: string, currency: string): Read<number> {
  const decimal = text.trim().replace(",", ".");
  const minor = parseMinor(decimal, currency);
  if (minor === null) return { code: "noNumber" };
  // In half of the languages "1,299" is more than a thousand; rounded to the currency's digits it would be about one.
  if ((decimal.split(".")[1] ?? "").length > minorDigits(currency)) return { code: "amountDigits" };
  if (minor < 1) return { code: "amountLow" };
  const limitMinor = AMOUNT_LIMIT_UNITS * 10 ** minorDigits(currency);
  return minor >= limitMinor ? { code: "amountHigh" } : { value: minor };
}

function readUnits(text: string, most: 12 | 99): Read<number> {
  const units = toNumber(text);
  if (Number.isNaN(units)) return { code: "noNumber" };
  if (!Number.isInteger(units)) return { code: "unitsWhole" };
  if (units < 2) return { code: "unitsTwo" };
  return units > most ? { code: most === 12 ? "unitsTwelve" : "unitsMany" } : { value: units };
}

/** NaN for an empty field, though `Number("")` is 0; accepts a decimal comma. */
export function toNumber(text: string): number {
  return text.trim() === "" ? NaN : Number(text.replace(",", "."));
}

/** Terms as typed fields. */
export function toOfferFields(terms: OfferTerms, currency: string): OfferFields {
  switch (terms.kind) {
    case "set":
      return { ...NEW_FIELDS, kind: "set", ...toRewardFields(terms.reward, currency) };
    case "range": {
      const { units, allowsRepeats, reward } = terms;
      return {
        ...NEW_FIELDS,
        kind: "range",
        units: String(units),
        allowsRepeats,
        ...toRewardFields(reward, currency),
      };
    }
    case "breaks": {
      const tiers = terms.tiers.map(({ units, reward }) => ({
        units: String(units),
        value: toRewardFields(reward, currency).rewardValue,
      }));
      const rewardType = terms.tiers[0]!.reward.type;
      return { ...NEW_FIELDS, kind: "breaks", scope: terms.scope, rewardType, tiers };
    }
    case "gift":
      return {
        ...NEW_FIELDS,
        kind: "gift",
        countsSpend: terms.spendMinor !== null,
        spend: terms.spendMinor === null ? "" : formatDecimal(terms.spendMinor, currency),
        giftPercent: String(terms.giftBasisPoints / 100),
      };
  }
}

function toRewardFields(reward: Reward, currency: string): Pick<OfferFields, "rewardType" | "rewardValue"> {
  switch (reward.type) {
    case "percent":
      return { rewardType: "percent", rewardValue: String(reward.basisPoints / 100) };
    case "amount":
      return { rewardType: "amount", rewardValue: formatDecimal(reward.amountMinor, currency) };
    case "price":
      return { rewardType: "price", rewardValue: formatDecimal(reward.priceMinor, currency) };
    case "none":
      return { rewardType: "none", rewardValue: "" };
  }
}

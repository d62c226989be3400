import { z } from "zod";
import { minorDigits } from "#app/domain/money.ts";
import {
  AMOUNT_LIMIT_UNITS,
  BREAK_SCOPES,
  MAX_PARTS,
  MAX_POOL,
  PLACEMENTS,
  type BreakScope,
} from "./offer-kinds.ts";

// Not with the schemas, so that a page that needs only these does not load zod.
export * from "./offer-kinds.ts";

/** Ratio of a price in ten-thousandths, so that 12.5 % is an integer. */
const BasisPoints = z.int().min(1).max(9_000);
/** In the shop's currency. `hasLowAmounts` checks its limit; this is the limit with three decimals. */
const AmountMinor = z
  .int()
  .min(1)
  .max(AMOUNT_LIMIT_UNITS * 1_000 - 1);

/**
 * The shopper's gain on the units of one purchase: a percentage, an amount off, a price for the whole, or nothing, if
 * showing products together at full price is worth it. Amounts are in the shop's currency; Shopify converts them to
 * another currency at the rate of the day.
 */
export const Reward = z.discriminatedUnion("type", [
  z.object({ type: z.literal("percent"), basisPoints: BasisPoints }),
  z.object({ type: z.literal("amount"), amountMinor: AmountMinor }),
  z.object({ type: z.literal("price"), priceMinor: AmountMinor }),
  z.object({ type: z.literal("none") }),
]);
export type Reward = z.infer<typeof Reward>;

export const Tier = z.object({ units: z.int().min(2).max(99), reward: Reward });
/**
 * Applies from `units` on. A percentage applies to all units in the cart; an amount and a price apply to each group of
 * `units`, the largest tier first, like a price tag: with "2 for 9, 3 for 12" five cost 21.
 */
export type Tier = z.infer<typeof Tier>;

/**
 * The terms of an offer without its products. The products are the offer's components: the parts of a set with
 * quantities, the products to choose from in a range and in breaks, the purchase and the marked gift of a gift. See
 * app/decisions/publish/062-four-kinds-of-offers-are-one-language.md.
 */
export const OfferTerms = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("set"), reward: Reward }),
  z.object({
    kind: z.literal("range"),
    /** Number of units to choose. */
    units: z.int().min(2).max(12),
    /** Whether one variant may be chosen more than once. */
    allowsRepeats: z.boolean(),
    reward: Reward,
  }),
  z.object({ kind: z.literal("breaks"), scope: z.enum(BREAK_SCOPES), tiers: z.array(Tier).min(1).max(6) }),
  z.object({
    kind: z.literal("gift"),
    /** Amount to spend on the products that count; null if each of them must be bought. */
    spendMinor: AmountMinor.nullable(),
    /** Discount on the gift's price, ten-thousandths: 10,000 is free. */
    giftBasisPoints: z.int().min(1).max(10_000),
  }),
]);
export type OfferTerms = z.infer<typeof OfferTerms>;

/** An offer's title in other languages of the shop, by Shopify's code. */
export const OfferTitles = z.record(
  z.string().regex(/^[a-z]{2,3}(-[A-Za-z]{2,4})?$/),
  z.string().min(1).max(120),
);
export type OfferTitles = z.infer<typeof OfferTitles>;

export const Placement = z.enum(PLACEMENTS);
export type Placement = z.infer<typeof Placement>;

/** A mistake in the merchant's terms, with its field. */
interface TermsProblem {
  readonly field: "tiers" | "units" | "reward" | "components" | "spend" | "gift";
  readonly code:
    | "tiersFall"
    | "tierRewardsFall"
    | "tierTypesDiffer"
    | "poolTooSmall"
    | "componentTwice"
    | "componentsFew"
    | "componentsMany"
    | "priceAboveSum"
    | "giftAbovePurchase"
    | "giftIsBought"
    | "giftMissing";
  readonly values?: Readonly<Record<string, number>>;
}

/** A product of an offer without its price; `quantity` is per set. */
export interface KeyedComponent {
  readonly variantGid: string;
  readonly productGid: string;
  readonly quantity: number;
  /** Whether the shopper gets it for buying the others. */
  readonly isGift: boolean;
}

/** A component with the price of one unit, minor units of the shop's currency. */
export interface TermsComponent extends KeyedComponent {
  readonly priceMinor: number;
}

/**
 * Checks the terms of an offer against its products; an offer without problems can be sold.
 *
 * @returns at most one problem per field, the first one to fix
 */
export function checkTerms(terms: OfferTerms, components: readonly TermsComponent[]): TermsProblem[] {
  const bought = components.filter(({ isGift }) => !isGift);
  const problems = checkComponents(terms, bought);
  switch (terms.kind) {
    case "set":
      return [...problems, ...checkReward(terms.reward, totalOf(bought))];
    case "range": {
      const prices = bought.map(({ priceMinor }) => priceMinor);
      const dearest = Math.max(0, ...prices) * terms.units;
      const choices = new Set(bought.map(({ variantGid }) => variantGid)).size;
      const isSmall = !terms.allowsRepeats && choices < terms.units;
      return [
        ...problems,
        ...(isSmall
          ? [{ field: "units", code: "poolTooSmall", values: { choices, units: terms.units } } as const]
          : []),
        ...checkReward(terms.reward, dearest),
      ];
    }
    case "breaks":
      return [...problems, ...checkTiers(terms.tiers, bought)];
    case "gift": {
      const gift = components.filter(({ isGift }) => isGift);
      if (gift.length !== 1) return [...problems, { field: "gift", code: "giftMissing" }];
      // At the checkout, units of the gift's variant do not count as bought.
      const others = bought.filter(({ variantGid }) => variantGid !== gift[0]!.variantGid);
      if (others.length < (terms.spendMinor === null ? bought.length : 1))
        return [...problems, { field: "gift", code: "giftIsBought" }];
      const givenMinor = (totalOf(gift) * terms.giftBasisPoints) / 10_000;
      const spentMinor = terms.spendMinor ?? totalOf(bought);
      return givenMinor > spentMinor ? [...problems, { field: "gift", code: "giftAbovePurchase" }] : problems;
    }
  }
}

/** Whether every amount of the terms is below `AMOUNT_LIMIT_UNITS`, so that it fits a rule. */
export function hasLowAmounts(terms: OfferTerms, currency: string): boolean {
  const limitMinor = AMOUNT_LIMIT_UNITS * 10 ** minorDigits(currency);
  const spendMinor = terms.kind === "gift" ? (terms.spendMinor ?? 0) : 0;
  return spendMinor < limitMinor && rewardsOf(terms).every((reward) => amountOf(reward) < limitMinor);
}

/** Whether the terms have an amount of money, which holds in one currency only. */
export function hasAmounts(terms: OfferTerms): boolean {
  const isBySpending = terms.kind === "gift" && terms.spendMinor !== null;
  return isBySpending || rewardsOf(terms).some((reward) => amountOf(reward) > 0);
}

/** The rewards of the terms; a gift has no reward apart from the gift. */
export function rewardsOf(terms: OfferTerms): readonly Reward[] {
  switch (terms.kind) {
    case "set":
    case "range":
      return [terms.reward];
    case "breaks":
      return terms.tiers.map(({ reward }) => reward);
    case "gift":
      return [];
  }
}

/** Minor units; 0 for a reward without an amount. */
function amountOf(reward: Reward): number {
  switch (reward.type) {
    case "percent":
    case "none":
      return 0;
    case "amount":
      return reward.amountMinor;
    case "price":
      return reward.priceMinor;
  }
}

function checkComponents(terms: OfferTerms, bought: readonly TermsComponent[]): TermsProblem[] {
  const isPool =
    terms.kind === "range" || terms.kind === "breaks" || (terms.kind === "gift" && terms.spendMinor !== null);
  const least = terms.kind === "set" ? 2 : 1;
  const most = isPool ? MAX_POOL : MAX_PARTS;
  const values = { least, most, count: bought.length };
  if (bought.length < least) return [{ field: "components", code: "componentsFew", values }];
  if (bought.length > most) return [{ field: "components", code: "componentsMany", values }];
  const variants = new Set(bought.map(({ variantGid }) => variantGid));
  return variants.size < bought.length ? [{ field: "components", code: "componentTwice" }] : [];
}

function checkReward(reward: Reward, totalMinor: number): TermsProblem[] {
  const isSum = reward.type === "amount" || reward.type === "price";
  const isAbove = isSum && amountOf(reward) >= totalMinor;
  return isAbove ? [{ field: "reward", code: "priceAboveSum", values: { totalMinor } }] : [];
}

function checkTiers(tiers: readonly Tier[], bought: readonly TermsComponent[]): TermsProblem[] {
  const dearest = Math.max(0, ...bought.map(({ priceMinor }) => priceMinor));
  for (const [at, { units, reward }] of tiers.entries()) {
    const [above] = checkReward(reward, dearest * units);
    if (above) return [{ ...above, field: "tiers" }];
    const before = tiers[at - 1];
    if (!before) continue;
    if (units <= before.units) return [{ field: "tiers", code: "tiersFall", values: { tier: at + 1 } }];
    if (reward.type !== before.reward.type)
      return [{ field: "tiers", code: "tierTypesDiffer", values: { tier: at + 1 } }];
    if (gainOf({ units, reward }) <= gainOf(before))
      return [{ field: "tiers", code: "tierRewardsFall", values: { tier: at + 1 } }];
  }
  return [];
}

/** Sorts the tiers of one type: by percentage, amount off per unit, or the negative price per unit. */
function gainOf({ units, reward }: Tier): number {
  switch (reward.type) {
    case "percent":
      return reward.basisPoints;
    case "amount":
      return reward.amountMinor / units;
    case "price":
      return -reward.priceMinor / units;
    case "none":
      return 0;
  }
}

function totalOf(components: readonly TermsComponent[]): number {
  return components.reduce((total, { priceMinor, quantity }) => total + priceMinor * quantity, 0);
}

/**
 * The terms of a stored bundle.
 *
 * @throws ZodError if the row has invalid terms
 */
export function toOfferTerms({
  terms,
  discountRatio,
}: {
  readonly terms: unknown;
  readonly discountRatio: number;
}): OfferTerms {
  if (terms !== null) return OfferTerms.parse(terms);
  const basisPoints = Math.round(discountRatio * 10_000);
  return { kind: "set", reward: basisPoints === 0 ? { type: "none" } : { type: "percent", basisPoints } };
}

/** Defines one purchase of an offer in an order. */
export interface PurchaseRule {
  /**
   * `parts`: the order holds each component in its quantity. `units`: it holds `least` units of the pool. `spending`:
   * it spends `least` on the pool and holds the gift.
   */
  readonly counts: "parts" | "units" | "spending";
  /** Units, or minor units; 1 for parts. */
  readonly least: number;
  /** The units that count together. */
  readonly scope: BreakScope;
  /** Whether the units must be of different variants. */
  readonly isDistinct: boolean;
}

/** Purchases that count per visitor at most: a reseller's order says little about other shoppers. */
export const MOST_PURCHASES = 4;

export function purchaseRuleOf(terms: OfferTerms): PurchaseRule {
  const whole = { counts: "parts", least: 1, scope: "pool", isDistinct: false } as const;
  switch (terms.kind) {
    case "set":
      return whole;
    case "range":
      return { ...whole, counts: "units", least: terms.units, isDistinct: !terms.allowsRepeats };
    case "breaks":
      return { ...whole, counts: "units", least: terms.tiers[0]!.units, scope: terms.scope };
    case "gift":
      return terms.spendMinor === null ? whole : { ...whole, counts: "spending", least: terms.spendMinor };
  }
}

import { groupBy } from "#app/domain/group-by.ts";
import { smallestPayable, toCart, type CartMoney } from "#app/domain/money.ts";
import type { OfferRule, RuleBody, RulePart, RuleReward, RuleTier } from "./offer-rule.ts";

/** The saving of one offer on a cart, with its units. */
export interface OfferSaving {
  /** The shopper's saving, hundredths of the cart's currency, above 0. */
  readonly hundredths: number;
  /** Units that the saving applies to, by variant. */
  readonly discounted: ReadonlyMap<string, number>;
  /** Units that had to be bought at full price for it, by variant; only for a gift. */
  readonly required: ReadonlyMap<string, number>;
}

/**
 * The saving of one offer on a cart, by the arithmetic that the widget, the cart and the checkout share. Units are
 * taken the most expensive first, which saves the shopper the most; equal prices keep the order of `cart`.
 *
 * - A percentage is `floor(total · basisPoints / 10000)` for each set, rounded down to a payable amount. If sets differ
 *   in price it is rounded once for all, which is never less than the sum promised for each.
 * - An amount and a price are converted from the shop's currency at the rate of the day, and rounded half up to a
 *   payable amount. An amount is at most the price of its units; a price that is not lower saves nothing.
 * - A range takes as many sets as save something. Breaks take the highest tier: a percentage for all units, an amount
 *   and a price for each whole tier, the largest first, and over all groups no more often than an order may take the
 *   offer.
 *
 * @param cart variants that can count for an offer, in the order of the cart, each once
 * @returns null if the cart holds nothing of the offer or would save nothing
 */
export function priceOffer(
  rule: OfferRule,
  cart: readonly PricedVariant[],
  money: CartMoney,
): OfferSaving | null {
  const times = rule.times ?? Number.MAX_SAFE_INTEGER;
  switch (rule.kind) {
    case "set":
      return priceSet(rule.parts, rule.reward, { cart, money, times });
    case "range": {
      const pool = dearestFirst(cart.filter(({ isInPool }) => isInPool));
      return priceRange(pool, rule, { cart, money, times });
    }
    case "breaks": {
      const pool = dearestFirst(cart.filter(({ isInPool }) => isInPool));
      const groups = groupBy(pool, (one) => (rule.scope === "pool" ? "" : one[rule.scope]));
      let left = times;
      const savings = [...groups.values()].map((group) => {
        const { saving, taken } = priceTiers(group, rule.tiers, money, left);
        left -= taken;
        return saving;
      });
      return join(savings);
    }
    case "gift":
      return priceGift(rule, { cart, money, times });
  }
}

/** The savings of several groups of breaks as one; null without any. */
function join(savings: readonly (OfferSaving | null)[]): OfferSaving | null {
  const held = savings.filter((saving) => saving !== null);
  if (held.length === 0) return null;
  return {
    hundredths: held.reduce((sum, { hundredths }) => sum + hundredths, 0),
    discounted: new Map(held.flatMap(({ discounted }) => [...discounted])),
    required: new Map(),
  };
}

interface Pricing {
  readonly cart: readonly PricedVariant[];
  readonly money: CartMoney;
  /** Maximum number of sets. */
  readonly times: number;
}

function priceSet(
  parts: readonly RulePart[],
  reward: RuleReward,
  { cart, money, times }: Pricing,
): OfferSaving | null {
  const filled = fillParts(parts, cart);
  const held = filled.map(({ part, variants }) => Math.floor(unitsOf(variants) / part.quantity));
  const sets = Math.min(times, ...held);
  const drawn = filled.map(({ part, variants }) => draw(variants, sets * part.quantity));
  const totalHundredths = drawn.reduce((sum, { hundredths }) => sum + hundredths, 0);
  const areAlike = drawn.every(({ areAlike: isEven }) => isEven);
  return toSaving(rewardOf(reward, { totalHundredths, sets, areAlike }, money), drawn);
}

function priceRange(
  pool: readonly PricedVariant[],
  { units, allowsRepeats, reward }: Extract<RuleBody, { kind: "range" }>,
  { money, times }: Pricing,
): OfferSaving | null {
  let best: OfferSaving | null = null;
  for (let sets = 1; sets <= times; sets += 1) {
    // Sets of different variants are possible exactly if no variant has more units than there are sets.
    const open = allowsRepeats ? pool : pool.map((one) => ({ ...one, units: Math.min(one.units, sets) }));
    if (unitsOf(open) < sets * units) break;
    const drawn = draw(open, sets * units);
    const saving = toSaving(
      rewardOf(reward, { totalHundredths: drawn.hundredths, sets, areAlike: drawn.areAlike }, money),
      [drawn],
    );
    if (saving !== null && saving.hundredths > (best?.hundredths ?? 0)) best = saving;
  }
  return best;
}

/**
 * The saving of the tiers on one group, and the number of whole tiers it takes; a percentage for all units takes none.
 *
 * @param group the most expensive first
 */
function priceTiers(
  group: readonly PricedVariant[],
  tiers: readonly RuleTier[],
  money: CartMoney,
  times: number,
): { readonly saving: OfferSaving | null; readonly taken: number } {
  const held = unitsOf(group);
  const reached = tiers.filter(({ units }) => units <= held);
  const highest = reached.at(-1);
  if (!highest) return { saving: null, taken: 0 };
  if (highest.reward.type === "percent") {
    const drawn = draw(group, held);
    const sets = drawn.areAlike ? held : 1;
    const { hundredths: totalHundredths, areAlike } = drawn;
    const saved = rewardOf(highest.reward, { totalHundredths, sets, areAlike }, money);
    return { saving: toSaving(saved, [drawn]), taken: 0 };
  }
  const savings: Draw[] = [];
  let hundredths = 0;
  let rest = group;
  let left = times;
  for (const { units, reward } of reached.toReversed()) {
    while (left > 0 && unitsOf(rest) >= units) {
      const drawn = draw(rest, units);
      const saved = rewardOf(reward, { totalHundredths: drawn.hundredths, sets: 1, areAlike: true }, money);
      if (saved <= 0) break;
      savings.push(drawn);
      hundredths += saved;
      left -= 1;
      rest = rest.map((one) => ({ ...one, units: one.units - (drawn.units.get(one.variant) ?? 0) }));
    }
  }
  return { saving: toSaving(hundredths, savings), taken: savings.length };
}

function priceGift(
  { buy, gift, basisPoints }: OfferRule & { readonly kind: "gift" },
  { cart, money, times }: Pricing,
): OfferSaving | null {
  const given = variantsOf(gift, cart);
  const isGiven = new Set(given.map(({ variant }) => variant));
  const others = cart.filter(({ variant }) => !isGiven.has(variant));
  let sets = Math.min(times, Math.floor(unitsOf(given) / gift.quantity));
  const required = new Map<string, number>();
  if ("parts" in buy) {
    const filled = fillParts(buy.parts, others);
    for (const { part, variants } of filled)
      sets = Math.min(sets, Math.floor(unitsOf(variants) / part.quantity));
    for (const { part, variants } of filled)
      for (const [variant, units] of draw(variants, sets * part.quantity).units) required.set(variant, units);
  } else {
    const pool = others.filter(({ isInPool }) => isInPool);
    const spent = pool.reduce((sum, { units, unitHundredths }) => sum + units * unitHundredths, 0);
    sets = Math.min(sets, Math.floor(spent / toCart(buy.spendHundredths, money)));
    for (const { variant, units } of pool) required.set(variant, units);
  }
  const drawn = draw(given, sets * gift.quantity);
  const saved = rewardOf(
    { type: "percent", basisPoints },
    { totalHundredths: drawn.hundredths, sets, areAlike: drawn.areAlike },
    money,
  );
  const saving = toSaving(saved, [drawn]);
  return saving && { ...saving, required };
}

function toSaving(hundredths: number, drawn: readonly Draw[]): OfferSaving | null {
  if (hundredths <= 0) return null;
  const discounted = new Map<string, number>();
  for (const { units } of drawn)
    for (const [variant, taken] of units) discounted.set(variant, (discounted.get(variant) ?? 0) + taken);
  return { hundredths, discounted, required: new Map() };
}

/** The value of a reward on sets with the given total; 0 or less for none. */
function rewardOf(
  reward: RuleReward,
  {
    totalHundredths,
    sets,
    areAlike,
  }: { readonly totalHundredths: number; readonly sets: number; readonly areAlike: boolean },
  money: CartMoney,
): number {
  switch (reward.type) {
    case "percent": {
      const step = smallestPayable(money.currency);
      const rounds = areAlike ? sets : 1;
      // BigInt, because a cart of many expensive units times ten thousand exceeds 2^53.
      const share = (BigInt(totalHundredths / rounds) * BigInt(reward.basisPoints)) / BigInt(10_000 * step);
      return Number(share) * step * rounds;
    }
    case "amount":
      return Math.min(totalHundredths, sets * toCart(reward.hundredths, money));
    case "price":
      return totalHundredths - sets * toCart(reward.hundredths, money);
    case "none":
      return 0;
  }
}

/** All units of one variant that can count for an offer. */
export interface PricedVariant {
  readonly variant: string;
  readonly product: string;
  readonly units: number;
  /** Price of one unit in hundredths of the cart's currency unit, above 0. */
  readonly unitHundredths: number;
  /** Whether its product carries the rule, and so is in the pool of a range, of breaks or of a gift by spending. */
  readonly isInPool: boolean;
}

/** Units drawn from a cart. */
interface Draw {
  readonly units: ReadonlyMap<string, number>;
  readonly hundredths: number;
  /** Whether all units cost the same, and so all sets. */
  readonly areAlike: boolean;
}

/** Draws the most expensive units; the variants must have at least `count`. */
function draw(variants: readonly PricedVariant[], count: number): Draw {
  const units = new Map<string, number>();
  const prices = new Set<number>();
  let hundredths = 0;
  let rest = count;
  for (const { variant, units: held, unitHundredths } of variants) {
    const taken = Math.min(rest, held);
    if (taken === 0) continue;
    units.set(variant, taken);
    prices.add(unitHundredths);
    hundredths += taken * unitHundredths;
    rest -= taken;
  }
  return { units, hundredths, areAlike: prices.size === 1 };
}

interface FilledPart {
  readonly part: RulePart;
  readonly variants: readonly PricedVariant[];
}

/** The parts with the variants that fit them; with none if two parts fit the same variant, whose units count once. */
function fillParts(parts: readonly RulePart[], cart: readonly PricedVariant[]): FilledPart[] {
  const filled = joinParts(parts).map((part) => ({ part, variants: variantsOf(part, cart) }));
  const all = filled.flatMap(({ variants }) => variants);
  return new Set(all).size === all.length ? filled : filled.map(({ part }) => ({ part, variants: [] }));
}

/** Merges repeated parts into one with more units. */
function joinParts(parts: readonly RulePart[]): RulePart[] {
  const joined = new Map<string, RulePart>();
  for (const part of parts) {
    const key = part.product === null ? `v${part.variant}` : `p${part.product}`;
    const known = joined.get(key);
    joined.set(key, known ? { ...known, quantity: known.quantity + part.quantity } : part);
  }
  return [...joined.values()];
}

/** The variants that fit a part, the most expensive first. */
function variantsOf({ variant, product }: RulePart, cart: readonly PricedVariant[]): PricedVariant[] {
  return dearestFirst(
    cart.filter((one) => (product === null ? one.variant === variant : one.product === product)),
  );
}

/** The most expensive first; equal prices keep their order. */
function dearestFirst(variants: readonly PricedVariant[]): PricedVariant[] {
  return variants.toSorted((a, b) => b.unitHundredths - a.unitHundredths);
}

function unitsOf(variants: readonly PricedVariant[]): number {
  return variants.reduce((sum, { units }) => sum + units, 0);
}

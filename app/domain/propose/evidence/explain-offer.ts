import type { OfferTerms } from "#app/domain/offer/offer.ts";
import type { Evidence } from "#app/domain/propose/proposal/bundle-proposal.ts";

/** What the orders of a shop say of an offer's products. */
export interface OfferCounts {
  /** All orders. */
  readonly orders: number;
  /** Of each product the orders that hold it, in the order asked for. */
  readonly ofEach: readonly number[];
  /** Orders that hold at least one of them. */
  readonly ofAny: number;
  /** Orders that hold at least so many different ones as asked for, and at least so many units of them. */
  readonly ofParts: number;
  readonly ofUnits: number;
  /** Of each product the orders that hold all others but not it. */
  readonly without: readonly number[];
  /** [u] orders that hold u units of them, from 1 on; and of each by itself, all added up. */
  readonly byUnits: readonly number[];
  readonly byUnitsOfEach: readonly number[];
}

/**
 * How many different products of an offer, and how many units, an order must hold to speak for it. A gift by spending is
 * spoken for by what was spent, told in parts of it as large as one of its products.
 *
 * @param partsOfSpend parts that the whole spending has, at least 1
 */
export function leastOf(
  terms: OfferTerms,
  products: number,
  partsOfSpend: number,
): { readonly parts: number; readonly units: number } {
  switch (terms.kind) {
    case "set":
      return { parts: products, units: products };
    case "range":
      return { parts: terms.units, units: terms.units };
    case "breaks":
      return { parts: 1, units: terms.tiers[0]!.units };
    case "gift":
      return terms.spendMinor === null
        ? { parts: products, units: products }
        : { parts: 1, units: partsOfSpend };
  }
}

/**
 * What a shop's orders say of an offer that was made by hand: how many held its products together, and how many times
 * more than if each product were bought independently; of units of one product alone how many held several.
 *
 * @param counts orders as `countTogether` tells them for `leastOf`; all at least 0
 */
export function explainOffer(
  terms: OfferTerms,
  counts: Pick<OfferCounts, "orders" | "ofEach" | "ofAny" | "ofParts" | "ofUnits">,
): Evidence {
  const { orders, ofAny, ofUnits } = counts;
  const { parts, units } = leastOf(terms, counts.ofEach.length, 1);
  const spendMinor = terms.kind === "gift" ? terms.spendMinor : null;
  const isOfUnits =
    terms.kind === "breaks" || (terms.kind === "range" && terms.allowsRepeats) || spendMinor !== null;
  const together = isOfUnits ? ofUnits : counts.ofParts;
  const common = { kind: "orders", value: together } as const;
  if (orders === 0) return { ...common, code: "handNoOrders", values: {} };
  if (together === 0) return { ...common, code: "handNone", values: { orders } };
  if (spendMinor !== null)
    return { ...common, code: "handSpent", values: { together, orders: ofAny, spendMinor } };
  if (isOfUnits) return { ...common, code: "handUnits", values: { together, orders: ofAny, units } };
  const shares = counts.ofEach.map((held) => held / orders);
  const byChance = orders * chanceOfAtLeast(shares, parts);
  const liftTimes = together / byChance;
  return { ...common, code: "handTogether", values: { together, orders, products: parts, liftTimes } };
}

/**
 * Probability that at least `least` of independent events happen, by the exact distribution of their number.
 *
 * @param shares probability of each, 0 to 1
 * @returns 0 to 1
 */
function chanceOfAtLeast(shares: readonly number[], least: number): number {
  let chances = [1];
  for (const share of shares) {
    chances = [...chances, 0].map(
      (chance, count) => chance * (1 - share) + (chances[count - 1] ?? 0) * share,
    );
  }
  return chances.slice(least).reduce((sum, chance) => sum + chance, 0);
}

import type { OfferTerms } from "#app/domain/offer/offer.ts";
import type { Evidence } from "#app/domain/propose/proposal/bundle-proposal.ts";

/** Counts of a shop's orders with an offer's products. */
export interface OfferCounts {
  /** All orders. */
  readonly orders: number;
  /** [products] orders that hold as many units of each as the offer takes, in the requested order. */
  readonly ofEach: readonly number[];
  /** Orders that hold any of them. */
  readonly ofAny: number;
  /** Orders with at least the requested number of different products, and of units. */
  readonly ofParts: number;
  readonly ofUnits: number;
  /** [products] orders that hold all others but not it. */
  readonly without: readonly number[];
  /** [u] orders that hold u units of them, u from 1; then the same of each product alone, summed over the products. */
  readonly byUnits: readonly number[];
  readonly byUnitsOfEach: readonly number[];
}

/**
 * Different products and units of an offer that an order must hold to count as evidence. For a gift by spending, units
 * are parts of the spending, each as large as the price of one of its products.
 *
 * @param partsOfSpend parts of the whole spending, at least 1
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
 * Evidence from a shop's orders for an offer made by hand: the orders with its products together, and their lift over
 * independent purchases. For units of one product, only the orders with several.
 *
 * @param counts from `countTogether` for `leastOf`; all at least 0
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
 * Probability that at least `least` of several independent events happen, from the exact distribution of their number.
 *
 * @param shares probability of each event, 0 to 1
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

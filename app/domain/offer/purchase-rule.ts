import type { BreakScope, OfferTerms } from "./offer.ts";

/** What makes an order one purchase of an offer. */
export interface PurchaseRule {
  /**
   * Of `parts` an order holds each component in its quantity; of `units` so many of the pool; of `spending` it spends so
   * much on the pool and holds the gift.
   */
  readonly counts: "parts" | "units" | "spending";
  /** Units, or minor units; 1 of parts. */
  readonly least: number;
  /** Whose units count together. */
  readonly scope: BreakScope;
  /** Whether they must be of different variants. */
  readonly isDistinct: boolean;
}

/** Purchases that one visitor counts for at most: a reseller's order says little of other shoppers. */
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

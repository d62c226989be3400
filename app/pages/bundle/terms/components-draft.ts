import type { OfferKind } from "#app/domain/offer/offer.ts";
import type { OfferFields } from "#app/domain/validate/offer-fields.ts";
import type { ComponentDraft } from "./terms-draft.ts";

/**
 * The products with one gift among them where the offer has one: the marked one, or else the cheapest, which a merchant
 * most likely means. Without a second product there is none.
 */
export function withGift(components: readonly ComponentDraft[], kind: OfferKind): ComponentDraft[] {
  const marked = components.findIndex(({ isGift }) => isGift);
  const prices = components.map(({ priceMinor }) => priceMinor);
  const cheapest = components.length > 1 ? prices.lastIndexOf(Math.min(...prices)) : -1;
  const gift = kind === "gift" ? (marked >= 0 ? marked : cheapest) : -1;
  const bought = components.filter((_, at) => at !== gift).map((one) => ({ ...one, isGift: false }));
  const given = components.filter((_, at) => at === gift).map((one) => ({ ...one, isGift: true }));
  // The first product is the anchor, which a gift cannot be.
  return [...bought, ...given];
}

/** Whether it counts how many units of a product an offer takes: of a pool the shopper chooses. */
export function countsUnits({ kind, countsSpend }: OfferFields, isGift: boolean): boolean {
  return kind === "set" || (kind === "gift" && (isGift || !countsSpend));
}

/** Units as they are typed; one while the field holds no number of units. */
export function toUnits(quantity: string): number {
  const units = Number(quantity);
  return Number.isInteger(units) && units > 0 ? units : 1;
}

import type { OfferFields, OfferForm } from "#app/domain/validate/offer-fields.ts";
import type { TermsField } from "#app/domain/validate/terms-form.ts";
import type { OfferKind } from "#app/domain/offer/offer.ts";
import type { Saleable } from "#app/data/bundles/bundles.server.ts";

/** A product in the form of an offer. */
export interface ComponentDraft extends Saleable {
  /** Empty for none. */
  readonly imageUrl: string;
  readonly quantity: string;
  readonly isGift: boolean;
}

/** The terms of an offer as form values. */
export interface TermsDraft extends OfferForm {
  /** The collection that defines the products; null if they are chosen one by one. */
  readonly collectionGid: string | null;
  /** Anchor first. */
  readonly components: readonly ComponentDraft[];
}

export interface FieldsProps {
  readonly draft: TermsDraft;
  /** ISO code of the shop's currency. */
  readonly currency: string;
  /** False for no problem, as Polaris expects. */
  readonly problemOf: (field: TermsField, part?: string) => string | false;
  /** Which of the shop's limits the terms exceed, if any. */
  readonly warning: string | undefined;
  readonly onChange: (changes: Partial<TermsDraft>) => void;
}

/** Marks the gift if the offer has one: the marked product, or else the cheapest of several, the most likely choice. */
export function withGift(components: readonly ComponentDraft[], kind: OfferKind): ComponentDraft[] {
  const marked = components.findIndex(({ isGift }) => isGift);
  const prices = components.map(({ priceMinor }) => priceMinor);
  const cheapest = components.length > 1 ? prices.lastIndexOf(Math.min(...prices)) : -1;
  const gift = kind === "gift" ? (marked >= 0 ? marked : cheapest) : -1;
  const bought = components.filter((_, at) => at !== gift).map((one) => ({ ...one, isGift: false }));
  const given = components.filter((_, at) => at === gift).map((one) => ({ ...one, isGift: true }));
  // The anchor comes first and cannot be the gift.
  return [...bought, ...given];
}

/** The fields after a change of kind. A tier of quantity breaks must have a discount. */
export function withKind(offer: OfferFields, kind: OfferKind): OfferFields {
  const isFree = kind === "breaks" && offer.rewardType === "none";
  return { ...offer, kind, ...(isFree && { rewardType: "percent" as const }) };
}

/** Whether the quantity of a product matters; in a pool the shopper chooses it. */
export function countsUnits({ kind, countsSpend }: OfferFields, isGift: boolean): boolean {
  return kind === "set" || (kind === "gift" && (isGift || !countsSpend));
}

/** The typed quantity; one while it is invalid. */
export function toUnits(quantity: string): number {
  const units = Number(quantity);
  return Number.isInteger(units) && units > 0 ? units : 1;
}

import type { OfferFields, OfferForm } from "#app/domain/validate/offer-fields.ts";
import type { TermsField } from "#app/domain/validate/terms-form.ts";
import type { OfferKind } from "#app/domain/offer/offer.ts";

/** A product of an offer as it is being edited. */
export interface ComponentDraft {
  readonly variantGid: string;
  readonly productGid: string;
  readonly title: string;
  /** Empty for none. */
  readonly imageUrl: string;
  readonly priceMinor: number;
  readonly quantity: string;
  readonly isGift: boolean;
}

/** The terms of an offer as they stand in the fields. */
export interface TermsDraft extends OfferForm {
  /** The collection that the products are, and stay; null where each was chosen. */
  readonly collectionGid: string | null;
  /** Anchor first. */
  readonly components: readonly ComponentDraft[];
}

export interface FieldsProps {
  readonly draft: TermsDraft;
  /** ISO code of the shop's own. */
  readonly currency: string;
  /** False where there is none, as Polaris asks for it. */
  readonly problemOf: (field: TermsField, part?: string) => string | false;
  readonly warningOf: (field: TermsField) => string | undefined;
  readonly onChange: (changes: Partial<TermsDraft>) => void;
}

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

/** The fields once another kind is chosen: no tier of quantity breaks may take nothing off. */
export function withKind(offer: OfferFields, kind: OfferKind): OfferFields {
  const isFree = kind === "breaks" && offer.rewardType === "none";
  return { ...offer, kind, ...(isFree && { rewardType: "percent" as const }) };
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

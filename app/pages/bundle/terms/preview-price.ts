import { createMoneyFormat, minorDigits } from "#app/domain/money.ts";
import { listSteps } from "#app/domain/publish/price-steps.ts";
import { offerFieldsIn } from "#app/domain/validate/offer-fields.ts";
import type { TermsDraft } from "./terms-draft.ts";

interface Currency {
  /** ISO 4217. */
  readonly currency: string;
  readonly locale: string;
}

/** The price of an offer, or of one of its tiers, as shoppers read it. */
export interface PricePreview {
  readonly units: number;
  readonly priceBefore: string;
  readonly priceAfter: string;
  readonly saving: string;
}

/**
 * The prices of the terms being typed, by the storefront's own arithmetic; units that are no number count as one.
 *
 * @returns nothing while the fields are no terms or the products do not make it up
 */
export function previewPrices(
  { components, offer }: Pick<TermsDraft, "components" | "offer">,
  { currency, locale }: Currency,
): PricePreview[] {
  const terms = offerFieldsIn(currency).safeParse(offer);
  if (!terms.success) return [];
  const priced = components.map((component) => ({
    ...component,
    quantity: toUnits(component.quantity),
    costMinor: null,
  }));
  const format = createMoneyFormat(currency, locale);
  const write = (minor: number) => format.format(minor / 10 ** minorDigits(currency));
  return listSteps(terms.data, priced, { currency, assumedMarginRatio: 0 }).map((step) => ({
    units: step.units,
    priceBefore: write(step.beforeMinor),
    priceAfter: write(step.afterMinor),
    saving: write(step.discountMinor),
  }));
}

/** Units as they are typed; one while the field holds no number of units. */
export function toUnits(quantity: string): number {
  const units = Number(quantity);
  return Number.isInteger(units) && units > 0 ? units : 1;
}

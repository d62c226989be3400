import { createMoneyFormat, minorDigits } from "#app/domain/money.ts";
import { priceBundle } from "#app/domain/publish/price-bundle.ts";
import type { TermsDraft } from "./BundleTermsForm.tsx";

interface Currency {
  /** ISO 4217. */
  readonly currency: string;
  readonly locale: string;
}

/** The prices of the terms being typed, by the storefront's own arithmetic; units that are no number count as one. */
export function previewPrice(
  { components, discountPercent }: TermsDraft,
  { currency, locale }: Currency,
): { priceBefore: string; priceAfter: string; saving: string } {
  const discountRatio = Math.min(0.9, Math.max(0, Number(discountPercent) / 100 || 0));
  const { beforeMinor, afterMinor, discountMinor } = priceBundle(
    components.map(({ priceMinor, quantity }) => ({ priceMinor, quantity: toUnits(quantity) })),
    discountRatio,
    currency,
  );
  const format = createMoneyFormat(currency, locale);
  const write = (minor: number) => format.format(minor / 10 ** minorDigits(currency));
  return { priceBefore: write(beforeMinor), priceAfter: write(afterMinor), saving: write(discountMinor) };
}

/** Units as they are typed; one while the field holds no number of units. */
export function toUnits(quantity: string): number {
  const units = Number(quantity);
  return Number.isInteger(units) && units > 0 ? units : 1;
}

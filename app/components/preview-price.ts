import { minorDigits } from "#app/domain/money.ts";
import { priceBundle } from "#app/domain/publish/price-bundle.ts";
import type { TermsDraft } from "./BundleTermsForm.tsx";

interface PricedBundle {
  readonly currency: string;
  readonly terms: { readonly unitPricesMinor: readonly number[]; readonly quantities: readonly number[] };
}

/** The prices of the terms being typed, by the storefront's own arithmetic; a field that is no number counts as saved. */
export function previewPrice({ currency, terms }: PricedBundle, draft: TermsDraft, locale: string) {
  const discountRatio = Math.min(0.9, Math.max(0, Number(draft.discountPercent) / 100 || 0));
  const { beforeMinor, afterMinor, discountMinor } = priceBundle(
    terms.unitPricesMinor.map((priceMinor, index) => ({
      priceMinor,
      quantity: Number(draft.quantities[index]) || (terms.quantities[index] ?? 1),
    })),
    discountRatio,
    currency,
  );
  const format = new Intl.NumberFormat(locale, { style: "currency", currency });
  const write = (minor: number) => format.format(minor / 10 ** minorDigits(currency));
  return { priceBefore: write(beforeMinor), priceAfter: write(afterMinor), saving: write(discountMinor) };
}

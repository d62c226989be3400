import { renameBundle } from "#app/data/bundles/bundle-edits.server.ts";
import { listLiveBundles } from "#app/data/bundles/bundles.server.ts";
import { toOfferTerms } from "#app/domain/offer/offer.ts";
import { titleBundle } from "#app/domain/propose/titles/title-likeness.ts";
import type { Locale } from "#app/locales/translate.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { titleOffer } from "./title-offer.server.ts";

/**
 * Titles anew what is live under the names of its products alone ("A + B"), as all sets once were. Any other title may
 * be the merchant's and stays. The next publishing pass brings it to the storefront.
 *
 * @param categoryOf of a variant; empty when unknown
 * @returns the titles of all that is live
 */
export async function titleLiveOffers(
  { db }: Pick<Deps, "db">,
  shop: string,
  { locale, categoryOf }: { readonly locale: Locale; readonly categoryOf: (variantGid: string) => string },
): Promise<Set<string>> {
  const live = await listLiveBundles(db, shop);
  const taken = new Set(live.map(({ title }) => title));
  for (const bundle of live) {
    const names = bundle.components.map(({ title }) => title);
    if (![titleBundle(names), names.join(" + ")].includes(bundle.title)) continue;
    const components = bundle.components.map((one) => ({ ...one, category: categoryOf(one.variantGid) }));
    const title = titleOffer({ terms: toOfferTerms(bundle), components }, locale, taken);
    await renameBundle(db, bundle, title);
    taken.add(title);
  }
  return taken;
}

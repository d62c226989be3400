import { toOfferTerms } from "#app/domain/offer/offer.ts";
import { toOfferTitles } from "#app/data/bundles/bundles.server.ts";
import { toOfferFields } from "#app/domain/validate/offer-fields.ts";
import type { BundleRow } from "#app/pages/describe-suggestion.server.ts";
import { toMoment } from "#app/services/validate/typed-terms.server.ts";
import type { TermsDraft } from "./terms/terms-draft.ts";

interface DraftContext {
  /** As the catalogue has them now, in the bundle's order. */
  readonly components: readonly { readonly imageUrl: string | null; readonly priceMinor: number }[];
  /** IANA name. */
  readonly timeZone: string;
  /** ISO code of the shop's own. */
  readonly currency: string;
}

/** The terms of a bundle as the fields of its form hold them. */
export function toTermsDraft(
  bundle: BundleRow,
  { components, timeZone, currency }: DraftContext,
): TermsDraft {
  return {
    title: bundle.title,
    titles: toOfferTitles(bundle.titles),
    offer: toOfferFields(toOfferTerms(bundle), currency),
    startsOn: toMoment(bundle.startsAt, "start", timeZone),
    endsOn: toMoment(bundle.endsAt, "end", timeZone),
    letsShopperChoose: bundle.letsShopperChoose,
    placement: bundle.placement,
    countries: bundle.countries,
    timesPerOrder: bundle.timesPerOrder === null ? "" : String(bundle.timesPerOrder),
    note: bundle.note,
    collectionGid: bundle.collectionGid,
    components: bundle.components.map(({ variantGid, productGid, title, quantity, isGift }, index) => ({
      ...{ variantGid, productGid, title, isGift },
      imageUrl: components[index]!.imageUrl ?? "",
      priceMinor: components[index]!.priceMinor,
      quantity: String(quantity),
    })),
  };
}

import { toLegacyId } from "#app/domain/ids.ts";
import type { KeyedComponent, OfferTerms } from "./offer.ts";

/**
 * Stable key of an offer, so that it keeps its row and later runs recognize it: its products and form, without prices.
 * The key of a set is that of its combination (`componentKeyOf`). The others begin with their kind and have the
 * products of the pool in sorted order, or its collection. Offers that differ only in dates, countries or rewards are
 * the same.
 */
export function offerKeyOf(
  terms: OfferTerms,
  components: readonly KeyedComponent[],
  collectionGid: string | null = null,
): string {
  const bought = components.filter(({ isGift }) => !isGift);
  const parts = toKey(bought.map(({ variantGid, quantity }) => `${variantGid}*${quantity}`));
  const products =
    collectionGid === null
      ? toKey(bought.map(({ productGid }) => toLegacyId(productGid)))
      : `in:${toLegacyId(collectionGid)}`;
  switch (terms.kind) {
    case "set":
      return parts;
    case "range":
      return `range:${terms.units}${terms.allowsRepeats ? "" : "d"}:${products}`;
    case "breaks":
      return `breaks:${terms.scope}:${products}`;
    case "gift": {
      const gift = toKey(components.filter(({ isGift }) => isGift).map(({ variantGid }) => variantGid));
      return `gift:${terms.spendMinor === null ? parts : `${terms.spendMinor}:${products}`}>${gift}`;
    }
  }
}

function toKey(parts: readonly string[]): string {
  return parts.toSorted().join("|");
}

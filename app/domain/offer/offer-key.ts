import { toLegacyId } from "#app/domain/ids.ts";
import type { KeyedComponent, OfferTerms } from "./offer.ts";

/**
 * Stable key of an offer, by which it is one row for ever and a later run knows it again: what is sold in which form,
 * whatever it costs. A set's is that of its combination (`componentKeyOf`); the others begin with their kind, and name
 * the products of a pool in any order, or the collection that keeps it. Other dates, countries or rewards are the same
 * offer.
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

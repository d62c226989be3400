/** What the shop says of a product, sold or not. */
export interface ProductFacts {
  readonly key: string;
  readonly title: string;
  readonly category: string;
  /** Today's price, minor units; null when the shop did not say. */
  readonly priceMinor: number | null;
  readonly costMinor: number | null;
  readonly stockUnits: number | null;
  readonly isActive: boolean;
}

/** A variant as the shop lists it, with the product that it is one of. */
export interface ListedVariant extends ProductFacts {
  readonly productKey: string;
  /** The product's own, without the variant's. */
  readonly productTitle: string;
}

/** Whether a variant's title tells nothing beside its product's: what Shopify calls the only variant, or none. */
export function isOnlyVariant(variantTitle: string): boolean {
  return variantTitle === "" || variantTitle === "Default Title";
}

/** A variant of the shop by its SKU, which others may share. */
export interface SkuVariant {
  readonly sku: string;
  readonly variantGid: string;
  readonly productGid: string;
}

/**
 * Finds the variant that a log means by a SKU: the one spelt exactly so, else the one that differs in case only
 * ("85123a", "85123A"), for logs and catalogues are typed by different people.
 *
 * @param variants all of the shop; an empty SKU names none
 * @returns undefined where no variant has the SKU, or several of equal right
 */
export function openSkuMatcher(variants: Iterable<SkuVariant>): (sku: string) => SkuVariant | undefined {
  const exact = new Map<string, SkuVariant | null>();
  const folded = new Map<string, SkuVariant | null>();
  const note = (known: Map<string, SkuVariant | null>, key: string, variant: SkuVariant) =>
    known.set(key, known.has(key) ? null : variant);
  for (const variant of variants) {
    if (variant.sku === "") continue;
    note(exact, variant.sku, variant);
    note(folded, variant.sku.toUpperCase(), variant);
  }
  return (sku) => exact.get(sku) ?? folded.get(sku.toUpperCase()) ?? undefined;
}

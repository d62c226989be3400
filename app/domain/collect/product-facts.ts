/** What the shop says about a product, sold or not. */
export interface ProductFacts {
  /** Stable key: a variant gid in the app, a SKU on the command line. */
  readonly key: string;
  readonly title: string;
  /** Category path or product type; empty if unknown. */
  readonly category: string;
  /** Today's price, minor units; null if unknown. */
  readonly priceMinor: number | null;
  /** Unit cost, minor units; null if unknown. */
  readonly costMinor: number | null;
  /** Units on hand; null if unknown or not tracked. */
  readonly stockUnits: number | null;
  /** False for drafts, archived and deleted products: learned from, never proposed. */
  readonly isActive: boolean;
}

/** A variant as the shop lists it, with its product. */
export interface ListedVariant extends ProductFacts {
  readonly productKey: string;
  /** The product's own, without the variant's. */
  readonly productTitle: string;
}

export interface ShopCollection {
  readonly collectionGid: string;
  readonly title: string;
  readonly productGids: readonly string[];
}

/** Whether a variant's title adds nothing to its product's: empty, or Shopify's title for an only variant. */
export function isOnlyVariant(variantTitle: string): boolean {
  return variantTitle === "" || variantTitle === "Default Title";
}

/** A variant of the shop by its SKU, which other variants can share. */
export interface SkuVariant {
  readonly sku: string;
  readonly variantGid: string;
  readonly productGid: string;
}

/**
 * Finds the variant for a SKU of a log: an exact match, else one that differs only in case ("85123a", "85123A"),
 * because different people type logs and catalogues.
 *
 * @param variants all of the shop; an empty SKU never matches
 * @returns undefined if no variant, or more than one, matches equally well
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

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

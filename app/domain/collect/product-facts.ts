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

/** One sellable variant, as a merchant would enter it. */
export interface HistoryVariant {
  readonly sku: string;
  /** "250 ml"; "Default Title" if the product has no options, as Shopify names it. */
  readonly title: string;
  readonly optionValues: readonly string[];
  readonly priceMinor: number;
  readonly compareAtMinor: number | null;
  /** The merchant's cost; null if it was not recorded. */
  readonly costMinor: number | null;
  readonly stock: number;
}

export interface HistoryProduct {
  readonly handle: string;
  readonly title: string;
  readonly category: string;
  readonly vendor: string;
  readonly tags: readonly string[];
  readonly descriptionHtml: string;
  /** Empty if there is one variant without options. */
  readonly optionNames: readonly string[];
  readonly variants: readonly HistoryVariant[];
  readonly isGiftCard: boolean;
}

export interface HistoryLine {
  /** SKU of a variant in the catalogue, or of a custom line without a product (postage, manual). */
  readonly sku: string;
  readonly title: string;
  readonly quantity: number;
  readonly unitPriceMinor: number;
}

export interface HistoryOrder {
  /** Shown to merchants, for example "#1001". */
  readonly name: string;
  readonly placedAtMs: number;
  /** An invented number of a returning customer; null for a guest. */
  readonly customerId: string | null;
  readonly lines: readonly HistoryLine[];
  readonly isTest: boolean;
  readonly cancelledAtMs: number | null;
  readonly refund: HistoryRefund | null;
}

export interface HistoryRefund {
  readonly atMs: number;
  /** Indices into the order's lines; each comes back whole. */
  readonly lineIndices: readonly number[];
}

/** A shop's catalogue and all of its sales, before they are put into the stand-in. */
export interface ShopHistory {
  readonly currency: string;
  readonly products: readonly HistoryProduct[];
  /** Oldest first. */
  readonly orders: readonly HistoryOrder[];
}

/** Products that the simulator makes shoppers buy together: each of `skus` leads to the others with `strength`. */
export interface PlantedComplement {
  /** Two or three leading variants. */
  readonly skus: readonly string[];
  /** Probability, given one of them in the basket, that the simulator adds each of the others. */
  readonly strength: number;
}

/** Products of which a shopper takes only one. */
export interface PlantedSubstitute {
  readonly skus: readonly string[];
}

export interface PlantedSeason {
  readonly sku: string;
  /** Day of the year, 1 to 365, around which demand peaks. */
  readonly peakDayOfYear: number;
  /** Demand at the peak relative to demand off season. */
  readonly amplitude: number;
  /** The peak falls into the 28 days after the history's end. */
  readonly isPeakingSoon: boolean;
}

/** What the simulator planted in the orders, for an engine to find. */
export interface PlantedTruth {
  readonly complements: readonly PlantedComplement[];
  readonly substitutes: readonly PlantedSubstitute[];
  readonly seasons: readonly PlantedSeason[];
  /** Components of planted complements that cannot be sold now. */
  readonly outOfStockSkus: readonly string[];
}

export interface SimulatedShop extends ShopHistory {
  readonly truth: PlantedTruth;
}

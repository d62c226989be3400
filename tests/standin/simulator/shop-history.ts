/** One sellable variant, as a merchant would have typed it in. */
export interface HistoryVariant {
  readonly sku: string;
  /** "250 ml"; "Default Title" where the product has no options, as Shopify names it. */
  readonly title: string;
  readonly optionValues: readonly string[];
  readonly priceMinor: number;
  readonly compareAtMinor: number | null;
  /** What the merchant pays; null where nobody recorded it. */
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
  /** Empty where there is one variant without options. */
  readonly optionNames: readonly string[];
  readonly variants: readonly HistoryVariant[];
  readonly isGiftCard: boolean;
}

export interface HistoryLine {
  /** SKU of a variant of the catalogue, or of a custom line that belongs to no product (postage, manual). */
  readonly sku: string;
  readonly title: string;
  readonly quantity: number;
  readonly unitPriceMinor: number;
}

export interface HistoryOrder {
  /** Shown to merchants, for example "#1001". */
  readonly name: string;
  readonly placedAtMs: number;
  /** A made-up number for a returning customer; null for a guest. */
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

/** A shop's catalogue and everything it sold, before it is put into the stand-in. */
export interface ShopHistory {
  readonly currency: string;
  readonly products: readonly HistoryProduct[];
  /** Oldest first. */
  readonly orders: readonly HistoryOrder[];
}

/** Products bought together on purpose of the simulator: each of `skus` draws the others with `strength`. */
export interface PlantedComplement {
  /** Two or three leading variants. */
  readonly skus: readonly string[];
  /** Probability, given one of them in the basket, that the simulator adds each of the others. */
  readonly strength: number;
}

/** Products of which a shopper takes one or the other. */
export interface PlantedSubstitute {
  readonly skus: readonly string[];
}

export interface PlantedSeason {
  readonly sku: string;
  /** Day of the year, 1 to 365, around which demand peaks. */
  readonly peakDayOfYear: number;
  /** Demand at the peak over demand off season. */
  readonly amplitude: number;
  /** The peak falls into the 28 days after the history's end. */
  readonly isPeakingSoon: boolean;
}

/** What the simulator put into the orders and an engine should find again. */
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

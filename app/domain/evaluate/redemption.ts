/** A line of an order with a discount of ours. */
export interface DiscountedLine {
  readonly variantGid: string;
  readonly productGid: string | null;
  /** Units as they were ordered, which the discount was given on. */
  readonly quantity: number;
  /** Of them those that an edit removed from the order since; see `countRemovedUnits`. */
  readonly removedQuantity: number;
  /** Price of one unit before discounts, minor units. */
  readonly unitPriceMinor: number;
  /** All discounts on the line, ours included, minor units. */
  readonly discountMinor: number;
  /** Our part of it, minor units; 0 on a line that may have earned another's, as what is bought for a gift. */
  readonly bundleDiscountMinor: number;
}

/** One bundle redeemed by one order. */
export interface RedeemedBundle {
  readonly bundleId: string;
  /** How many times the order holds it; 0 where an edit left no whole one. */
  readonly sets: number;
  /** What the shopper paid for the components of these sets, all discounts taken off, minor units. */
  readonly revenueMinor: number;
  /** What our discount took off, minor units. */
  readonly discountMinor: number;
}

/** A bundle explains a discount that is off its own by at most so much of the price: prices may be in another currency. */
export const CLOSE_RATIO = 0.005;

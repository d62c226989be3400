/**
 * Measures that are summed per visitor. A visitor without an order counts with zeros, except for
 * `earlierRevenueMinor` and `exposableVisitors`.
 */
export const MEASURES = [
  "orders",
  /** 1 with at least one order. */
  "buyers",
  /** 1 with at least two orders. */
  "repeatBuyers",
  /** Paid for goods after discounts, before tax and shipping, minus refunds; minor units. */
  "revenueMinor",
  /** The same, with each visitor's revenue limited to a cap that was fixed before the measuring. */
  "cappedRevenueMinor",
  /** Revenue minus the cost of the goods kept, minor units. */
  "marginMinor",
  /** Units bought and kept. */
  "units",
  "soldUnits",
  "returnedUnits",
  /** Units of bundle components kept that were sold without our discount. */
  "fullPriceUnits",
  /** Orders with a component of a bundle, and those of them with every component of one. */
  "componentOrders",
  "attachedOrders",
  /** Revenue of a known visitor before the shop first showed an offer, minor units. */
  "earlierRevenueMinor",
  /** 1 for a visitor who could have been exposed to an offer. */
  "exposableVisitors",
  /** Part of a measure from orders after the visitor could first have been exposed to an offer; see `EXPOSABLE`. */
  "exposableOrders",
  "exposableBuyers",
  "exposableRevenueMinor",
  "exposableCappedRevenueMinor",
  "exposableMarginMinor",
  "exposableUnits",
  "exposableFullPriceUnits",
] as const;
export type Measure = (typeof MEASURES)[number];

/**
 * The part of a measure that offers can have changed. Visitors of both arms come to a product with an offer alike.
 * Before that, the arms differ by chance only. Without that part, the difference has the same expectation and less
 * variance. `exposableBuyers` is 1 for a visitor who had not bought before.
 *
 * @see Deng & Hu 2015, Diluted treatment effect estimation for trigger analysis in online controlled experiments
 */
export const EXPOSABLE: ReadonlyMap<Measure, Measure> = new Map([
  ["orders", "exposableOrders"],
  ["buyers", "exposableBuyers"],
  ["revenueMinor", "exposableRevenueMinor"],
  ["cappedRevenueMinor", "exposableCappedRevenueMinor"],
  ["marginMinor", "exposableMarginMinor"],
  ["units", "exposableUnits"],
  ["fullPriceUnits", "exposableFullPriceUnits"],
]);

/** Measures whose difference is adjusted by earlier spending to reduce its variance (CUPED). */
export const ADJUSTED: readonly Measure[] = [
  "exposableOrders",
  "exposableBuyers",
  "exposableRevenueMinor",
  "exposableCappedRevenueMinor",
  "exposableMarginMinor",
  "exposableUnits",
];

/** Products of measures that are summed: squares, products for the ratios, and products for the CUPED adjustment. */
export const PRODUCTS: readonly (readonly [Measure, Measure])[] = [
  ...MEASURES.map((measure) => [measure, measure] as const),
  ["revenueMinor", "orders"],
  ["returnedUnits", "soldUnits"],
  ["repeatBuyers", "buyers"],
  ["attachedOrders", "componentOrders"],
  ...ADJUSTED.map((measure) => [measure, "earlierRevenueMinor"] as const),
];

/** Sums over the visitors of one arm who first came on one day. */
export interface CohortSums {
  readonly visitors: number;
  /** In the order of `MEASURES`. */
  readonly sums: readonly number[];
  /** In the order of `PRODUCTS`. */
  readonly products: readonly number[];
}

/** The visitors of one day by arm. A returning visitor stays with the day and the arm of the first visit. */
export interface CohortDay {
  /** Days since the measuring began, from 0. */
  readonly day: number;
  readonly treated: CohortSums;
  readonly holdout: CohortSums;
}

const NUMBER_OF = new Map(MEASURES.map((measure, index) => [measure, index]));
const PRODUCT_OF = new Map(PRODUCTS.map(([a, b], index) => [`${a} ${b}`, index]));

export function numberOf(measure: Measure): number {
  return NUMBER_OF.get(measure)!;
}

/** Index of the product of two measures; undefined if it is not summed. */
export function productOf(a: Measure, b: Measure): number | undefined {
  return PRODUCT_OF.get(`${a} ${b}`) ?? PRODUCT_OF.get(`${b} ${a}`);
}

/**
 * Sums of visitors for whom only some measures are known. If an exposable part is not given, it equals its whole
 * measure: all visitors could have been exposed.
 *
 * @param known sum and sum of squares of a measure over the visitors; others are 0
 */
export function toCohortSums(
  visitors: number,
  known: Partial<Record<Measure, readonly [sum: number, squares: number]>>,
): CohortSums {
  const of = (measure: Measure) =>
    known[measure] ??
    (measure === "exposableVisitors" ? [visitors, visitors] : known[WHOLE.get(measure) ?? measure]);
  return {
    visitors,
    sums: MEASURES.map((measure) => of(measure)?.[0] ?? 0),
    products: PRODUCTS.map(([a, b]) => (a === b ? (of(a)?.[1] ?? 0) : 0)),
  };
}

/** The whole measure of each exposable part. */
const WHOLE: ReadonlyMap<Measure, Measure> = new Map([...EXPOSABLE].map(([whole, part]) => [part, whole]));

export const NO_VISITORS: CohortSums = toCohortSums(0, {});

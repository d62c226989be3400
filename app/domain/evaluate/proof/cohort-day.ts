/**
 * What is added up for every visitor. A visitor without an order counts with zeros, apart from what is known from
 * before the measuring began.
 */
export const MEASURES = [
  "orders",
  /** 1 with at least one order. */
  "buyers",
  /** 1 with at least two orders. */
  "repeatBuyers",
  /** Paid for goods after discounts, before tax and shipping, refunds taken off; minor units. */
  "revenueMinor",
  /** The same, but no visitor counts for more than the cap that was fixed before the measuring began. */
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
  /** Revenue of the known visitor before the shop ever showed an offer, minor units. */
  "earlierRevenueMinor",
  /** 1 who could have been exposed to an offer. */
  "exposableVisitors",
  /** What orders added to a measure that came after the visitor could first have been exposed to an offer; see `EXPOSABLE`. */
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
 * The part of a measure that offers can have changed. Before a visitor first comes to a product with an offer, which
 * happens to both arms alike, the arms differ by luck alone: without that part the difference has the same expectation
 * and less variance. 1 in `exposableBuyers` is who had not bought before.
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

/** Measures whose difference is made steadier by what the known visitors had spent before (CUPED). */
export const ADJUSTED: readonly Measure[] = [
  "exposableOrders",
  "exposableBuyers",
  "exposableRevenueMinor",
  "exposableCappedRevenueMinor",
  "exposableMarginMinor",
  "exposableUnits",
];

/** Products that are added up besides: the squares, those of the ratios, and of what is adjusted with what is known. */
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

/** The visitors of one day by arm. Whoever comes back stays with the day, and the arm, of the first visit. */
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

/** Place of the product of two measures; undefined when it is not added up. */
export function productOf(a: Measure, b: Measure): number | undefined {
  return PRODUCT_OF.get(`${a} ${b}`) ?? PRODUCT_OF.get(`${b} ${a}`);
}

/**
 * Sums of visitors of whom only some measures were added up. Who was reached is so wholly: everybody, where the reached
 * part is not named.
 *
 * @param known sum and sum of squares of a measure over the visitors; what is not named is 0
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

/** Of what a reached measure is the part. */
const WHOLE: ReadonlyMap<Measure, Measure> = new Map([...EXPOSABLE].map(([whole, part]) => [part, whole]));

export const NO_VISITORS: CohortSums = toCohortSums(0, {});

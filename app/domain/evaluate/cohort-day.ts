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
] as const;
export type Measure = (typeof MEASURES)[number];

/** Products that are added up besides: those of the squares, of the ratios, and with what is known from before. */
export const PRODUCTS: readonly (readonly [Measure, Measure])[] = [
  ...MEASURES.map((measure) => [measure, measure] as const),
  ["revenueMinor", "orders"],
  ["returnedUnits", "soldUnits"],
  ["repeatBuyers", "buyers"],
  ["attachedOrders", "componentOrders"],
  ...(["orders", "buyers", "revenueMinor", "cappedRevenueMinor", "marginMinor", "units"] as const).map(
    (measure) => [measure, "earlierRevenueMinor"] as const,
  ),
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

/** What one visitor did; what is not named is 0. */
export type Visitor = Partial<Readonly<Record<Measure, number>>>;

const NUMBER_OF = new Map(MEASURES.map((measure, index) => [measure, index]));
const PRODUCT_OF = new Map(PRODUCTS.map(([a, b], index) => [`${a} ${b}`, index]));

export function numberOf(measure: Measure): number {
  return NUMBER_OF.get(measure)!;
}

/** Place of the product of two measures; undefined when it is not added up. */
export function productOf(a: Measure, b: Measure): number | undefined {
  return PRODUCT_OF.get(`${a} ${b}`) ?? PRODUCT_OF.get(`${b} ${a}`);
}

/** The sums of a list of visitors. */
export function sumVisitors(visitors: Iterable<Visitor>): CohortSums {
  const sums = MEASURES.map(() => 0);
  const products = PRODUCTS.map(() => 0);
  let count = 0;
  for (const visitor of visitors) {
    count++;
    MEASURES.forEach((measure, index) => (sums[index]! += visitor[measure] ?? 0));
    PRODUCTS.forEach(([a, b], index) => (products[index]! += (visitor[a] ?? 0) * (visitor[b] ?? 0)));
  }
  return { visitors: count, sums, products };
}

export const NO_VISITORS: CohortSums = sumVisitors([]);

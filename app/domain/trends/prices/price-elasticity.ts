import { dot, factorMatrix, solveFactored } from "#app/domain/numbers/factor-matrix.ts";
import {
  meanOf,
  medianOfSorted,
  totalOf,
  upperMedian,
  Z90,
  type Estimate,
} from "#app/domain/numbers/statistics.ts";
import { shrinkEffects, type MeasuredEffect, type ShrunkEffect } from "#app/domain/numbers/shrink-effects.ts";
import { groupBy, listPlaces } from "#app/domain/group-by.ts";
import { firstBasketAt, type Baskets } from "#app/domain/prepare/baskets.ts";
import { WEEK_MS } from "#app/domain/time.ts";
import type { DemandSeries } from "#app/domain/trends/demand-series.ts";

/** Weeks of sales needed for a regression on price and the shop's orders. */
const LEAST_WEEKS = 12;
/** With fewer orders per week, the dropped weeks without orders would hide the effect of a high price. */
const LEAST_ORDERS_A_WEEK = 4;
/**
 * Minimum F ratio of price variance between weeks to that within weeks. Below it, prices differ by shopper, for example
 * by quantity discounts, and the moves of their medians are noise. At 5, noise is at most a fifth of the moves, which
 * shrinks the elasticity by as much.
 */
const LEAST_MOVES_RATIO = 5;

/**
 * Sales and price of each product by week: for weeks with a sale, log orders and the log of the median price paid, with
 * the shop's other orders as a control. Orders, not units: a large order at a bulk price would look like many shoppers
 * who respond to a price. Keeps only products that sell often and whose price moved over time. If prices differ by
 * shopper, the moves of the median are noise, and the elasticity would be near 0.
 *
 * @param baskets only those from `fromMs` up to but excluding `toMs` are read
 * @returns the products kept; `id` is the item's index
 */
export function listPriceHistories(baskets: Baskets, fromMs: number, toMs: number): PriceHistory[] {
  const from = firstBasketAt(baskets, fromMs);
  const to = Math.max(from, firstBasketAt(baskets, toMs));
  const weeks = Math.max(1, Math.ceil((toMs - fromMs) / WEEK_MS));
  const ordersOfWeek = new Float64Array(weeks);
  const lineWeek = new Uint32Array(baskets.offsets[to]! - baskets.offsets[from]!);
  for (let basket = from; basket < to; basket++) {
    const week = Math.floor((baskets.placedAtMs[basket]! - fromMs) / WEEK_MS);
    ordersOfWeek[week]! += 1;
    lineWeek.fill(
      week,
      baskets.offsets[basket]! - baskets.offsets[from]!,
      baskets.offsets[basket + 1]! - baskets.offsets[from]!,
    );
  }
  const items = baskets.item.subarray(baskets.offsets[from]!, baskets.offsets[to]!);
  const { offsets, places } = listPlaces(baskets.items.length, items);
  return baskets.items.flatMap((_, item) => {
    const own = places.subarray(offsets[item]!, offsets[item + 1]!);
    if (own.length < LEAST_WEEKS) return [];
    const paidFor = (line: number) => baskets.unitPriceMinor[baskets.offsets[from]! + line]!;
    const priced = own.filter((line) => paidFor(line) !== 0);
    const sold = [...groupBy(priced, (line) => lineWeek[line]!)].map(
      ([week, ofWeek]) => [week, ofWeek.map(paidFor)] as const,
    );
    const orders = sold.reduce((sum, [, paid]) => sum + paid.length, 0);
    if (sold.length < LEAST_WEEKS || orders < LEAST_ORDERS_A_WEEK * sold.length) return [];
    if (movesRatio(sold.map(([, paid]) => paid.map(Math.log))) < LEAST_MOVES_RATIO) return [];
    return {
      id: String(item),
      logSales: Float64Array.from(sold, ([, paid]) => Math.log(paid.length)),
      logPrice: Float64Array.from(sold, ([, paid]) =>
        Math.log(medianOfSorted(paid.toSorted((a, b) => a - b))),
      ),
      // Orders without this product, or it would explain itself.
      controls: [Float64Array.from(sold, ([week, paid]) => Math.log1p(ordersOfWeek[week]! - paid.length))],
      place: new Int32Array(sold.length),
    };
  });
}

/** Fisher's F of log prices by week; infinite when prices differ between weeks only. */
export function movesRatio(weeks: readonly (readonly number[])[]): number {
  const means = weeks.map(meanOf);
  const lines = totalOf(weeks.map(({ length }) => length));
  const mean = totalOf(weeks.map(totalOf)) / lines;
  const between = totalOf(weeks.map((logs, week) => logs.length * (means[week]! - mean) ** 2));
  const within = totalOf(weeks.map((logs, week) => totalOf(logs.map((one) => (one - means[week]!) ** 2))));
  return between / (weeks.length - 1) / (within / (lines - weeks.length));
}

/** An item's price in each week of a series, as known at the end of the week. */
export interface ItemPrices {
  /** [weeks] mean log price paid. Carried forward through weeks without a sale; NaN before the first sale. */
  readonly logPrice: Float64Array;
  /** [weeks] log of the usual price: the median of the weeks with a sale in the half year up to the week. */
  readonly logUsual: Float64Array;
}

/** Weeks that define the usual price: a promotion fills less than half, and a new price is usual after a quarter. */
const USUAL_WEEKS = 26;

/**
 * Averages the log prices of each item's orders by week.
 *
 * @returns [items × weeks] mean log price paid, minor units; NaN in a week without a sale
 */
export function meanLogPrices(baskets: Baskets, { items, weeks, orders }: DemandSeries, cutoffMs: number) {
  const sums = new Float32Array(items * weeks);
  const end = firstBasketAt(baskets, cutoffMs);
  for (let basket = firstBasketAt(baskets, cutoffMs - weeks * WEEK_MS); basket < end; basket++) {
    const week = weeks - 1 - Math.floor((cutoffMs - baskets.placedAtMs[basket]! - 1) / WEEK_MS);
    for (let line = baskets.offsets[basket]!; line < baskets.offsets[basket + 1]!; line++)
      sums[baskets.item[line]! * weeks + week]! += Math.log(Math.max(1, baskets.unitPriceMinor[line]!));
  }
  return sums.map((sum, at) => (orders[at]! > 0 ? sum / orders[at]! : NaN));
}

/** @param own [weeks] an item's mean log prices, NaN in weeks without a sale */
export function followPrices(own: Float32Array): ItemPrices {
  const logPrice = new Float64Array(own.length).fill(NaN);
  const logUsual = new Float64Array(own.length).fill(NaN);
  for (let week = 0; week < own.length; week++) {
    logPrice[week] = Number.isNaN(own[week]!) && week > 0 ? logPrice[week - 1]! : own[week]!;
    const known = own
      .subarray(Math.max(0, week + 1 - USUAL_WEEKS), week + 1)
      .filter((log) => !Number.isNaN(log));
    logUsual[week] = upperMedian(known.sort()) ?? logPrice[week]!;
  }
  return { logPrice, logUsual };
}

/**
 * Prior own-price elasticity, as a positive number, for a shop without price data. Eleven juices of Dominick's have
 * −1.0 to −4.1, median −2.8 (least squares on log sales, 83 stores).
 */
export const PRICE_RESPONSE: Estimate = { value: 2.8, low: 1, high: 4.1 };

/** Sales and prices of one product; one entry per place and period. */
export interface PriceHistory {
  readonly id: string;
  /** Logarithm of the units or orders sold, the same unit in all entries. */
  readonly logSales: Float64Array;
  readonly logPrice: Float64Array;
  /** Other drivers of sales, one column each: other prices, advertising, the shop's total sales. */
  readonly controls: readonly Float64Array[];
  /** Place of each entry; each place has its own level. */
  readonly place: Int32Array;
}

/** Minimum standard deviation of the log price within a place: a price that hardly moves says nothing. */
const LEAST_PRICE_SPREAD = 0.02;
/** Minimum entries per regression coefficient. */
const LEAST_PER_COEFFICIENT = 3;
/** Floor of an elasticity's standard deviation, however good the fit. */
const LEAST_DEVIATION = 1e-3;

/**
 * Own-price elasticity of one product: least squares of log sales on log price and the controls, with a level per
 * place.
 *
 * @returns with its sign, usually negative; null when the price hardly moved or there are too few entries. Known
 *   weakness: a price cut because demand fell, or combined with advertising that no control covers, is taken for the
 *   cause. Periods without a sale are missing from the logarithm, which biases the value towards 0.
 */
export function measureElasticity({
  id,
  logSales,
  logPrice,
  controls,
  place,
}: PriceHistory): MeasuredEffect | null {
  const columns = [logPrice, ...controls].map((column) => withinPlaces(column, place));
  const target = withinPlaces(logSales, place);
  const places = new Set(place).size;
  const size = columns.length;
  const freedom = target.length - places - size;
  if (target.length < LEAST_PER_COEFFICIENT * (size + places) || freedom < 1) return null;
  if (Math.sqrt(dot(columns[0]!, columns[0]!) / target.length) < LEAST_PRICE_SPREAD) return null;
  const products = Float64Array.from({ length: size * size }, (_, at) =>
    dot(columns[Math.floor(at / size)]!, columns[at % size]!),
  );
  const factor = factorMatrix(products, size);
  // Price and controls are collinear.
  if (!factor) return null;
  const coefficients = solveFactored(
    factor,
    columns.map((column) => dot(column, target)),
  );
  const explained = columns.reduce((sum, column, at) => sum + coefficients[at]! * dot(column, target), 0);
  const noise = Math.max(0, dot(target, target) - explained) / freedom;
  const first = columns.map((_, at) => (at === 0 ? 1 : 0));
  const variance = noise * solveFactored(factor, first)[0]!;
  return variance > 0 ? { id, value: coefficients[0]!, variance } : null;
}

/**
 * Elasticities of a shop's products by partial pooling: each is shrunk to the common mean according to its uncertainty.
 *
 * @returns in the given order, without products whose price did not change
 * @see Gelman & Hill 2007, ch. 12; `shrinkEffects`
 */
export function poolElasticities(histories: readonly PriceHistory[]): ShrunkEffect[] {
  return shrinkEffects(
    histories.flatMap((history) => measureElasticity(history) ?? []),
    Z90,
  );
}

/**
 * Price elasticity of a shop, positive, as step 5 uses it: the mean of its products combined with the published prior.
 *
 * @param pooled from `poolElasticities`; if empty, the published value is returned
 */
export function shopElasticity(pooled: readonly ShrunkEffect[]): Estimate {
  if (pooled.length === 0) return PRICE_RESPONSE;
  const mean = pooled.reduce((sum, { effect }) => sum + effect.value, 0) / pooled.length;
  // Products of one shop are not independent, so their mean is no more certain than a single product.
  const variance = pooled.reduce((sum, { effect }) => sum + deviationOf(effect) ** 2, 0) / pooled.length;
  const reach = Z90 * Math.sqrt(variance);
  return joinPublished({ value: mean, low: mean - reach, high: mean + reach });
}

/**
 * Combines a measured elasticity with the published one by precision, `(v/σ² + 2.8/σ₀²) / (1/σ² + 1/σ₀²)`.
 *
 * @param measured elasticity with its sign, usually negative, with its 90 % interval
 * @returns positive; value and interval clipped to the published range, 1 to 4.1. Beyond it a regression mostly
 *   reflects other drivers of sales
 */
export function joinPublished(measured: Estimate): Estimate {
  const own = Math.max(deviationOf(measured), LEAST_DEVIATION) ** -2;
  const published = deviationOf(PRICE_RESPONSE) ** -2;
  const middle = (-measured.value * own + PRICE_RESPONSE.value * published) / (own + published);
  const reach = Z90 / Math.sqrt(own + published);
  const clip = (elasticity: number) =>
    Math.min(PRICE_RESPONSE.high, Math.max(PRICE_RESPONSE.low, elasticity));
  return { value: clip(middle), low: clip(middle - reach), high: clip(middle + reach) };
}

function deviationOf({ low, high }: Estimate): number {
  return (high - low) / (2 * Z90);
}

/** The column minus each place's mean. */
function withinPlaces(column: Float64Array, place: Int32Array): Float64Array {
  const sums = new Map<number, { sum: number; count: number }>();
  column.forEach((value, at) => {
    const known = sums.get(place[at]!) ?? { sum: 0, count: 0 };
    sums.set(place[at]!, { sum: known.sum + value, count: known.count + 1 });
  });
  return column.map((value, at) => {
    const { sum, count } = sums.get(place[at]!)!;
    return value - sum / count;
  });
}

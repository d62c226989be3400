import { medianOfSorted, upperMedian } from "#app/domain/numbers/statistics.ts";
import type { PriceHistory } from "./price-elasticity.ts";
import { firstBasketAt, type Baskets } from "#app/domain/prepare/baskets.ts";
import { WEEK_MS } from "#app/domain/time.ts";
import type { DemandSeries } from "#app/domain/trends/demand-series.ts";

/** With fewer weeks of sales a regression on price and the shop's weeks says nothing. */
const LEAST_WEEKS = 12;
/** In weeks of fewer orders, those without any, which the logarithm leaves out, would hide what a high price does. */
const LEAST_ORDERS_A_WEEK = 4;
/**
 * Variance of the price from week to week, over what chance makes of the differences within weeks: below, prices
 * differ by shopper, as with rebates for quantity, and their medians' moves are noise. A ratio of 5 leaves noise at
 * most a fifth of the moves, by which the elasticity is drawn towards 0.
 */
const LEAST_MOVES_RATIO = 5;

/**
 * What each product sold at which price, week by week: of the weeks in which it sold, log orders and the log of the median
 * price paid, with the rest of the shop's orders as what else moves demand. Orders, not units: one large order at its
 * bulk price would be taken for many shoppers who answer to a price. A product tells of itself only where it sells often
 * and its price moved in time; where prices differ by shopper, the moves of their median are noise, and the elasticity
 * would come out near 0.
 *
 * @param baskets those from `fromMs` up to but not including `toMs` are looked at
 * @returns the products that tell, `id` being the item's index
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
  const { starts, lines } = groupByItem(baskets, baskets.offsets[from]!, baskets.offsets[to]!);
  return baskets.items.flatMap((_, item) => {
    const own = lines.subarray(starts[item]!, starts[item + 1]!);
    if (own.length < LEAST_WEEKS) return [];
    const paidOfWeek = new Map<number, number[]>();
    for (const line of own) {
      const paid = baskets.unitPriceMinor[baskets.offsets[from]! + line]!;
      if (paid === 0) continue;
      const known = paidOfWeek.get(lineWeek[line]!);
      if (known) known.push(paid);
      else paidOfWeek.set(lineWeek[line]!, [paid]);
    }
    const sold = [...paidOfWeek];
    const orders = sold.reduce((sum, [, paid]) => sum + paid.length, 0);
    if (sold.length < LEAST_WEEKS || orders < LEAST_ORDERS_A_WEEK * sold.length) return [];
    if (movesRatio(sold.map(([, paid]) => paid)) < LEAST_MOVES_RATIO) return [];
    return {
      id: String(item),
      logSales: Float64Array.from(sold, ([, paid]) => Math.log(paid.length)),
      logPrice: Float64Array.from(sold, ([, paid]) =>
        Math.log(medianOfSorted(paid.toSorted((a, b) => a - b))),
      ),
      // The others' orders: with its own among them a product would explain itself.
      controls: [Float64Array.from(sold, ([week, paid]) => Math.log1p(ordersOfWeek[week]! - paid.length))],
      place: new Int32Array(sold.length),
    };
  });
}

/** Fisher's F of the log prices by week; infinite where no two shoppers of a week paid differently. */
function movesRatio(paidOfWeek: readonly (readonly number[])[]): number {
  const weeks = paidOfWeek.map((paid) => paid.map(Math.log));
  const means = weeks.map((logs) => sumOf(logs) / logs.length);
  const lines = sumOf(weeks.map(({ length }) => length));
  const mean = sumOf(weeks.map(sumOf)) / lines;
  const between = sumOf(weeks.map((logs, week) => logs.length * (means[week]! - mean) ** 2));
  const within = sumOf(weeks.map((logs, week) => sumOf(logs.map((one) => (one - means[week]!) ** 2))));
  return between / (weeks.length - 1) / (within / (lines - weeks.length));
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** Lines from `first` up to `end`, numbered from 0, item by item, each item's in order of time. */
function groupByItem({ items, item }: Baskets, first: number, end: number) {
  const starts = new Uint32Array(items.length + 1);
  for (let line = first; line < end; line++) starts[item[line]! + 1]! += 1;
  for (let at = 0; at < items.length; at++) starts[at + 1]! += starts[at]!;
  const next = starts.slice();
  const lines = new Uint32Array(end - first);
  for (let line = first; line < end; line++) lines[next[item[line]!]!++] = line - first;
  return { starts, lines };
}

/** What an item cost in each week of a series; all of it as it was known at the week's end. */
export interface ItemPrices {
  /** [weeks] log of the mean price paid; of a week without a sale that of the last with one, NaN before the first. */
  readonly logPrice: Float64Array;
  /** [weeks] log of the usual price: the median of the weeks with a sale in the half year up to the week. */
  readonly logUsual: Float64Array;
}

/** Weeks that say what is usual: a promotion fills no half of them, and a new price is usual after a quarter. */
const USUAL_WEEKS = 26;

/**
 * Sums up the log prices of each item's orders by week.
 *
 * @returns [items × weeks] mean of the log of the price paid, minor units; NaN in a week without a sale
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

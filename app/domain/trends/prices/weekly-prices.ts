import { upperMedian } from "#app/domain/numbers/statistics.ts";
import { firstBasketAt, type Baskets } from "#app/domain/prepare/baskets.ts";
import { WEEK_MS } from "#app/domain/time.ts";
import type { DemandSeries } from "#app/domain/trends/demand-series.ts";

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

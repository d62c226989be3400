import { LEAST_OPEN, type DemandSeries } from "#app/domain/trends/demand-series.ts";

export const WEEKS_IN_YEAR = 52;
/** Orders of the shop's own season that an item's season is shrunk to. */
const SHRINK_ORDERS = 12;
/** Weeks before last year's window that a level needs to mean anything. */
const LEAST_WEEKS_BEFORE = 3;

/** Ratio of a window to an ordinary time: of the shop as a whole, and of each item. */
export interface Season {
  readonly shop: number;
  /** [items] shrunk to the shop's; equal to it where the item was not sold the year before. */
  readonly item: Float32Array;
}

/**
 * Season of the window that starts at an origin, read off the same window a year before: how many times the
 * ordinary rate was sold in it, `(N + k·S) / (E + k)` with N the item's orders in last year's window, E what its
 * ordinary rate promised for it, S the same ratio for the shop's lines, k = 12 orders.
 *
 * @param ordinaryRate orders of an item per ordinary week
 * @param marketRate lines of the shop per ordinary week
 * @param origin week index; only weeks more than 51 before the window's end are read
 * @param windowWeeks length of the window, whole weeks, at most 52
 * @returns null when the shop has less than 55 weeks before the origin, or was closed in last year's window
 */
export function seasonAt(
  series: DemandSeries,
  ordinaryRate: (item: number) => number,
  marketRate: number,
  origin: number,
  windowWeeks: number,
): Season | null {
  const from = origin - WEEKS_IN_YEAR;
  if (from < LEAST_WEEKS_BEFORE || marketRate <= 0) return null;
  const { items, weeks, orders, open, totalLines, firstWeek } = series;
  let openWeeks = 0;
  let lines = 0;
  for (let week = from; week < from + windowWeeks; week++) {
    openWeeks += open[week]!;
    lines += totalLines[week]!;
  }
  if (openWeeks < LEAST_OPEN * windowWeeks) return null;

  const shop = lines / (marketRate * openWeeks);
  const item = new Float32Array(items).fill(shop);
  for (let index = 0; index < items; index++) {
    if (firstWeek[index]! > from - LEAST_WEEKS_BEFORE) continue;
    let sold = 0;
    for (let week = from; week < from + windowWeeks; week++) sold += orders[index * weeks + week]!;
    const promised = ordinaryRate(index) * openWeeks;
    item[index] = (sold + SHRINK_ORDERS * shop) / (promised + SHRINK_ORDERS);
  }
  return { shop, item };
}

/**
 * Season index of a coming window against each item's own last year; 1 is an ordinary time.
 *
 * @param aheadWeeks weeks from the end of the series to the window; at most 52 with the window
 * @returns [items], or null with less than 55 weeks of orders
 */
export function seasonIndexAhead(
  series: DemandSeries,
  windowWeeks: number,
  aheadWeeks = 0,
): Float32Array | null {
  const { weeks, orders, open, totalLines } = series;
  const from = weeks - WEEKS_IN_YEAR;
  if (from < LEAST_WEEKS_BEFORE) return null;
  const openWeeks = open.subarray(from).reduce((sum, share) => sum + share, 0);
  if (openWeeks === 0) return null;
  const yearRate = (item: number) => {
    let sold = 0;
    for (let week = from; week < weeks; week++) sold += orders[item * weeks + week]!;
    return sold / openWeeks;
  };
  const marketRate = totalLines.subarray(from).reduce((sum, lines) => sum + lines, 0) / openWeeks;
  return seasonAt(series, yearRate, marketRate, weeks + aheadWeeks, windowWeeks)?.item ?? null;
}

import { firstBasketAt, type Baskets } from "#app/domain/prepare/baskets.ts";
import { openTextIndex } from "#app/domain/collect/order-lines.ts";
import { DAY_MS, WEEK_MS } from "#app/domain/time.ts";
import { findOpenDays, openWeight, type OpenDays } from "./open-days.ts";

/** About three years; older weeks add nothing to a forecast of the coming month. */
const MOST_WEEKS = 160;
/** Minimum open share of a week whose orders measure demand. */
export const LEAST_OPEN = 0.3;

/** A shop starts after a silence this long if almost no orders came before it, such as test orders. */
const SILENT_DAYS = 84;
/** Maximum orders that count as almost none, as a share of the later ones. */
const STRAY_SHARE = 0.02;

/** Orders per item and week before a cutoff; the last week ends at the cutoff. */
export interface DemandSeries {
  readonly items: number;
  readonly weeks: number;
  /** [items × weeks] orders that hold the item. */
  readonly orders: Float32Array;
  /** [weeks] order lines of all items: the market as the shop sees it. */
  readonly totalLines: Float64Array;
  /** [weeks] 1 for an ordinary week, less when the shop was closed on some days. */
  readonly open: Float64Array;
  /** [items] first week with an order; `weeks` when there is none. */
  readonly firstWeek: Int32Array;
  /** [items] open share of the first week from the item's first order on, 0 to 1; 0 without an order. */
  readonly firstOpen: Float32Array;
  /** [items] number of the item's category, from 0; -1 without one. */
  readonly categoryOf: Int32Array;
  readonly openDays: OpenDays;
}

/** Weeks needed to cover the days. */
export function toWeeks(days: number): number {
  return Math.ceil(days / 7);
}

/** Sum of `weeks` values, starting at `from`. */
export function sumWeeks(values: Float32Array | Float64Array, from: number, weeks: number): number {
  let sum = 0;
  for (let week = from; week < from + weeks; week++) sum += values[week]!;
  return sum;
}

/** A series, and the series as it was known at earlier weeks. */
export interface DemandPast {
  readonly series: DemandSeries;
  /** The series as counted at the start of week `origin`, 1 to the last, from the orders before it only. */
  at(origin: number): DemandSeries;
}

/**
 * Opens the series before a cutoff as it was known at each of its weeks, so that a back-test repeats the forecast of
 * that time. Closed days and weekday shares also come from earlier orders only.
 *
 * @returns counts each requested week once; weeks keep their numbers
 * @see `countWeeklyOrders`
 */
export function openDemandPast(baskets: Baskets, cutoffMs: number): DemandPast {
  const series = countWeeklyOrders(baskets, cutoffMs);
  const known = new Map([[series.weeks, series]]);
  return {
    series,
    at(origin) {
      const untilMs = cutoffMs - (series.weeks - origin) * WEEK_MS;
      const asOf = known.get(origin) ?? countWeeklyOrders(baskets, untilMs, origin);
      known.set(origin, asOf);
      return asOf;
    },
  };
}

/**
 * Counts the orders of each item in each week before `cutoffMs`, at most 160 weeks back. Ignores a few stray orders
 * followed by twelve silent weeks, which would add years without demand.
 *
 * @param baskets later baskets are ignored
 */
export function countWeeklyOrders(
  baskets: Baskets,
  cutoffMs: number,
  mostWeeks: number = MOST_WEEKS,
): DemandSeries {
  const items = baskets.items.length;
  const end = firstBasketAt(baskets, cutoffMs);
  const spanMs = end === 0 ? 0 : cutoffMs - baskets.placedAtMs[firstOfShop(baskets.placedAtMs, end)]!;
  const weeks = Math.min(mostWeeks, Math.ceil(spanMs / WEEK_MS));
  const from = firstBasketAt(baskets, cutoffMs - weeks * WEEK_MS);

  const orders = new Float32Array(items * weeks);
  const totalLines = new Float64Array(weeks);
  const dailyOrders = new Float64Array(weeks * 7);
  const firstDaysAgo = new Float32Array(items);
  for (let basket = from; basket < end; basket++) {
    const slot = Math.min(weeks * 7 - 1, Math.floor((cutoffMs - baskets.placedAtMs[basket]! - 1) / DAY_MS));
    const week = weeks - 1 - Math.floor(slot / 7);
    dailyOrders[slot]! += 1;
    const daysAgo = (cutoffMs - baskets.placedAtMs[basket]!) / DAY_MS;
    for (let line = baskets.offsets[basket]!; line < baskets.offsets[basket + 1]!; line++) {
      firstDaysAgo[baskets.item[line]!] ||= daysAgo;
      orders[baskets.item[line]! * weeks + week]! += 1;
      totalLines[week]! += 1;
    }
  }

  const openDays = findOpenDays(dailyOrders, cutoffMs);
  const open = new Float64Array(weeks);
  for (let slot = 0; slot < weeks * 7; slot++)
    open[weeks - 1 - Math.floor(slot / 7)]! += openWeight(openDays, slot);
  const firstWeek = findFirstWeeks(orders, items, weeks);
  return {
    items,
    weeks,
    orders,
    totalLines,
    open,
    firstWeek,
    firstOpen: firstDaysAgo.map((daysAgo, item) =>
      openSince(openDays, daysAgo, weeks - 1 - firstWeek[item]!),
    ),
    categoryOf: numberCategories(baskets.items),
    openDays,
  };
}

/** Index of the first order that is not a stray one, among the first `end`. */
function firstOfShop(placedAtMs: Float64Array, end: number): number {
  let first = 0;
  for (let next = 1; next <= STRAY_SHARE * (end - next); next++)
    if (placedAtMs[next]! - placedAtMs[next - 1]! > SILENT_DAYS * DAY_MS) first = next;
  return first;
}

/** Open share, in ordinary weeks, from `daysAgo` before the cutoff to the end of the week `weeksAgo` before it. */
function openSince(openDays: OpenDays, daysAgo: number, weeksAgo: number): number {
  let weight = 0;
  for (let slot = Math.max(0, weeksAgo * 7); slot < daysAgo && slot < openDays.isClosed.length; slot++)
    weight += Math.min(1, daysAgo - slot) * openWeight(openDays, slot);
  return weight;
}

function numberCategories(items: Baskets["items"]): Int32Array {
  const index = openTextIndex();
  return Int32Array.from(items, ({ category }) => (category === "" ? -1 : index.add(category)));
}

function findFirstWeeks(orders: Float32Array, items: number, weeks: number): Int32Array {
  const first = new Int32Array(items).fill(weeks);
  for (let item = 0; item < items; item++) {
    for (let week = 0; week < weeks; week++) {
      if (orders[item * weeks + week]! > 0) {
        first[item] = week;
        break;
      }
    }
  }
  return first;
}

import { firstBasketAt, type Baskets } from "#app/domain/prepare/baskets.ts";
import { openTextIndex } from "#app/domain/collect/order-lines.ts";
import { DAY_MS, WEEK_MS } from "#app/domain/time.ts";
import { findOpenDays, openWeight, type OpenDays } from "./open-days.ts";

/** Older weeks say nothing of the coming month that three years do not. */
const MOST_WEEKS = 160;
/** A week open for less than this is no measurement of demand. */
export const LEAST_OPEN = 0.3;

/** Days without any order after which a shop has begun anew, if next to nothing came before: test orders, a false start. */
const SILENT_DAYS = 84;
/** What next to nothing is, of the orders after it. */
const STRAY_SHARE = 0.02;

/** Orders per item and week before a cutoff; the last week ends at the cutoff. */
export interface DemandSeries {
  readonly items: number;
  readonly weeks: number;
  /** [items × weeks] orders that hold the item. */
  readonly orders: Float32Array;
  /** [weeks] lines of all items: the market as the shop sees it. */
  readonly totalLines: Float64Array;
  /** [weeks] 1 for an ordinary week, less when the shop was closed on some of its days. */
  readonly open: Float64Array;
  /** [items] first week with an order; `weeks` when there is none. */
  readonly firstWeek: Int32Array;
  /** [items] how much of an ordinary week was left of the first one from the item's first order on, 0 to 1; 0 without one. */
  readonly firstOpen: Float32Array;
  /** [items] number of the item's category, from 0; -1 where it has none. */
  readonly categoryOf: Int32Array;
  readonly openDays: OpenDays;
}

/** Whole weeks that hold the days. */
export function toWeeks(days: number): number {
  return Math.ceil(days / 7);
}

/** Sum of so many weeks from one place on. */
export function sumWeeks(values: Float32Array | Float64Array, from: number, weeks: number): number {
  let sum = 0;
  for (let week = from; week < from + weeks; week++) sum += values[week]!;
  return sum;
}

/** A series, and what was known of it before it was all there. */
export interface DemandPast {
  readonly series: DemandSeries;
  /** The series as it was counted at the start of week `origin`, 1 to the last: of the orders before it alone. */
  at(origin: number): DemandSeries;
}

/**
 * Opens the series before a cutoff as it was known at each of its weeks, so that a back-test is told what a forecast of
 * then would have been: also the days that the shop was closed on, and how its orders spread over a week, are read off
 * what came before.
 *
 * @returns counts each week asked for once; the weeks keep their numbers
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
 * Counts the orders of each item in each week before `cutoffMs`, at most 160 weeks back and not before the shop began:
 * a few orders with twelve silent weeks after them would make years without demand of the time until it did.
 *
 * @param baskets all or more than is before the cutoff; later baskets are not looked at
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

/** The first order that is no stray one, of the first `end`. */
function firstOfShop(placedAtMs: Float64Array, end: number): number {
  let first = 0;
  for (let next = 1; next <= STRAY_SHARE * (end - next); next++)
    if (placedAtMs[next]! - placedAtMs[next - 1]! > SILENT_DAYS * DAY_MS) first = next;
  return first;
}

/** Ordinary weeks from a time so many days before the cutoff to the end of the week, that many weeks before it. */
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

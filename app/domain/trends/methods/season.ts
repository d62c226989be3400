import {
  LEAST_OPEN,
  type DemandSeries,
  toWeeks,
  countWeeklyOrders,
  sumWeeks,
} from "#app/domain/trends/demand-series.ts";
import type { Baskets } from "#app/domain/prepare/baskets.ts";
import { medianLeads, orderByService } from "#app/domain/prepare/service-times.ts";

export const WEEKS_IN_YEAR = 52;
/** Floor of a season index in a ratio: a window almost without sales has no meaningful ratio. */
const LEAST_SEASON = 0.05;
/** Orders of the wider season or growth, the shop's or the category's, that a narrower one is shrunk to. */
const SHRINK_ORDERS = 12;
/** The same for a category's season, which is shrunk harder. */
const CATEGORY_SHRINK_ORDERS = 100;
/** Maximum weeks used to compare two years: older growth may have ended. */
const MOST_OVERLAP = 13;
/** Weeks needed before last year's window for a meaningful level. */
const LEAST_WEEKS_BEFORE = 3;

/** Ratio of a window to an ordinary time, for the shop and for each item. */
interface Season {
  readonly shop: number;
  /** [items] shrunk to the category's, which is shrunk to the shop's; equal to that if not sold the year before. */
  readonly item: Float32Array;
}

/**
 * Season of the window that starts at an origin, from the same window a year before: the orders there relative to the
 * ordinary rate, `(N + k·S) / (E + k)`. N are the item's orders in last year's window and E those expected at its
 * ordinary rate. S is the same ratio of its category, shrunk to the ratio R of the shop's lines, which is shrunk to 1;
 * without a category S = R. k is 12 orders, and 100 for a category.
 *
 * @param ordinaryRate orders of an item per ordinary week; null if unknown, which gives the category's season
 * @param marketRate lines of the shop per ordinary week
 * @param origin week index; only weeks that end at least 52 weeks before the window's end are read
 * @param windowWeeks length of the window, whole weeks, at most 52
 * @returns null when the shop has less than 55 weeks before the origin, was closed in last year's window, or when part
 *   of that window is after the end of the series
 */
export function seasonAt(
  series: DemandSeries,
  ordinaryRate: (item: number) => number | null,
  marketRate: number,
  origin: number,
  windowWeeks: number,
): Season | null {
  const from = origin - WEEKS_IN_YEAR;
  const { items, weeks, orders, open, totalLines, firstWeek, categoryOf } = series;
  if (from < LEAST_WEEKS_BEFORE || from + windowWeeks > weeks || marketRate <= 0) return null;
  const openWeeks = sumWeeks(open, from, windowWeeks);
  const lines = sumWeeks(totalLines, from, windowWeeks);
  if (openWeeks < LEAST_OPEN * windowWeeks) return null;

  const shop = (lines + SHRINK_ORDERS) / (marketRate * openWeeks + SHRINK_ORDERS);
  const sold = new Float64Array(items);
  const promised = new Float64Array(items);
  for (let index = 0; index < items; index++) {
    const rate = ordinaryRate(index);
    if (rate === null || firstWeek[index]! > from - LEAST_WEEKS_BEFORE) continue;
    sold[index] = sumWeeks(orders, index * weeks + from, windowWeeks);
    promised[index] = rate * openWeeks;
  }
  const ofCategory = seasonOfCategories({ categoryOf, sold, promised }, shop);
  const item = Float32Array.from(categoryOf, (category, index) => {
    const wider = ofCategory[category] ?? shop;
    return (sold[index]! + SHRINK_ORDERS * wider) / (promised[index]! + SHRINK_ORDERS);
  });
  return { shop, item };
}

/** [categories] season of all items of a category that were sold the year before, shrunk to the shop's. */
function seasonOfCategories(
  items: {
    readonly categoryOf: Int32Array;
    readonly sold: Float64Array;
    readonly promised: Float64Array;
  },
  shop: number,
): number[] {
  const sums: { sold: number; promised: number }[] = [];
  items.categoryOf.forEach((category, index) => {
    if (category < 0) return;
    const own = (sums[category] ??= { sold: 0, promised: 0 });
    own.sold += items.sold[index]!;
    own.promised += items.promised[index]!;
  });
  return sums.map(
    ({ sold, promised }) => (sold + CATEGORY_SHRINK_ORDERS * shop) / (promised + CATEGORY_SHRINK_ORDERS),
  );
}

/**
 * Season index of a coming window relative to each item's last year, adjusted for growth; 1 is an ordinary time.
 *
 * @param aheadWeeks weeks from the end of the series to the window
 * @returns [items], or null with less than 55 weeks of orders, or if the window ends more than 52 weeks ahead
 * @see `yearGrowth`, of the last weeks, at most 13, over the same weeks a year before
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
  const overlap = Math.min(MOST_OVERLAP, from);
  const twoYears = (sold: Float32Array | Float64Array, row: number) =>
    [from - overlap, weeks - overlap].map((week) => ({
      sold: sumWeeks(sold, row + week, overlap),
      openWeeks: sumWeeks(open, week, overlap),
    })) as [WeeksSold, WeeksSold];
  // Both in weeks from the middle of the earlier comparison weeks; `toWindow` leads to last year's window.
  const [toYear, toWindow] = [WEEKS_IN_YEAR / 2, aheadWeeks + windowWeeks / 2].map(
    (middle) => overlap / 2 + middle,
  ) as [number, number];
  const grownTo = (factor: number) => rateAfter(factor, toWindow) / rateAfter(factor, toYear);
  const ofShop = yearGrowth(...twoYears(totalLines, 0));
  const yearRate = (item: number) => {
    const row = item * weeks;
    const own = yearGrowth(...twoYears(orders, row), ofShop);
    return (sumWeeks(orders, row + from, WEEKS_IN_YEAR) / openWeeks) * grownTo(own);
  };
  const marketRate = (sumWeeks(totalLines, from, WEEKS_IN_YEAR) / openWeeks) * grownTo(ofShop);
  return seasonAt(series, yearRate, marketRate, weeks + aheadWeeks, windowWeeks)?.item ?? null;
}

/** Expected ratio of one window to another by their seasons, weighted by `trust`. */
export function seasonChange(from: number, to: number, trust: number): number {
  return (Math.max(to, LEAST_SEASON) / Math.max(from, LEAST_SEASON)) ** trust;
}

/** Orders in some weeks, and the ordinary weeks these are worth. */
interface WeeksSold {
  readonly sold: number;
  readonly openWeeks: number;
}

/**
 * Growth of weekly sales over the same weeks a year before, so the season cancels out: `(N₁ · e₀/e₁ + k·G) / (N₀ + k)`,
 * with N orders in e ordinary weeks, shrunk to the wider growth G by k = 12 orders.
 *
 * @returns above 0; G if the shop was closed in either year
 */
function yearGrowth(then: WeeksSold, now: WeeksSold, wider = 1): number {
  if (then.openWeeks === 0 || now.openWeeks === 0) return wider;
  const soldNow = (now.sold * then.openWeeks) / now.openWeeks;
  return (soldNow + SHRINK_ORDERS * wider) / (then.sold + SHRINK_ORDERS);
}

/**
 * A rate of 1 after some weeks, when a year multiplies it by `factor`. Growth is linear, because relative growth is
 * fastest while a shop is small; decline is exponential. Known weakness: the path between two years is unknown;
 * exponential growth is underestimated.
 *
 * @param factor above 0
 * @param weeks can exceed a year
 */
function rateAfter(factor: number, weeks: number): number {
  const years = weeks / WEEKS_IN_YEAR;
  return factor >= 1 ? 1 + (factor - 1) * years : factor ** years;
}

/** Weeks of orders after which a level is free of a shop's ramp-up. */
const RAMP_WEEKS = 13;

/**
 * Part of last year's ratio that is a young shop's ramp-up, not season: its growth between the middle of the weeks
 * behind the level a year ago and the middle of the window after it, relative to the same growth a year later.
 *
 * @param factor growth of the year since
 * @param weeksKnown weeks before the level; from 13 on the result is 1
 * @param weeksToMiddle weeks from the level to the middle of the window
 */
export function rampUp(factor: number, weeksKnown: number, weeksToMiddle: number): number {
  if (weeksKnown >= RAMP_WEEKS) return 1;
  const rise = rateAfter(factor, weeksKnown / 2 + weeksToMiddle);
  const riseNow = rateAfter(factor, WEEKS_IN_YEAR + weeksKnown / 2 + weeksToMiddle) / factor;
  return (rise / riseNow) ** (1 - weeksKnown / RAMP_WEEKS);
}

/** [items] season of a window that starts this many weeks after the cutoff; null if unknown. */
export type SeasonAhead = (aheadWeeks: number) => Float32Array | null;

/**
 * The season of orders placed in a coming window. Bookings with a service date follow the season of that date: the
 * season is read by date of service and moved forward by the item's median lead. So a window is in season when it is
 * time to order for the season, not during it.
 *
 * @see `seasonIndexAhead`. Known weakness: all orders of an item get its median lead, which sharpens a season that many
 *   book early or late. Nothing is known beyond a year ahead.
 */
export function openSeasons(
  baskets: Baskets,
  series: DemandSeries,
  { cutoffMs, horizonDays }: { readonly cutoffMs: number; readonly horizonDays: number },
): SeasonAhead {
  const windowWeeks = toWeeks(horizonDays);
  const served = orderByService(baskets, cutoffMs);
  const leads = medianLeads(baskets, cutoffMs);
  if (!served || !leads) return (aheadWeeks) => seasonIndexAhead(series, windowWeeks, aheadWeeks);

  const ofService = countWeeklyOrders(served, cutoffMs);
  const leadWeeks = leads.map((days) => Math.round(days / 7));
  return (aheadWeeks) => {
    const atWeek = new Map<number, Float32Array | null>();
    for (const lead of leadWeeks) {
      const ahead = aheadWeeks + lead;
      if (!atWeek.has(ahead)) atWeek.set(ahead, seasonIndexAhead(ofService, windowWeeks, ahead));
    }
    if ([...atWeek.values()].every((season) => season === null)) return null;
    return Float32Array.from(leadWeeks, (lead, item) => atWeek.get(aheadWeeks + lead)?.[item] ?? 1);
  };
}

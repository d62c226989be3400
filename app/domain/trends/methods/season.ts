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
/** A season index below this is a window almost without sales, and tells nothing of how much more another one has. */
const LEAST_SEASON = 0.05;
/** Orders of the wider season or growth, the shop's or the category's, that a narrower one is shrunk to. */
const SHRINK_ORDERS = 12;
/** The same of a category's season, which is believed less: the further seasons are apart, the more offers wait. */
const CATEGORY_SHRINK_ORDERS = 100;
/** Weeks that two years are compared by: an older growth may long be over. */
const MOST_OVERLAP = 13;
/** Weeks before last year's window that a level needs to mean anything. */
const LEAST_WEEKS_BEFORE = 3;

/** Ratio of a window to an ordinary time: of the shop as a whole, and of each item. */
interface Season {
  readonly shop: number;
  /** [items] shrunk to the category's, that to the shop's; equal to it where the item was not sold the year before. */
  readonly item: Float32Array;
}

/**
 * Season of the window that starts at an origin, read off the same window a year before: how many times the
 * ordinary rate was sold in it, `(N + k·S) / (E + k)` with N the item's orders in last year's window, E what its
 * ordinary rate promised for it, S the same ratio for its category as a whole, itself shrunk so to the ratio R of the
 * shop's lines, that to 1 (S = R for an item without a category), k = 12 orders, of the category 100.
 *
 * @param ordinaryRate orders of an item per ordinary week; null where it is not known, and the category speaks for it
 * @param marketRate lines of the shop per ordinary week
 * @param origin week index; only weeks more than 51 before the window's end are read
 * @param windowWeeks length of the window, whole weeks, at most 52
 * @returns null when the shop has less than 55 weeks before the origin, was closed in last year's window, or when part
 *   of that window is still to come
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

/** [categories] what all items of a category that were sold the year before did, shrunk to the shop's. */
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
 * Season index of a coming window against each item's own last year, its growth from there to now removed; 1 is an
 * ordinary time.
 *
 * @param aheadWeeks weeks from the end of the series to the window
 * @returns [items], or null with less than 55 weeks of orders, and where the window ends more than 52 weeks ahead
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
  // Both counted from the middle of the first of the weeks that the years are compared by.
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

/** How many times as much as in one window is expected in another, by their seasons as far as they are believed. */
export function seasonChange(from: number, to: number, trust: number): number {
  return (Math.max(to, LEAST_SEASON) / Math.max(from, LEAST_SEASON)) ** trust;
}

/** Orders in some weeks, and how many ordinary weeks those were worth. */
interface WeeksSold {
  readonly sold: number;
  readonly openWeeks: number;
}

/**
 * How many times as much is sold a week as in the same weeks a year before, so that the season is in both:
 * `(N₁ · e₀/e₁ + k·G) / (N₀ + k)` with N orders in e ordinary weeks, shrunk to the wider growth G by k = 12 orders.
 *
 * @returns above 0; G where the shop was closed in either year
 */
function yearGrowth(then: WeeksSold, now: WeeksSold, wider = 1): number {
  if (then.openWeeks === 0 || now.openWeeks === 0) return wider;
  const soldNow = (now.sold * then.openWeeks) / now.openWeeks;
  return (soldNow + SHRINK_ORDERS * wider) / (then.sold + SHRINK_ORDERS);
}

/**
 * What has become of a rate of 1 after so many weeks, when a year makes `factor` of it. Of a growth every week adds as
 * much, for a shop grows fastest, in shares of itself, while it is small; a decline takes the same share every week.
 *
 * @param factor above 0
 * @param weeks may be more than a year
 * Known weakness: nobody knows the path between two years; a growth that keeps its percentage is told too slow.
 */
function rateAfter(factor: number, weeks: number): number {
  const years = weeks / WEEKS_IN_YEAR;
  return factor >= 1 ? 1 + (factor - 1) * years : factor ** years;
}

/** A level that stands on so many weeks is no longer that of a shop's first ones. */
const RAMP_WEEKS = 13;

/**
 * How much more a shop's first weeks rose, from the middle of what its level a year ago stood on to the middle of the
 * window after it, than the same weeks rise a year later: that much of last year's ratio is the beginning and no season.
 *
 * @param factor growth of the year since
 * @param weeksKnown weeks before the level; from 13 on the answer is 1
 * @param weeksToMiddle weeks from the level to the middle of the window
 */
export function rampUp(factor: number, weeksKnown: number, weeksToMiddle: number): number {
  if (weeksKnown >= RAMP_WEEKS) return 1;
  const rise = rateAfter(factor, weeksKnown / 2 + weeksToMiddle);
  const riseNow = rateAfter(factor, WEEKS_IN_YEAR + weeksKnown / 2 + weeksToMiddle) / factor;
  return (rise / riseNow) ** (1 - weeksKnown / RAMP_WEEKS);
}

/** [items] season of the orders in a window that starts so many weeks after the cutoff; null where none is known. */
export type SeasonAhead = (aheadWeeks: number) => Float32Array | null;

/**
 * The season that orders of a coming window follow. Where orders name what time they are for, it is that of their service,
 * read by the dates of service: of orders placed in a window it is the season as many weeks later as the item's are placed
 * ahead in the middle. So a window is in season when it is time to order for the season, not when the season is there.
 *
 * @see `seasonIndexAhead`
 * Known weakness: an item's orders are all taken to lie its median lead ahead, which sharpens a season that many book
 *   early or late; and beyond a year ahead nothing is known.
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

import { openWeeksFrom, type DemandLevels } from "./demand-candidates.ts";
import { LEAST_OPEN, sumWeeks, toWeeks } from "#app/domain/trends/demand-series.ts";
import { WEEKS_IN_YEAR } from "./season.ts";

/** Single weeks of the recent window that the map sees. */
const RECENT_WEEKS = 13;
/** Their rates, the means of 26 and 52 weeks, smoothed rate, share of the market, the same weeks a year ago. */
export const FEATURES = RECENT_WEEKS + 5;
/** Place of the smoothed rate: a map that gives it weight 1 and all else 0 is plain smoothing. */
export const SMOOTHED_RATE = RECENT_WEEKS + 2;
/** Orders a week added to an item's scale, so that a rare item's single order is not a hundred times its mean. */
const SCALE_FLOOR = 0.25;

/** What one item looked like at an origin, in units of its own scale. */
interface ItemWindow {
  /** Mean orders a week of the last half year, floored. */
  readonly scale: number;
  /** Orders in the year before, to tell an item with a history. */
  readonly yearOrders: number;
}

/**
 * Writes X(t) of one item: recent weekly rates and slower means, each divided by the item's own scale, so that one
 * linear map serves a best-seller and a slow mover. A week when the shop was closed takes the smoothed rate.
 *
 * @param origin week index, at least 13; only weeks before it are read
 * @param into [FEATURES] from `offset` on
 */
export function writeTrendFeatures(
  { series, rate, share, market, meanLines }: DemandLevels,
  item: number,
  origin: number,
  windowWeeks: number,
  into: Float32Array,
  offset: number,
): ItemWindow {
  const { weeks, orders, open } = series;
  const row = item * weeks;
  const level = rate[item * (weeks + 1) + origin]!;
  const meanRate = (span: number) => {
    const from = Math.max(0, origin - span);
    const sold = sumWeeks(orders, row + from, origin - from);
    const openWeeks = sumWeeks(open, from, origin - from);
    return { sold, rate: openWeeks > 0 ? sold / openWeeks : level };
  };
  const half = meanRate(26);
  const year = meanRate(WEEKS_IN_YEAR);
  const scale = half.rate + SCALE_FLOOR;

  for (let back = 0; back < RECENT_WEEKS; back++) {
    const week = origin - 1 - back;
    const isOpen = open[week]! >= LEAST_OPEN;
    into[offset + back] = (isOpen ? orders[row + week]! / open[week]! : level) / scale;
  }
  into[offset + RECENT_WEEKS] = half.rate / scale;
  into[offset + RECENT_WEEKS + 1] = year.rate / scale;
  into[offset + SMOOTHED_RATE] = level / scale;
  into[offset + RECENT_WEEKS + 3] =
    meanLines > 0 ? (share[item * (weeks + 1) + origin]! * market[origin]!) / (meanLines * scale) : 0;
  into[offset + RECENT_WEEKS + 4] = lastYearRate(series, item, origin, windowWeeks, level) / scale;
  return { scale, yearOrders: year.sold };
}

function lastYearRate(
  { weeks, orders, open, firstWeek }: DemandLevels["series"],
  item: number,
  origin: number,
  windowWeeks: number,
  level: number,
): number {
  const from = origin - WEEKS_IN_YEAR;
  if (from < 0 || firstWeek[item]! > from) return level;
  const sold = sumWeeks(orders, item * weeks + from, windowWeeks);
  const openWeeks = sumWeeks(open, from, windowWeeks);
  return openWeeks >= LEAST_OPEN * windowWeeks ? sold / openWeeks : level;
}

/** Examples to learn the map from: what items looked like at past origins, and what came. */
export interface TrendExamples {
  readonly count: number;
  /** [count × FEATURES] */
  readonly features: Float32Array;
  /** [count] orders per ordinary week of the window, in units of the item's scale. */
  readonly targets: Float32Array;
  /** [count] scale times ordinary weeks: what a miss of 1 costs in orders. */
  readonly weights: Float32Array;
}

/** Items with fewer orders in the year before an origin add noise. */
const LEAST_YEAR_ORDERS = 8;
const MOST_EXAMPLES = 40_000;

/**
 * Collects examples at the origins whose window ends at or before `endWeek`, newest origin first, at most a year of
 * them and at most 40,000.
 */
export function collectTrendExamples(levels: DemandLevels, endWeek: number, days: number): TrendExamples {
  const { series } = levels;
  const windowWeeks = toWeeks(days);
  const last = endWeek - windowWeeks;
  const first = Math.max(RECENT_WEEKS, last - WEEKS_IN_YEAR + 1);
  const capacity = Math.max(0, Math.min(MOST_EXAMPLES, (last - first + 1) * series.items));
  const features = new Float32Array(capacity * FEATURES);
  const targets = new Float32Array(capacity);
  const weights = new Float32Array(capacity);
  let count = 0;
  for (let origin = last; origin >= first && count < capacity; origin--) {
    const openWeeks = openWeeksFrom(series, { origin, days: windowWeeks * 7 });
    if (openWeeks < LEAST_OPEN * windowWeeks) continue;
    for (let item = 0; item < series.items && count < capacity; item++) {
      if (series.firstWeek[item]! > origin - 2) continue;
      const { scale, yearOrders } = writeTrendFeatures(
        levels,
        item,
        origin,
        windowWeeks,
        features,
        count * FEATURES,
      );
      if (yearOrders < LEAST_YEAR_ORDERS) continue;
      const sold = sumWeeks(series.orders, item * series.weeks + origin, windowWeeks);
      targets[count] = sold / (openWeeks * scale);
      weights[count] = scale * openWeeks;
      count++;
    }
  }
  return {
    count,
    features: features.subarray(0, count * FEATURES),
    targets: targets.subarray(0, count),
    weights: weights.subarray(0, count),
  };
}

/** First origin at which the map can be asked. */
export const FIRST_ORIGIN = RECENT_WEEKS;

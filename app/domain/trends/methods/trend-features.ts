import { openWeeksFrom, type DemandLevels } from "./demand-candidates.ts";
import { LEAST_OPEN, sumWeeks, toWeeks } from "#app/domain/trends/demand-series.ts";
import { WEEKS_IN_YEAR } from "./season.ts";

/** Single recent weeks among the features. */
const RECENT_WEEKS = 13;
/** The recent weeks, means of 26 and 52 weeks, smoothed rate, share of the market, the same weeks a year ago. */
export const FEATURES = RECENT_WEEKS + 5;
/** Index of the smoothed rate: with weight 1 here and 0 elsewhere the map is plain smoothing. */
export const SMOOTHED_RATE = RECENT_WEEKS + 2;
/** Weekly orders added to an item's scale, so that a rare item's single order is not a hundred times its mean. */
const SCALE_FLOOR = 0.25;

/** An item at an origin. */
interface ItemWindow {
  /** Mean weekly orders of the last half year, plus `SCALE_FLOOR`. */
  readonly scale: number;
  /** Orders in the year before. */
  readonly yearOrders: number;
}

/**
 * Writes the features X(t) of one item: recent weekly rates and slower means, each divided by the item's own scale, so
 * that one linear map serves best-sellers and slow movers. A closed week gets the smoothed rate.
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

/** Training examples of the map: items at past origins, and their outcomes. */
export interface TrendExamples {
  readonly count: number;
  /** [count × FEATURES] */
  readonly features: Float32Array;
  /** [count] orders per ordinary week of the window, in units of the item's scale. */
  readonly targets: Float32Array;
  /** [count] scale times ordinary weeks: orders lost per unit of error. */
  readonly weights: Float32Array;
}

/** Orders in the year before an origin that an item needs; fewer add noise. */
const LEAST_YEAR_ORDERS = 8;
const MOST_EXAMPLES = 40_000;

/**
 * Collects examples at origins whose window ends at or before `endWeek`, newest first, at most one year and 40,000
 * examples.
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

/** First origin that the map can forecast. */
export const FIRST_ORIGIN = RECENT_WEEKS;

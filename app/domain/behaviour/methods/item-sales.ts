import { type Baskets, countBaskets } from "#app/domain/prepare/baskets.ts";
import { DAY_MS, WEEK_MS } from "#app/domain/time.ts";
import type { SetsOfItems } from "#app/domain/behaviour/item-baskets.ts";

/** Sales of each item before the cutoff. */
export interface ItemSales {
  /** [items] baskets with the item. */
  readonly baskets: Uint32Array;
  /** [items] baskets with the item per day, over the last 14, 60 and 365 days before the cutoff. */
  readonly recentPerDay: readonly [Float32Array, Float32Array, Float32Array];
  /** [items] days from the item's first sale to the cutoff; 0 when never sold. */
  readonly ageDays: Float32Array;
  /** [items] days from the item's last sale to the cutoff; the length of the log when never sold. */
  readonly idleDays: Float32Array;
}

const SPANS_DAYS = [14, 60, 365] as const;

/** @param baskets all before the cutoff */
export function countItemSales(baskets: Baskets, index: SetsOfItems, cutoffMs: number): ItemSales {
  const items = baskets.items.length;
  const recentPerDay = [new Float32Array(items), new Float32Array(items), new Float32Array(items)] as const;
  const ageDays = new Float32Array(items);
  const idleDays = new Float32Array(items);
  const spanDays = Math.max(1, (cutoffMs - (baskets.placedAtMs[0] ?? cutoffMs)) / DAY_MS);
  const counts = new Uint32Array(items);
  for (let item = 0; item < items; item++) {
    const from = index.offsets[item]!;
    const end = index.offsets[item + 1]!;
    counts[item] = end - from;
    if (end === from) {
      idleDays[item] = spanDays;
      continue;
    }
    ageDays[item] = (cutoffMs - baskets.placedAtMs[index.set[from]!]!) / DAY_MS;
    idleDays[item] = (cutoffMs - baskets.placedAtMs[index.set[end - 1]!]!) / DAY_MS;
    for (let at = from; at < end; at++) {
      const daysAgo = (cutoffMs - baskets.placedAtMs[index.set[at]!]!) / DAY_MS;
      SPANS_DAYS.forEach((days, span) => {
        // A log shorter than the span is divided by its own length.
        if (daysAgo <= days) recentPerDay[span]![item]! += 1 / Math.min(days, spanDays);
      });
    }
  }
  return { baskets: counts, recentPerDay, ageDays, idleDays };
}

/** Baskets with each item per week. */
export interface WeeklySales {
  /** [items × weeks] */
  readonly sold: Float32Array;
  readonly weeks: number;
  readonly firstWeekMs: number;
}

/** The year before a query, the half year before that, and 18 weeks of slack. */
const MOST_WEEKS = 96;
const YEAR_WEEKS = 52;
/** Weeks on either side of the same week last year that count as the same season. */
const NEAR_WEEKS = 2;
/** Weeks on either side that the season is compared with. */
const AROUND_WEEKS = 26;
/** Weekly sales added to both sides of the ratio, so that two sales of a rare product make no season. */
const DOUBT = 0.2;

export interface ItemSeason {
  /** Logarithm of the sales at this time last year over those of the year around it; 0 if unknown. */
  readonly logRatio: number;
  /** Logarithm of weekly sales at this time last year, plus `DOUBT`. */
  readonly logRate: number;
}

/** Counts the last 96 weeks. @param baskets all before the cutoff */
export function countWeeklySales(baskets: Baskets, cutoffMs: number): WeeklySales {
  const firstMs = baskets.placedAtMs[0] ?? cutoffMs;
  const firstWeekMs = Math.max(firstMs, cutoffMs - MOST_WEEKS * WEEK_MS);
  const weeks = Math.floor((cutoffMs - firstWeekMs) / WEEK_MS) + 1;
  const sold = new Float32Array(baskets.items.length * weeks);
  for (let basket = 0; basket < countBaskets(baskets); basket++) {
    const week = Math.floor((baskets.placedAtMs[basket]! - firstWeekMs) / WEEK_MS);
    if (week < 0) continue;
    for (let line = baskets.offsets[basket]!; line < baskets.offsets[basket + 1]!; line++) {
      sold[baskets.item[line]! * weeks + week]! += 1;
    }
  }
  return { sold, weeks, firstWeekMs };
}

/**
 * Seasonality of each item at the time of a query: `log((d + s) / (d + y))`. s is the mean weekly sales of the five
 * weeks around the same week a year ago, y that of the year around it, d a pseudo-count.
 *
 * @returns the season of one item; neutral for every item if last year's orders are unknown. Known weakness: one year
 *   cannot separate a season from a fashion
 */
export function openItemSeason(
  { sold, weeks, firstWeekMs }: WeeklySales,
  atMs: number,
): (item: number) => ItemSeason {
  const centre = Math.floor((atMs - firstWeekMs) / WEEK_MS) - YEAR_WEEKS;
  const [from, to] = [centre - NEAR_WEEKS, centre + NEAR_WEEKS + 1];
  const unknown: ItemSeason = { logRatio: 0, logRate: Math.log(DOUBT) };
  if (from < 0 || to > weeks) return () => unknown;
  const [yearFrom, yearTo] = [Math.max(0, centre - AROUND_WEEKS), Math.min(weeks, centre + AROUND_WEEKS)];
  return (item) => {
    let [near, year] = [0, 0];
    for (let week = yearFrom; week < yearTo; week++) {
      const count = sold[item * weeks + week]!;
      year += count;
      if (week >= from && week < to) near += count;
    }
    near /= to - from;
    year /= yearTo - yearFrom;
    return { logRatio: Math.log((DOUBT + near) / (DOUBT + year)), logRate: Math.log(DOUBT + near) };
  };
}

import { type Baskets, countBaskets } from "#app/domain/prepare/baskets.ts";
import { DAY_MS, WEEK_MS } from "#app/domain/time.ts";
import type { SetsOfItems } from "#app/domain/behaviour/item-baskets.ts";

/** What the orders before the cutoff say of each item alone. */
export interface ItemSales {
  /** [items] baskets with the item. */
  readonly baskets: Uint32Array;
  /** [items] baskets with the item in the last 14, 60 and 365 days before the cutoff, a day. */
  readonly recentPerDay: readonly [Float32Array, Float32Array, Float32Array];
  /** [items] days from the item's first sale to the cutoff; 0 when never sold. */
  readonly ageDays: Float32Array;
  /** [items] days from the item's last sale to the cutoff; the whole span when never sold. */
  readonly idleDays: Float32Array;
}

const SPANS_DAYS = [14, 60, 365] as const;

/** Counts the items of baskets that all lie before the cutoff. */
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

/** Baskets with each item, week by week. */
export interface WeeklySales {
  /** [items × weeks] */
  readonly sold: Float32Array;
  readonly weeks: number;
  readonly firstWeekMs: number;
}

/** A year before the newest order, the half year around it, and some weeks that may lie between cutoff and query. */
const MOST_WEEKS = 96;
const YEAR_WEEKS = 52;
/** Weeks on either side of the one a year ago that are taken for the same time of the year. */
const NEAR_WEEKS = 2;
/** Half of the year that the same time of it is compared with. */
const AROUND_WEEKS = 26;
/** Weekly sales that both are given, so that two sales of a rare product are no season. */
const DOUBT = 0.2;

export interface ItemSeason {
  /** Logarithm of the sales at this time last year to those of the year around it; 0 where none is known. */
  readonly logRatio: number;
  /** Logarithm of weekly sales at this time last year. */
  readonly logRate: number;
}

/** Counts the last two years of baskets that all lie before the cutoff. */
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
 * What last year says of each item at the time of a query: `log((d + s) / (d + y))`, with s the mean weekly sales of
 * the five weeks around the same day a year ago, y those of the year around it, d a doubt.
 *
 * @returns of one item; the same nothing of every item where a year ago no orders are known. Known weakness: one year
 *   does not tell a season from that year's fashion
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

import { LEAST_OPEN, type DemandPast, type DemandSeries } from "#app/domain/trends/demand-series.ts";
import { openWeightAhead } from "#app/domain/trends/open-days.ts";
import { seasonAt, WEEKS_IN_YEAR, rampUp } from "./season.ts";
import { smoothLevels, smoothMarket } from "./smooth-level.ts";

/** One way to forecast. It may read weeks before `origin` only. */
export interface DemandCandidate {
  readonly name: string;
  /**
   * @param aheadDays days from the start of week `origin` to the window, 0 when absent; with `days` at most 364
   * @returns [items] orders expected in `days` days; at least 0
   */
  forecast(origin: number, days: number, aheadDays?: number): Float32Array;
}

/** The days that are told of, after the start of a week. */
interface Window {
  readonly origin: number;
  readonly days: number;
  readonly aheadDays: number;
}

/** What all candidates share: the series and its smoothed levels at every week. */
export interface DemandLevels {
  readonly series: DemandSeries;
  /** [items × (weeks + 1)] orders per ordinary week. */
  readonly rate: Float32Array;
  /** [items × (weeks + 1)] orders per week in which the market stands at its mean. */
  readonly share: Float32Array;
  /** [weeks + 1] lines per ordinary week. */
  readonly market: Float32Array;
  readonly meanLines: number;
}

/** The levels as they were known at the start of a week: of the orders before it alone. */
export type LevelsAt = (origin: number) => DemandLevels;

/** Smooths the series of each week asked for, once. */
export function openLevels({ at }: Pick<DemandPast, "at">): LevelsAt {
  const known = new Map<number, DemandLevels>();
  return (origin) => {
    const levels = known.get(origin) ?? smoothDemand(at(origin));
    known.set(origin, levels);
    return levels;
  };
}

/**
 * How far a season is believed, as an exponent, until the back-test says better: last year's ratio is one noisy
 * observation, so half of it.
 */
export const SEASON_TRUST = 0.5;
/** What the back-test may choose among; 0 is no season, which plain smoothing is. */
export const SEASON_TRUSTS = [SEASON_TRUST, 0.25, 0.75, 1] as const;

/**
 * Two views of one season, whose mean misses less than either and than what a back-test picks; see
 * app/decisions/trends/042-the-incumbent-forecast-is-challenged.md.
 */
export const SEASONAL_NAMES: readonly string[] = ["smoothing × season", "market share × season"];

export function smoothDemand(series: DemandSeries): DemandLevels {
  const { open, totalLines } = series;
  const openWeeks = open.reduce((sum, share) => sum + share, 0);
  const meanLines = openWeeks > 0 ? totalLines.reduce((sum, lines) => sum + lines, 0) / openWeeks : 0;
  const measuredOpen = open.map((share) => (share >= LEAST_OPEN ? share : 0));
  const market = smoothMarket(series, measuredOpen);
  const launchRates = listLaunchRates(series);
  // A week far below what the shop then sold is closed in all but name; one below the mean of years may be ordinary.
  const ofMarket = measuredOpen.map((share, week) =>
    share > 0 && totalLines[week]! >= LEAST_OPEN * market[week]! ? totalLines[week]! / meanLines : 0,
  );
  return {
    series,
    rate: smoothLevels(series, measuredOpen, launchRates),
    share: smoothLevels(series, ofMarket, launchRates),
    market,
    meanLines,
  };
}

/** Ordinary weeks that the window is worth, as the year before the origin tells. */
export function openWeeksFrom(
  { weeks, openDays }: DemandSeries,
  { origin, days, aheadDays }: Window,
): number {
  return openWeightAhead(openDays, (weeks - origin) * 7 - 1 - Math.round(aheadDays), days);
}

/** The methods that need no training, plain smoothing first. */
export function listDemandCandidates(levelsAt: LevelsAt, trust: number = SEASON_TRUST): DemandCandidate[] {
  const method = (
    name: string,
    tell: (levels: DemandLevels, window: Window) => Float32Array,
  ): DemandCandidate => ({
    name,
    forecast: (origin, days, aheadDays = 0) => tell(levelsAt(origin), { origin, days, aheadDays }),
  });
  return [
    method("smoothing", (levels, window) => extendLevel(levels, window)),
    method("smoothing × season", (levels, window) => extendWithSeason(levels, window, trust)),
    method("market share × season", (levels, window) => shareOfMarket(levels, window, trust)),
  ];
}

/** The mean of several forecasts: a combination is seldom worse than its best part. @see Bates and Granger 1969 */
export function averageOf(candidates: readonly DemandCandidate[]): DemandCandidate {
  return {
    name: `mean of ${candidates.map(({ name }) => name).join(" + ")}`,
    forecast(origin, days, aheadDays) {
      const parts = candidates.map((candidate) => candidate.forecast(origin, days, aheadDays));
      return parts[0]!.map((_, item) => parts.reduce((sum, part) => sum + part[item]!, 0) / parts.length);
    },
  };
}

function extendLevel({ series, rate }: DemandLevels, window: Window): Float32Array {
  const openWeeks = openWeeksFrom(series, window);
  const forecast = new Float32Array(series.items);
  for (let item = 0; item < series.items; item++)
    forecast[item] = rate[item * (series.weeks + 1) + window.origin]! * openWeeks;
  return forecast;
}

function extendWithSeason(levels: DemandLevels, window: Window, trust: number): Float32Array {
  const forecast = extendLevel(levels, window);
  const season = seasonOfLevels(levels, window);
  if (season)
    for (let item = 0; item < forecast.length; item++) forecast[item]! *= season.item[item]! ** trust;
  return forecast;
}

/** The market's level and season say how much is sold; the item's share of the market says how much of it is its. */
function shareOfMarket(levels: DemandLevels, window: Window, trust: number): Float32Array {
  const { series, share, market, meanLines } = levels;
  const { origin } = window;
  const forecast = new Float32Array(series.items);
  if (meanLines === 0) return forecast;
  const season = seasonOfLevels(levels, window);
  const lines = market[origin]! * openWeeksFrom(series, window) * (season?.shop ?? 1) ** trust;
  for (let item = 0; item < series.items; item++) {
    const own = season && season.shop > 0 ? (season.item[item]! / season.shop) ** trust : 1;
    forecast[item] = share[item * (series.weeks + 1) + origin]! * (lines / meanLines) * own;
  }
  return forecast;
}

/** What the same window a year before was to the levels a year before the origin, a young shop's ramp-up apart. */
function seasonOfLevels({ series, rate, market }: DemandLevels, window: Window) {
  const then = window.origin - WEEKS_IN_YEAR;
  if (then < 0) return null;
  const windowWeeks = Math.min(WEEKS_IN_YEAR, toWeeks(window.days));
  const ramp =
    market[then]! > 0
      ? rampUp(market[window.origin]! / market[then]!, then, window.aheadDays / 7 + windowWeeks / 2)
      : 1;
  const levelThen = (item: number) =>
    series.firstWeek[item]! < then ? rate[item * (series.weeks + 1) + then]! * ramp : null;
  return seasonAt(series, levelThen, market[then]! * ramp, firstWeekOf(window), windowWeeks);
}

function firstWeekOf({ origin, aheadDays }: Window): number {
  return origin + Math.round(aheadDays / 7);
}

/** Whole weeks that hold the days. */
export function toWeeks(days: number): number {
  return Math.ceil(days / 7);
}

/** Weeks after an item's first one that say how it sold when it was new, and how long the log must have run before it. */
const LAUNCH_WEEKS = 4;
/** Launches that the rate of all items is worth against what launches say. */
const PRIOR_LAUNCHES = 10;

/**
 * Orders in an ordinary week of an item that is just out, as known at the start of every week: the mean over the items
 * that came out before, of the four weeks after their first one, shrunk to the mean rate of all items so far.
 *
 * @returns [weeks + 1], at least 0; column w knows weeks before w only, and the first one nothing: the mean of the items
 *   in it
 */
export function listLaunchRates({ items, weeks, orders, open, firstWeek }: DemandSeries): Float64Array {
  const rates = new Float64Array(weeks + 1);
  // [weeks + 1] what becomes known at the start of a week.
  const launched = new Float64Array(weeks + 1);
  const launches = new Float64Array(weeks + 1);
  const sold = new Float64Array(weeks + 1);
  const offered = new Float64Array(weeks + 1);
  for (let item = 0; item < items; item++) {
    const first = firstWeek[item]!;
    let newOrders = 0;
    let newOpen = 0;
    for (let week = first; week < weeks; week++) {
      sold[week + 1]! += orders[item * weeks + week]!;
      offered[week + 1]! += open[week]!;
      if (week > first && week <= first + LAUNCH_WEEKS) {
        newOrders += orders[item * weeks + week]!;
        newOpen += open[week]!;
      }
    }
    const known = first + 1 + LAUNCH_WEEKS;
    if (first < LAUNCH_WEEKS || known > weeks || newOpen === 0) continue;
    launched[known]! += newOrders / newOpen;
    launches[known]! += 1;
  }
  let [sumLaunched, sumLaunches, sumSold, sumOffered] = [0, 0, 0, 0];
  for (let week = 0; week <= weeks; week++) {
    sumLaunched += launched[week]!;
    sumLaunches += launches[week]!;
    sumSold += sold[week]!;
    sumOffered += offered[week]!;
    const ofAll = sumOffered > 0 ? sumSold / sumOffered : 0;
    rates[week] = (sumLaunched + PRIOR_LAUNCHES * ofAll) / (sumLaunches + PRIOR_LAUNCHES);
  }
  rates[0] = rates[Math.min(1, weeks)]!;
  return rates;
}

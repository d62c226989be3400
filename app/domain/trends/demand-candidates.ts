import { LEAST_OPEN, type DemandSeries } from "#app/domain/trends/demand-series.ts";
import { openWeightAhead } from "#app/domain/trends/open-days.ts";
import { seasonAt, WEEKS_IN_YEAR } from "#app/domain/trends/season.ts";
import { smoothIntermittent, type IntermittentLevels } from "#app/domain/trends/intermittent-demand.ts";
import { smoothLevels, smoothMarket } from "#app/domain/trends/smooth-level.ts";

/** One way to forecast. It may read weeks before `origin` only. */
export interface DemandCandidate {
  readonly name: string;
  /** @returns [items] orders expected in `days` days from the start of week `origin`; at least 0 */
  forecast(origin: number, days: number): Float32Array;
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
  /** Levels of items that sell in few weeks. */
  readonly intermittent: IntermittentLevels;
}

/**
 * How far a season is believed, as an exponent, until the back-test says better: last year's ratio is one noisy
 * observation, so half of it.
 */
export const SEASON_TRUST = 0.5;
/** What the back-test may choose among; 0 is no season, which plain smoothing is. */
export const SEASON_TRUSTS = [SEASON_TRUST, 0.25, 0.75, 1] as const;

/** Two views of one season, whose mean misses less than either and than what a back-test picks; decision 042. */
export const SEASONAL_NAMES: readonly string[] = ["smoothing × season", "market share × season"];

export function smoothDemand(series: DemandSeries): DemandLevels {
  const { open, totalLines, weeks } = series;
  const openWeeks = open.reduce((sum, share) => sum + share, 0);
  const meanLines = openWeeks > 0 ? totalLines.reduce((sum, lines) => sum + lines, 0) / openWeeks : 0;
  const exposure = new Float64Array(weeks);
  for (let week = 0; week < weeks; week++)
    if (open[week]! >= LEAST_OPEN && meanLines > 0) exposure[week] = totalLines[week]! / meanLines;
  return {
    series,
    rate: smoothLevels(series, open),
    share: smoothLevels(series, exposure),
    market: smoothMarket(series),
    meanLines,
    intermittent: smoothIntermittent(series),
  };
}

/** Ordinary weeks that the window is worth, as the year before the origin tells. */
export function openWeeksFrom({ weeks, openDays }: DemandSeries, origin: number, days: number): number {
  return openWeightAhead(openDays, (weeks - origin) * 7 - 1, days);
}

/** The methods that need no training, simplest first; the first two are the baselines that others must beat. */
export function listDemandCandidates(levels: DemandLevels, trust: number = SEASON_TRUST): DemandCandidate[] {
  return [
    { name: "seasonal naive, 52 weeks", forecast: (origin, days) => repeatLastYear(levels, origin, days) },
    { name: "smoothing", forecast: (origin, days) => extendLevel(levels, origin, days) },
    { name: "smoothing × season", forecast: (origin, days) => extendWithSeason(levels, origin, days, trust) },
    { name: "market share × season", forecast: (origin, days) => shareOfMarket(levels, origin, days, trust) },
    {
      name: "Croston, corrected (SBA)",
      forecast: (origin, days) => extendLevel(levels, origin, days, levels.intermittent.sba),
    },
    {
      name: "chance × size (TSB)",
      forecast: (origin, days) => extendLevel(levels, origin, days, levels.intermittent.tsb),
    },
  ];
}

/** The mean of several forecasts: a combination is seldom worse than its best part. @see Bates and Granger 1969 */
export function averageOf(candidates: readonly DemandCandidate[]): DemandCandidate {
  return {
    name: `mean of ${candidates.map(({ name }) => name).join(" + ")}`,
    forecast(origin, days) {
      const parts = candidates.map((candidate) => candidate.forecast(origin, days));
      return parts[0]!.map((_, item) => parts.reduce((sum, part) => sum + part[item]!, 0) / parts.length);
    },
  };
}

/** Orders of the same window a year before; an item with no year behind it repeats its level. */
function repeatLastYear(levels: DemandLevels, origin: number, days: number): Float32Array {
  const { series } = levels;
  const from = origin - WEEKS_IN_YEAR;
  const windowWeeks = toWeeks(days);
  const forecast = extendLevel(levels, origin, days);
  for (let item = 0; item < series.items; item++) {
    if (from < 0 || series.firstWeek[item]! > from) continue;
    let sold = 0;
    for (let week = from; week < from + windowWeeks; week++)
      sold += series.orders[item * series.weeks + week]!;
    forecast[item] = (sold * days) / (windowWeeks * 7);
  }
  return forecast;
}

function extendLevel(
  { series, rate: smoothed }: DemandLevels,
  origin: number,
  days: number,
  rate = smoothed,
): Float32Array {
  const openWeeks = openWeeksFrom(series, origin, days);
  const forecast = new Float32Array(series.items);
  for (let item = 0; item < series.items; item++)
    forecast[item] = rate[item * (series.weeks + 1) + origin]! * openWeeks;
  return forecast;
}

function extendWithSeason(levels: DemandLevels, origin: number, days: number, trust: number): Float32Array {
  const forecast = extendLevel(levels, origin, days);
  const season = seasonOfLevels(levels, origin, days);
  if (season)
    for (let item = 0; item < forecast.length; item++) forecast[item]! *= season.item[item]! ** trust;
  return forecast;
}

/** The market's level and season say how much is sold; the item's share of the market says how much of it is its. */
function shareOfMarket(levels: DemandLevels, origin: number, days: number, trust: number): Float32Array {
  const { series, share, market, meanLines } = levels;
  const forecast = new Float32Array(series.items);
  if (meanLines === 0) return forecast;
  const season = seasonOfLevels(levels, origin, days);
  const lines = market[origin]! * openWeeksFrom(series, origin, days) * (season?.shop ?? 1) ** trust;
  for (let item = 0; item < series.items; item++) {
    const own = season && season.shop > 0 ? (season.item[item]! / season.shop) ** trust : 1;
    forecast[item] = share[item * (series.weeks + 1) + origin]! * (lines / meanLines) * own;
  }
  return forecast;
}

function seasonOfLevels({ series, rate, market }: DemandLevels, origin: number, days: number) {
  const from = origin - WEEKS_IN_YEAR;
  if (from < 0) return null;
  const levelThen = (item: number) => rate[item * (series.weeks + 1) + from]!;
  return seasonAt(series, levelThen, market[from]!, origin, Math.min(WEEKS_IN_YEAR, toWeeks(days)));
}

/** Whole weeks that hold the days. */
export function toWeeks(days: number): number {
  return Math.ceil(days / 7);
}

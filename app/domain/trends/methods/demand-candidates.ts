import { LEAST_OPEN, toWeeks, type DemandPast, type DemandSeries } from "#app/domain/trends/demand-series.ts";
import { openWeightAhead } from "#app/domain/trends/open-days.ts";
import { seasonAt, WEEKS_IN_YEAR, rampUp } from "./season.ts";

/** A forecasting method. It may read only weeks before `origin`. */
export interface DemandCandidate {
  readonly name: string;
  /** [items] expected orders in the `days` days from the start of week `origin`; at least 0. */
  forecast(origin: number, days: number): Float32Array;
}

/** The forecast days, from the start of a week. */
interface Window {
  readonly origin: number;
  readonly days: number;
}

/** Shared by all candidates: the series and its smoothed levels at every week. */
export interface DemandLevels {
  readonly series: DemandSeries;
  /** [items × (weeks + 1)] orders per ordinary week. */
  readonly rate: Float32Array;
  /** [items × (weeks + 1)] orders per week in which the market is at its mean. */
  readonly share: Float32Array;
  /** [weeks + 1] lines per ordinary week. */
  readonly market: Float32Array;
  readonly meanLines: number;
}

/** The levels as known at the start of a week, from the orders before it only. */
export type LevelsAt = (origin: number) => DemandLevels;

/** Smooths the series of each requested week once. */
export function openLevels({ at }: Pick<DemandPast, "at">): LevelsAt {
  const known = new Map<number, DemandLevels>();
  return (origin) => {
    const levels = known.get(origin) ?? smoothDemand(at(origin));
    known.set(origin, levels);
    return levels;
  };
}

/** Default trust in a season, as an exponent: last year's ratio is one noisy observation, so half of it counts. */
export const SEASON_TRUST = 0.5;
/** Candidates for the back-test; no season (0) is plain smoothing. */
export const SEASON_TRUSTS = [SEASON_TRUST, 0.25, 0.75, 1] as const;

/**
 * Two views of one season. Their mean beats either of them and the back-test's pick; see
 * app/decisions/trends/042-the-incumbent-forecast-is-challenged.md.
 */
export const SEASONAL_NAMES: readonly string[] = ["smoothing × season", "market share × season"];

export function smoothDemand(series: DemandSeries): DemandLevels {
  const { open, totalLines } = series;
  const openWeeks = open.reduce((sum, share) => sum + share, 0);
  const meanLines = openWeeks > 0 ? totalLines.reduce((sum, lines) => sum + lines, 0) / openWeeks : 0;
  // The first week is as short as the shop is old in it.
  const measuredOpen = open.map((share, week) => (week === 0 || share >= LEAST_OPEN ? share : 0));
  const market = smoothMarket(series, measuredOpen);
  const meanRates = listMeanRates(series);
  // A week far below the shop's level of that time counts as closed. A week below the mean of all years can be
  // ordinary.
  const ofMarket = measuredOpen.map((share, week) =>
    share > 0 && totalLines[week]! >= LEAST_OPEN * market[week]! ? totalLines[week]! / meanLines : 0,
  );
  return {
    series,
    rate: smoothLevels(series, measuredOpen, meanRates),
    share: smoothLevels(series, ofMarket, meanRates),
    market,
    meanLines,
  };
}

/** Ordinary weeks that the window is worth, by the closures of the year before the origin. */
export function openWeeksFrom({ weeks, openDays }: DemandSeries, { origin, days }: Window): number {
  return openWeightAhead(openDays, (weeks - origin) * 7 - 1, days);
}

/** The methods that need no training, plain smoothing first. */
export function listDemandCandidates(levelsAt: LevelsAt, trust: number = SEASON_TRUST): DemandCandidate[] {
  const method = (
    name: string,
    tell: (levels: DemandLevels, window: Window) => Float32Array,
  ): DemandCandidate => ({
    name,
    forecast: (origin, days) => tell(levelsAt(origin), { origin, days }),
  });
  return [
    method("smoothing", extendLevel),
    method("smoothing × season", (levels, window) => extendWithSeason(levels, window, trust)),
    method("market share × season", (levels, window) => shareOfMarket(levels, window, trust)),
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

/** The item's share of the market times the market's level and season. */
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

/** Season of the same window last year relative to the levels then, without a young shop's ramp-up. */
function seasonOfLevels({ series, rate, market }: DemandLevels, window: Window) {
  const then = window.origin - WEEKS_IN_YEAR;
  if (then < 0) return null;
  const windowWeeks = Math.min(WEEKS_IN_YEAR, toWeeks(window.days));
  const ramp = market[then]! > 0 ? rampUp(market[window.origin]! / market[then]!, then, windowWeeks / 2) : 1;
  const levelThen = (item: number) =>
    series.firstWeek[item]! < then ? rate[item * (series.weeks + 1) + then]! * ramp : null;
  return seasonAt(series, levelThen, market[then]! * ramp, window.origin, windowWeeks);
}

/** [weeks + 1] mean orders per item and ordinary week, as known at the start of each; the first equals the second. */
function listMeanRates({ weeks, totalLines, open, firstWeek }: DemandSeries): Float64Array {
  const rates = new Float64Array(weeks + 1);
  let [sold, offered] = [0, 0];
  for (let week = 0; week < weeks; week++) {
    sold += totalLines[week]!;
    offered += open[week]! * firstWeek.reduce((out, first) => (first <= week ? out + 1 : out), 0);
    rates[week + 1] = offered > 0 ? sold / offered : 0;
  }
  rates[0] = rates[Math.min(1, weeks)]!;
  return rates;
}

const ALPHAS = [0.05, 0.1, 0.2, 0.3, 0.5] as const;

/**
 * Simple exponential smoothing of the weekly rate, `level ← level + max(α, e / E) · (orders / e − level)`, at the start
 * of every week: one pass gives the forecast of every origin without looking ahead. e is the week's exposure and E its
 * sum so far, so the first weeks are averaged until there are 1 / α. α is chosen per item from 0.05 … 0.5 by the lowest
 * squared one-week-ahead error so far. Weeks without exposure are skipped.
 *
 * An item's first week counts from its first order. E starts at E₀, the ordinary weeks in which an average item has one
 * order. N orders in E weeks give the level N / E: the mean of the posterior Gamma(N, E) of a rate with an exponential
 * prior of mean 1 / E₀, where the first order only starts the clock. So one order this morning, or ten yesterday, do
 * not count as a whole week. α applies from the second week on: times the rate of a first hour it would exceed N / E.
 *
 * @param exposure [weeks] open share of the week (the level is then orders per ordinary week), or the shop's lines over
 *   their mean (the level is then the item's share of the market); 0 for a week that measures nothing
 * @returns [items × (weeks + 1)]; column w uses only the weeks before w
 * @see Hyndman, Koehler, Ord, Snyder 2008, Forecasting with Exponential Smoothing. Known weakness: flat; season and
 *   trend come from elsewhere.
 */
function smoothLevels(series: DemandSeries, exposure: Float64Array, meanRates: Float64Array): Float32Array {
  const { items, weeks, orders, open, firstWeek, firstOpen } = series;
  const levels = new Float32Array(items * (weeks + 1));
  for (let item = 0; item < items; item++) {
    const own = orders.subarray(item * weeks, (item + 1) * weeks);
    const first = firstWeek[item]!;
    // An item in the log's first week may have been on sale before it.
    const firstShare = first > 0 && open[first]! > 0 ? firstOpen[item]! / open[first]! : 1;
    const start = { first, firstShare, weeksBefore: 1 / Math.max(meanRates[first]!, LEAST_RATE) };
    smoothOne(own, exposure, start, levels.subarray(item * (weeks + 1), (item + 1) * (weeks + 1)));
  }
  return levels;
}

/** One order per year. */
const LEAST_RATE = 1 / 52;

/** Level of the market by the same smoothing, [weeks + 1] lines per ordinary week. */
function smoothMarket({ totalLines, weeks }: DemandSeries, exposure: Float64Array): Float32Array {
  const levels = new Float32Array(weeks + 1);
  smoothOne(Float32Array.from(totalLines), exposure, { first: 0, firstShare: 1, weeksBefore: 0 }, levels);
  return levels;
}

interface Start {
  readonly first: number;
  /** Share of the first week's exposure that counts. */
  readonly firstShare: number;
  /** Weeks of prior weight at level 0. */
  readonly weeksBefore: number;
}

function smoothOne(
  orders: Float32Array,
  exposure: Float64Array,
  { first, firstShare, weeksBefore }: Start,
  levels: Float32Array,
): void {
  const level = new Float64Array(ALPHAS.length);
  const error = new Float64Array(ALPHAS.length);
  let sumShares = weeksBefore;
  let isStarted = false;
  let best = 0;
  for (let week = first; week < orders.length; week++) {
    const share = exposure[week]! * (week === first ? firstShare : 1);
    if (share > 0) {
      const rate = orders[week]! / share;
      sumShares += share;
      for (let k = 0; k < ALPHAS.length; k++) {
        const miss = rate - level[k]!;
        if (isStarted) error[k]! += miss * miss;
        level[k]! += Math.max(isStarted ? ALPHAS[k]! : 0, share / sumShares) * miss;
      }
      isStarted = true;
      best = 0;
      for (let k = 1; k < ALPHAS.length; k++) if (error[k]! < error[best]!) best = k;
    }
    levels[week + 1] = level[best]!;
  }
}

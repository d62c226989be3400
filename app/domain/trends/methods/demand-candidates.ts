import { LEAST_OPEN, toWeeks, type DemandPast, type DemandSeries } from "#app/domain/trends/demand-series.ts";
import { openWeightAhead } from "#app/domain/trends/open-days.ts";
import { seasonAt, WEEKS_IN_YEAR, rampUp } from "./season.ts";

/** One way to forecast. It may read weeks before `origin` only. */
export interface DemandCandidate {
  readonly name: string;
  /** [items] orders expected in `days` days from the start of week `origin` on; at least 0. */
  forecast(origin: number, days: number): Float32Array;
}

/** The days that are told of, from the start of a week on. */
interface Window {
  readonly origin: number;
  readonly days: number;
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
  const meanRates = listMeanRates(series);
  // A week far below what the shop then sold is closed in all but name; one below the mean of years may be ordinary.
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

/** Ordinary weeks that the window is worth, as the year before the origin tells. */
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
  const ramp = market[then]! > 0 ? rampUp(market[window.origin]! / market[then]!, then, windowWeeks / 2) : 1;
  const levelThen = (item: number) =>
    series.firstWeek[item]! < then ? rate[item * (series.weeks + 1) + then]! * ramp : null;
  return seasonAt(series, levelThen, market[then]! * ramp, window.origin, windowWeeks);
}

/** [weeks + 1] mean orders of an item in an ordinary week, as known at the start of each; the first as after one week. */
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
 * Simple exponential smoothing of the weekly rate with its parameter chosen per item,
 * `level ← level + max(α, e / E) · (orders / e − level)`, as it stood at the start of every week: one pass gives the
 * forecast of every origin without looking past it. e is the week's exposure and E the sum so far, so that an item's
 * first weeks are averaged, as long as there are fewer than 1 / α. α is the one of 0.05 … 0.5 whose one-week-ahead squared
 * error up to then is least. Weeks without exposure are skipped.
 *
 * An item's first week counts from its first order on, and E begins at the ordinary weeks in which an item has an order
 * on average: with N orders in E weeks the level is N / E, the mean of the posterior Gamma(N, E) of a rate whose
 * prior is exponential with the mean 1 / E₀, the first order having only begun the time. So neither a single order of
 * this morning nor ten of yesterday are taken for a whole week.
 *
 * @param exposure [weeks] what a week offered: its open share (then the level is orders per ordinary week), or the
 *   shop's lines over their mean (then the level is the item's share of the market); 0 of a week that measures nothing
 * @returns [items × (weeks + 1)]; column w knows weeks before w only
 * @see Hyndman, Koehler, Ord, Snyder 2008, Forecasting with Exponential Smoothing
 * Known weakness: flat; a season or a trend comes from elsewhere.
 */
function smoothLevels(series: DemandSeries, exposure: Float64Array, meanRates: Float64Array): Float32Array {
  const { items, weeks, orders, open, firstWeek, firstOpen } = series;
  const levels = new Float32Array(items * (weeks + 1));
  for (let item = 0; item < items; item++) {
    const own = orders.subarray(item * weeks, (item + 1) * weeks);
    const first = firstWeek[item]!;
    // Of the log's first week nobody knows what was out before.
    const firstShare = first > 0 && open[first]! > 0 ? firstOpen[item]! / open[first]! : 1;
    const start = { first, firstShare, weeksBefore: 1 / Math.max(meanRates[first]!, LEAST_RATE) };
    smoothOne(own, exposure, start, levels.subarray(item * (weeks + 1), (item + 1) * (weeks + 1)));
  }
  return levels;
}

/** An order in a year. */
const LEAST_RATE = 1 / 52;

/** The same for the shop's lines as a whole: the level of the market, [weeks + 1] lines per ordinary week. */
function smoothMarket({ totalLines, weeks }: DemandSeries, exposure: Float64Array): Float32Array {
  const levels = new Float32Array(weeks + 1);
  smoothOne(Float32Array.from(totalLines), exposure, { first: 0, firstShare: 1, weeksBefore: 0 }, levels);
  return levels;
}

interface Start {
  readonly first: number;
  /** Of the first week's exposure. */
  readonly firstShare: number;
  /** Weeks that the level 0 is worth before it. */
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
        level[k]! += Math.max(ALPHAS[k]!, share / sumShares) * miss;
      }
      isStarted = true;
      best = 0;
      for (let k = 1; k < ALPHAS.length; k++) if (error[k]! < error[best]!) best = k;
    }
    levels[week + 1] = level[best]!;
  }
}

import {
  listDemandCandidates,
  SEASON_TRUST,
  SEASON_TRUSTS,
  toWeeks,
  type DemandCandidate,
  type DemandLevels,
} from "#app/domain/trends/demand-candidates.ts";
import type { DemandSeries } from "#app/domain/trends/demand-series.ts";

/** How one candidate did on the windows before the cutoff. */
export interface DemandMetrics {
  readonly name: string;
  /** Σ|y − f| / Σy over the items with a history, all origins; null when nothing could be tested. */
  readonly wape: number | null;
  readonly isChosen: boolean;
}

/** Forecasts of the chosen method beside what came, for intervals. */
export interface BackTest {
  readonly candidates: DemandMetrics[];
  readonly chosen: DemandCandidate;
  /** Forecast and outcome of every tested item and origin. */
  readonly forecasts: Float32Array;
  readonly outcomes: Float32Array;
  /** Orders of the window before each origin. */
  readonly lasts: Float32Array;
  /** Week index of each forecast's origin, newest origin first, and the item that it is of. */
  readonly origins: Int32Array;
  readonly items: Int32Array;
}

const MOST_ORIGINS = 6;
/** Weeks that must lie before an origin, and orders that an item must have had in the year before it. */
const LEAST_WEEKS = 8;
const LEAST_ORDERS = 8;

/**
 * Tries every candidate, and the means of the best two and three, on the windows that end at or before the
 * cutoff, at most six of them and not overlapping, and chooses the least WAPE.
 *
 * @param isTested which items are looked at; all when absent
 * Known weakness: six windows of one shop share that shop's market; a method can win by its luck with the market.
 */
export function backTest(
  series: DemandSeries,
  candidates: readonly DemandCandidate[],
  horizonDays: number,
  isTested: (item: number) => boolean = () => true,
): BackTest {
  const windowWeeks = toWeeks(horizonDays);
  const origins = testedOrigins(series, horizonDays);
  const cases = origins.flatMap((origin) =>
    listCases(series, origin, windowWeeks).filter(({ item }) => isTested(item)),
  );
  const outcomes = Float32Array.from(cases, (one) => one.outcome);
  const tried = candidates.map((candidate) => ({
    candidate,
    forecasts: forecastCases(candidate, origins, cases, windowWeeks * 7),
  }));

  const ranked = [...tried].sort((a, b) => wape(a.forecasts, outcomes) - wape(b.forecasts, outcomes));
  for (const size of [2, 3]) {
    const best = ranked.slice(0, size);
    if (best.length < size) continue;
    const mean = averageOf(best.map((one) => one.candidate));
    tried.push({ candidate: mean, forecasts: forecastCases(mean, origins, cases, windowWeeks * 7) });
  }
  const chosen =
    cases.length === 0
      ? tried[1]!
      : tried.reduce((a, b) => (wape(b.forecasts, outcomes) < wape(a.forecasts, outcomes) ? b : a));
  return {
    chosen: chosen.candidate,
    forecasts: chosen.forecasts,
    outcomes,
    lasts: Float32Array.from(cases, (one) => one.last),
    origins: Int32Array.from(cases, (one) => one.origin),
    items: Int32Array.from(cases, (one) => one.item),
    candidates: tried.map((one) => ({
      name: one.candidate.name,
      wape: cases.length === 0 ? null : wape(one.forecasts, outcomes),
      isChosen: one === chosen,
    })),
  };
}

/** A trust in the season is left for another only when that misses this much less: origins are few. */
const LEAST_TRUST_GAIN = 0.01;

/**
 * How far last year's season is believed: the exponent of `SEASON_TRUSTS` with the least miss of the seasonal methods
 * on the same windows that the methods are compared on.
 *
 * @returns the usual one where no window has a year behind it, or none is clearly better
 */
export function fitSeasonTrust(levels: DemandLevels, horizonDays: number): number {
  const missOf = (trust: number) => {
    const seasonal = listDemandCandidates(levels, trust).filter(({ name }) => name.endsWith("× season"));
    return backTest(levels.series, seasonal, horizonDays).candidates.reduce(
      (sum, { wape: missed }) => sum + (missed ?? 0),
      0,
    );
  };
  const tried = SEASON_TRUSTS.map((trust) => ({ trust, miss: missOf(trust) }));
  const best = tried.reduce((a, b) => (b.miss < a.miss ? b : a));
  const usual = tried.find(({ trust }) => trust === SEASON_TRUST)!;
  return best.miss < usual.miss * (1 - LEAST_TRUST_GAIN) ? best.trust : SEASON_TRUST;
}

/** The week before which nothing is tested: what a candidate learned from earlier weeks was not told. */
export function firstTestedOrigin(series: DemandSeries, horizonDays: number): number {
  return testedOrigins(series, horizonDays).at(-1) ?? series.weeks;
}

/** Newest first. */
function testedOrigins({ weeks }: DemandSeries, horizonDays: number): number[] {
  const windowWeeks = toWeeks(horizonDays);
  const origins: number[] = [];
  for (
    let origin = weeks - windowWeeks;
    origin >= LEAST_WEEKS && origins.length < MOST_ORIGINS;
    origin -= windowWeeks
  )
    origins.push(origin);
  return origins;
}

interface Case {
  readonly origin: number;
  readonly item: number;
  readonly outcome: number;
  /** Orders in the window before the origin. */
  readonly last: number;
}

function listCases({ items, weeks, orders }: DemandSeries, origin: number, windowWeeks: number): Case[] {
  const cases: Case[] = [];
  for (let item = 0; item < items; item++) {
    let before = 0;
    for (let week = Math.max(0, origin - 52); week < origin; week++) before += orders[item * weeks + week]!;
    if (before < LEAST_ORDERS) continue;
    const soldFrom = (first: number) =>
      orders
        .subarray(item * weeks + Math.max(0, first), item * weeks + first + windowWeeks)
        .reduce((sum, sold) => sum + sold, 0);
    cases.push({ origin, item, outcome: soldFrom(origin), last: soldFrom(origin - windowWeeks) });
  }
  return cases;
}

function forecastCases(
  candidate: DemandCandidate,
  origins: number[],
  cases: Case[],
  days: number,
): Float32Array {
  const byOrigin = new Map(origins.map((origin) => [origin, candidate.forecast(origin, days)]));
  return Float32Array.from(cases, ({ origin, item }) => byOrigin.get(origin)![item]!);
}

/** The mean of several forecasts: a combination is seldom worse than its best part. @see Bates and Granger 1969 */
function averageOf(candidates: readonly DemandCandidate[]): DemandCandidate {
  return {
    name: `mean of ${candidates.map(({ name }) => name).join(" + ")}`,
    forecast(origin, days) {
      const parts = candidates.map((candidate) => candidate.forecast(origin, days));
      return parts[0]!.map((_, item) => parts.reduce((sum, part) => sum + part[item]!, 0) / parts.length);
    },
  };
}

function wape(forecasts: Float32Array, outcomes: Float32Array): number {
  let missed = 0;
  let sold = 0;
  for (let index = 0; index < outcomes.length; index++) {
    missed += Math.abs(outcomes[index]! - forecasts[index]!);
    sold += outcomes[index]!;
  }
  return sold > 0 ? missed / sold : missed;
}

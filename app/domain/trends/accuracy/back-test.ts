import {
  listDemandCandidates,
  SEASON_TRUST,
  SEASON_TRUSTS,
  SEASONAL_NAMES,
  type DemandCandidate,
  type LevelsAt,
} from "#app/domain/trends/methods/demand-candidates.ts";
import { isClearlyBetter } from "#app/domain/numbers/statistics.ts";
import { type DemandSeries, sumWeeks, toWeeks } from "#app/domain/trends/demand-series.ts";

/** Result of one candidate on the windows before the cutoff. */
export interface DemandMetrics {
  readonly name: string;
  /** Σ|y − f| / Σy over the items with a history, all origins; null when nothing could be tested. */
  readonly wape: number | null;
  readonly isChosen: boolean;
}

/** Forecasts of the chosen method with their outcomes, for intervals. */
export interface BackTest {
  readonly candidates: DemandMetrics[];
  readonly chosen: DemandCandidate;
  /** Forecast and outcome of every tested item and origin. */
  readonly forecasts: Float32Array;
  readonly outcomes: Float32Array;
  /** Orders of the window before each origin. */
  readonly lasts: Float32Array;
  /** Week index of each forecast's origin, newest origin first, and its item. */
  readonly origins: Int32Array;
  readonly items: Int32Array;
}

const MOST_ORIGINS = 6;
/** Weeks required before an origin, and orders that an item needs in the year before it. */
const LEAST_WEEKS = 8;
const LEAST_ORDERS = 8;

/**
 * Standard errors by which a challenger must beat the incumbent over the windows. Twice the bar of `chooseMeasured` in
 * step 3: with at most six windows the error itself is uncertain, and there are many challengers.
 */
const CHALLENGE_ERRORS = 2;

/**
 * Tests the methods on the windows that end at or before the cutoff, at most six, without overlap. The incumbent is the
 * method known to do well before any window is read. A challenger replaces it only if it is clearly better over the
 * windows, because the lowest error of six is usually luck.
 *
 * @param methods.incumbent the default, also chosen when nothing can be tested
 * @see Claeskens, Magnus, Vasnev & Wang 2016, The forecast combination puzzle, for why a plain mean is hard to beat.
 *   Known weakness: all windows share one shop's market, so a method can still win by luck with that market.
 */
export function backTest(
  series: DemandSeries,
  { incumbent, challengers }: { incumbent: DemandCandidate; challengers: readonly DemandCandidate[] },
  horizonDays: number,
): BackTest {
  const windows = openWindows(series, horizonDays);
  const { cases, outcomes } = windows;
  const tried = [incumbent, ...challengers].map((candidate) => tryOn(windows, candidate));
  const [holder] = tried as [Tried];
  const chosen = tried
    .filter((one) => one === holder || isClearlyBetter(gainsOver(holder, one), CHALLENGE_ERRORS))
    .reduce((a, b) => (b.missed < a.missed ? b : a));
  return {
    chosen: chosen.candidate,
    forecasts: chosen.forecasts,
    outcomes,
    lasts: Float32Array.from(cases, (one) => one.last),
    origins: Int32Array.from(cases, (one) => one.origin),
    items: Int32Array.from(cases, (one) => one.item),
    candidates: tried.map((one) => ({
      name: one.candidate.name,
      wape: cases.length === 0 ? null : toWape(one.missed, outcomes),
      isChosen: one === chosen,
    })),
  };
}

/**
 * WAPE of each candidate on the windows of `backTest`; null when nothing could be tested.
 *
 * @param isTested filters the items; all by default
 */
export function measureWapes(
  series: DemandSeries,
  candidates: readonly DemandCandidate[],
  horizonDays: number,
  isTested: (item: number) => boolean = () => true,
): (number | null)[] {
  const windows = openWindows(
    series,
    horizonDays,
    (item, origin) => isTested(item) && hasHistory(series, item, origin),
  );
  if (windows.cases.length === 0) return candidates.map(() => null);
  return candidates.map((candidate) => toWape(tryOn(windows, candidate).missed, windows.outcomes));
}

/**
 * Relative gain that replaces the default trust in the season, because windows are few. A share instead of standard
 * errors: neighbouring trusts differ by little in every window. A round guess; not tuned.
 */
const LEAST_TRUST_GAIN = 0.01;

/**
 * Chooses how far to trust last year's season: the exponent of `SEASON_TRUSTS` with the lowest error of the seasonal
 * methods on the windows of `backTest`.
 *
 * @returns the default when no window has a year before it, or when no other exponent is at least 1 % better
 */
export function fitSeasonTrust(series: DemandSeries, levelsAt: LevelsAt, horizonDays: number): number {
  const missOf = (trust: number) => {
    const seasonal = listDemandCandidates(levelsAt, trust).filter(({ name }) =>
      SEASONAL_NAMES.includes(name),
    );
    return measureWapes(series, seasonal, horizonDays).reduce<number>((sum, wape) => sum + (wape ?? 0), 0);
  };
  const tried = SEASON_TRUSTS.map((trust) => ({ trust, miss: missOf(trust) }));
  const best = tried.reduce((a, b) => (b.miss < a.miss ? b : a));
  const usual = tried.find(({ trust }) => trust === SEASON_TRUST)!;
  return best.miss < usual.miss * (1 - LEAST_TRUST_GAIN) ? best.trust : SEASON_TRUST;
}

/** The earliest tested week: a candidate trained on earlier weeks has not seen the test windows. */
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

/** Whether an item sold enough in the year before to test a method on it. */
function hasHistory({ weeks, orders }: DemandSeries, item: number, origin: number): boolean {
  const from = Math.max(0, origin - 52);
  return sumWeeks(orders, item * weeks + from, origin - from) >= LEAST_ORDERS;
}

/** Age limits in weeks of a young item, the youngest first. */
export const YOUNG_WEEKS = [1, 3] as const;

/** Whether an item had its first order in the weeks before; unknown, so false, for items in the log's first week. */
export function isYoung(
  { firstWeek }: DemandSeries,
  item: number,
  origin: number,
  youngWeeks: number,
): boolean {
  return firstWeek[item]! > 0 && firstWeek[item]! < origin && firstWeek[item]! >= origin - youngWeeks;
}

/** Forecasts and outcomes of items that were young in the windows of `backTest`; their errors are larger. */
export function testYoungItems(
  series: DemandSeries,
  candidate: DemandCandidate,
  { horizonDays, youngWeeks }: { readonly horizonDays: number; readonly youngWeeks: number },
): Pick<BackTest, "forecasts" | "outcomes"> {
  const windows = openWindows(series, horizonDays, (item, origin) =>
    isYoung(series, item, origin, youngWeeks),
  );
  return { forecasts: tryOn(windows, candidate).forecasts, outcomes: windows.outcomes };
}

function listCases(
  { items, weeks, orders }: DemandSeries,
  origin: number,
  windowWeeks: number,
  isTested: (item: number, origin: number) => boolean,
): Case[] {
  const cases: Case[] = [];
  for (let item = 0; item < items; item++) {
    if (!isTested(item, origin)) continue;
    const lastFrom = Math.max(0, origin - windowWeeks);
    cases.push({
      origin,
      item,
      outcome: sumWeeks(orders, item * weeks + origin, windowWeeks),
      last: sumWeeks(orders, item * weeks + lastFrom, origin - lastFrom),
    });
  }
  return cases;
}

interface TestedWindows {
  /** Newest first. */
  readonly origins: readonly number[];
  /** In the order of the origins. */
  readonly cases: readonly Case[];
  readonly outcomes: Float32Array;
  readonly days: number;
}

function openWindows(
  series: DemandSeries,
  horizonDays: number,
  isTested: (item: number, origin: number) => boolean = (item, origin) => hasHistory(series, item, origin),
): TestedWindows {
  const windowWeeks = toWeeks(horizonDays);
  const origins = testedOrigins(series, horizonDays);
  const cases = origins.flatMap((origin) => listCases(series, origin, windowWeeks, isTested));
  return {
    origins,
    cases,
    outcomes: Float32Array.from(cases, ({ outcome }) => outcome),
    days: windowWeeks * 7,
  };
}

/** A candidate's forecasts of all cases, with the absolute error in orders, in total and per window. */
interface Tried {
  readonly candidate: DemandCandidate;
  readonly forecasts: Float32Array;
  readonly missed: number;
  /** [origins] */
  readonly missedAt: Float64Array;
}

function tryOn({ origins, cases, days }: TestedWindows, candidate: DemandCandidate): Tried {
  const forecasts = new Float32Array(cases.length);
  const missedAt = new Float64Array(origins.length);
  let at = 0;
  origins.forEach((origin, window) => {
    const ofItems = candidate.forecast(origin, days);
    for (; at < cases.length && cases[at]!.origin === origin; at++) {
      const { item, outcome } = cases[at]!;
      forecasts[at] = ofItems[item]!;
      missedAt[window]! += Math.abs(outcome - forecasts[at]!);
    }
  });
  return { candidate, forecasts, missedAt, missed: missedAt.reduce((sum, missed) => sum + missed, 0) };
}

/** [origins] orders by which the challenger's error is lower. */
function gainsOver(holder: Tried, challenger: Tried): Float64Array {
  return holder.missedAt.map((missed, window) => missed - challenger.missedAt[window]!);
}

function toWape(missed: number, outcomes: Float32Array): number {
  const sold = outcomes.reduce((sum, outcome) => sum + outcome, 0);
  return sold > 0 ? missed / sold : missed;
}

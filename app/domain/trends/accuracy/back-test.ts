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
 * Standard errors by which a challenger must gain over the windows to take the incumbent method's place. Twice what a
 * choice by orders asks for (`chooseMeasured` of step 3): there are six windows at most, so that the error itself is
 * known badly, and many challenge.
 */
const CHALLENGE_ERRORS = 2;

/**
 * Tries the methods on the windows that end at or before the cutoff, at most six of them and not overlapping. The
 * incumbent method is what is known to do well before any window is looked at; a challenger takes its place only where it
 * was clearly better over the windows, for the least miss of six is more often luck than skill.
 *
 * @param methods.incumbent the default, and what is chosen where nothing can be tested
 * @see Claeskens, Magnus, Vasnev & Wang 2016, The forecast combination puzzle, for why a plain mean is hard to beat
 * Known weakness: six windows of one shop share that shop's market; a method can still win by its luck with the market.
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
 * WAPE of each candidate on the windows of `backTest`; null where nothing could be tested.
 *
 * @param isTested which items are looked at; all when absent
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
 * A trust in the season is left for another only when that misses this share less: windows are few. A share, not standard
 * errors, because trusts lie on a line and neighbours differ by little in every window. A round guess; not tuned.
 */
const LEAST_TRUST_GAIN = 0.01;

/**
 * How far last year's season is believed: the exponent of `SEASON_TRUSTS` with the least miss of the seasonal methods
 * on the same windows that the methods are compared on.
 *
 * @returns the usual one where no window has a year behind it, or none misses 1 % less
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

/** Whether an item sold enough in the year before to judge a method by. */
function hasHistory({ weeks, orders }: DemandSeries, item: number, origin: number): boolean {
  const from = Math.max(0, origin - 52);
  return sumWeeks(orders, item * weeks + from, origin - from) >= LEAST_ORDERS;
}

/** Weeks from an item's first order on in which little is known of it; of the first of them alone, least. */
export const YOUNG_WEEKS = [1, 3] as const;

/** Whether an item came out in the weeks before; of what the log begins with that is not known. */
export function isYoung(
  { firstWeek }: DemandSeries,
  item: number,
  origin: number,
  youngWeeks: number,
): boolean {
  return firstWeek[item]! > 0 && firstWeek[item]! < origin && firstWeek[item]! >= origin - youngWeeks;
}

/** Forecasts of items that were young at the windows of `backTest`, beside what came: those are missed by more. */
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

/** A candidate's forecasts of all cases, and how many orders they missed in all and in each window. */
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

/** [origins] orders that the challenger missed less by. */
function gainsOver(holder: Tried, challenger: Tried): Float64Array {
  return holder.missedAt.map((missed, window) => missed - challenger.missedAt[window]!);
}

function toWape(missed: number, outcomes: Float32Array): number {
  const sold = outcomes.reduce((sum, outcome) => sum + outcome, 0);
  return sold > 0 ? missed / sold : missed;
}

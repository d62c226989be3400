import { firstBasketAt, type Baskets, countUnitsPerOrder } from "#app/domain/prepare/baskets.ts";
import { DAY_MS } from "#app/domain/time.ts";
import {
  backTest,
  firstTestedOrigin,
  fitSeasonTrust,
  isYoung,
  testYoungItems,
  YOUNG_WEEKS,
  type DemandMetrics,
} from "#app/domain/trends/accuracy/back-test.ts";
import {
  averageOf,
  listDemandCandidates,
  openLevels,
  SEASONAL_NAMES,
  type DemandCandidate,
} from "#app/domain/trends/methods/demand-candidates.ts";
import { forecastDays } from "#app/domain/trends/days/daily-demand.ts";
import { openDemandPast, type DemandPast, toWeeks } from "#app/domain/trends/demand-series.ts";
import {
  intervalOf,
  LEAST_TAIL,
  learnErrorSpread,
  learnTrendTable,
  likeliestTrend,
} from "#app/domain/trends/accuracy/forecast-interval.ts";
import { SEASON_STEPS, SEASON_STEP_WEEKS, type ItemForecast } from "#app/domain/trends/item-forecast.ts";
import {
  learnPrices,
  choosePriceAhead,
  listPriceCandidates,
} from "#app/domain/trends/prices/price-candidates.ts";
import { WEEKS_IN_YEAR, openSeasons, type SeasonAhead } from "#app/domain/trends/methods/season.ts";
import { fitLinearTrend, toLinearCandidate } from "./fit-linear-trend.ts";

export interface DemandOptions {
  /** Only orders before this instant are used. */
  readonly cutoffMs: number;
  /** Days to forecast, 1 to 364. */
  readonly horizonDays: number;
  /** Item → planned price in the window, minor units, if the shop has set one. */
  readonly plannedPriceMinor?: ReadonlyMap<number, number>;
  /** Also forecasts each day of the window. */
  readonly isDaily?: boolean;
  /** Stops between two training steps. */
  readonly signal?: AbortSignal;
}

export interface DemandForecast {
  /** One per item with any sale before the cutoff, in order of the items. */
  readonly forecasts: ItemForecast[];
  readonly candidates: DemandMetrics[];
  /** Present if requested and there is a forecast. */
  readonly daily?: ReturnType<typeof forecastDays>;
}

/**
 * Step 4, trends: expected orders with each item in the days after the cutoff. Uses the mean of two seasonal methods,
 * or a method that was clearly better on the windows before it.
 *
 * @returns no forecasts when there is no basket before the cutoff
 * @throws RangeError unless 1 ≤ horizonDays ≤ 364
 */
export async function forecastDemand(baskets: Baskets, options: DemandOptions): Promise<DemandForecast> {
  const { cutoffMs, horizonDays } = options;
  if (!(horizonDays >= 1 && horizonDays <= 364))
    throw new RangeError(`horizonDays must lie between 1 and 364, got ${horizonDays}`);
  const past = openDemandPast(baskets, cutoffMs);
  const { series } = past;
  if (series.weeks === 0) return { forecasts: [], candidates: [] };

  const { incumbent, challengers, priceCandidates } = await openMethods(baskets, past, options);
  const tested = backTest(series, { incumbent, challengers }, horizonDays);
  const spread = learnErrorSpread(tested.forecasts, tested.outcomes, tested.origins);
  const ofYoung = YOUNG_WEEKS.map((youngWeeks) => ({
    youngWeeks,
    missed: testYoungItems(series, tested.chosen, { horizonDays, youngWeeks }),
  }))
    .filter(({ missed }) => missed.outcomes.length >= LEAST_TAIL)
    .map(({ youngWeeks, missed }) => ({
      youngWeeks,
      spread: learnErrorSpread(missed.forecasts, missed.outcomes),
    }));
  const spreadOf = (item: number) =>
    ofYoung.find(({ youngWeeks }) => isYoung(series, item, series.weeks, youngWeeks))?.spread ?? spread;
  const table = learnTrendTable(tested.forecasts, tested.lasts, tested.outcomes);
  const expected = tested.chosen.forecast(series.weeks, horizonDays);
  // In a shop younger than the window, scales the orders so far up to a full window.
  const pace = Math.max(1, horizonDays / series.openDays.knownSlots);
  const last = countOrdersBetween(baskets, cutoffMs - horizonDays * DAY_MS, cutoffMs).map(
    (orders) => orders * pace,
  );
  const unitsPerOrder = countUnitsPerOrder(baskets, cutoffMs);
  const seasons = openSeasons(baskets, series, { cutoffMs, horizonDays });
  const seasonIndex = seasons(0);
  const seasonAhead = seasonIndex ? seasonsAhead(seasons, horizonDays) : [];

  const forecasts: ItemForecast[] = [];
  for (let item = 0; item < series.items; item++) {
    if (series.firstWeek[item]! >= series.weeks) continue;
    const ordersExpected = Math.max(0, expected[item]!);
    const ownSpread = spreadOf(item);
    const { low, high } = intervalOf(ownSpread, ordersExpected);
    forecasts.push({
      item,
      horizonDays,
      ordersExpected,
      ordersLow: Math.min(low, ordersExpected),
      ordersHigh: Math.max(high, ordersExpected),
      unitsPerOrder: unitsPerOrder[item]!,
      trend: likeliestTrend(table, ownSpread, ordersExpected, last[item]!),
      seasonIndex: seasonIndex ? seasonIndex[item]! : null,
      ...(seasonAhead.length > 0
        ? { seasonAhead: seasonAhead.map((index) => (index ? index[item]! : null)) }
        : {}),
    });
  }
  const daily = options.isDaily ? forecastDays({ baskets, past, tested }, forecasts) : null;
  return {
    forecasts,
    candidates: [...tested.candidates, ...priceCandidates],
    ...(daily ? { daily } : {}),
  };
}

/**
 * [steps][items] season of the windows after the coming one, up to a year from the cutoff; null for a window that last
 * year does not cover.
 */
function seasonsAhead(seasons: SeasonAhead, horizonDays: number): (Float32Array | null)[] {
  const windowWeeks = toWeeks(horizonDays);
  return Array.from({ length: SEASON_STEPS }, (_, step) => (step + 1) * SEASON_STEP_WEEKS)
    .filter((aheadWeeks) => aheadWeeks + windowWeeks <= WEEKS_IN_YEAR)
    .map((aheadWeeks) => seasons(aheadWeeks));
}

/**
 * Opens the plain methods, with prices if they help, and the linear map if there is enough history to train and test
 * it. Forecasts of past weeks use only the data of that time, except for the trust in the season and the choice of
 * price, which use all tested windows.
 */
export async function openMethods(
  baskets: Baskets,
  past: DemandPast,
  { horizonDays, plannedPriceMinor, signal }: DemandOptions,
): Promise<{
  incumbent: DemandCandidate;
  challengers: DemandCandidate[];
  priceCandidates: DemandMetrics[];
}> {
  const { series } = past;
  const levelsAt = openLevels(past);
  const trust = fitSeasonTrust(series, levelsAt, horizonDays);
  const endWeek = firstTestedOrigin(series, horizonDays);
  const withoutPrices = listDemandCandidates(levelsAt, trust);
  const known = learnPrices(baskets, series, {
    earlyWeek: endWeek,
    plannedMinor: plannedPriceMinor ?? null,
  });
  const prices = known && choosePriceAhead(past, withoutPrices, known, { trust, horizonDays });
  const priced = prices?.ahead ? listPriceCandidates(past, known!, trust, prices.ahead) : null;
  const priceOn = (candidate: DemandCandidate) => priced?.get(candidate.name) ?? candidate;
  const plain = withoutPrices.map(priceOn);
  const incumbent = averageOf(withoutPrices.filter(({ name }) => SEASONAL_NAMES.includes(name)).map(priceOn));

  const stop = signal ? { signal } : {};
  const early = await fitLinearTrend(levelsAt(endWeek), { endWeek, horizonDays, ...stop });
  const late =
    early && (await fitLinearTrend(levelsAt(series.weeks), { endWeek: series.weeks, horizonDays, ...stop }));
  const challengers =
    early && late
      ? [...plain, toLinearCandidate({ weeks: series.weeks, levelsAt }, early, late, incumbent)]
      : plain;
  return { incumbent, challengers, priceCandidates: prices?.candidates ?? [] };
}

function countOrdersBetween(baskets: Baskets, fromMs: number, toMs: number): Float64Array {
  const orders = new Float64Array(baskets.items.length);
  const end = firstBasketAt(baskets, toMs);
  for (let line = baskets.offsets[firstBasketAt(baskets, fromMs)]!; line < baskets.offsets[end]!; line++)
    orders[baskets.item[line]!]! += 1;
  return orders;
}

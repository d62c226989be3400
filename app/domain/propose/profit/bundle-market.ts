import { type Estimate, upperMedian, Z80, Z90 } from "#app/domain/numbers/statistics.ts";
import type { CoViews } from "#app/domain/behaviour/sessions/co-views.ts";
import type { Neighbours } from "#app/domain/behaviour/behaviour-model.ts";
import { type Baskets, type Item, countUnitsPerOrder } from "#app/domain/prepare/baskets.ts";
import { learnChance, expectedByChance, type CountedOrders } from "#app/domain/propose/together/by-chance.ts";
import type { LikeNamed, NamedItems } from "./component-relation.ts";
import { countOrders, type Occurrences } from "#app/domain/propose/together/occurrences.ts";
import { openTypeOrders, type LackingRatio } from "#app/domain/propose/together/type-orders.ts";
import { liftOf } from "#app/domain/propose/together/pair-statistics.ts";
import { COUNTED_LIFTS, type ExpectedLift, type PairTraits } from "#app/domain/propose/together/pair-lift.ts";
import type { ShopResponse } from "./shop-response.ts";
import { findKindWords, withoutBrand } from "#app/domain/propose/titles/line-words.ts";
import { findNouns, findTypeWords } from "#app/domain/propose/titles/title-similarity.ts";
import { splitCompounds, nameWordsOf, wordsOf } from "#app/domain/propose/titles/title-words.ts";
import { findSubstitutePairs } from "#app/domain/propose/together/viewed-pairs.ts";
import { SEASON_TRUST } from "#app/domain/trends/methods/demand-candidates.ts";
import { SEASON_STEPS, SEASON_STEP_WEEKS, type ItemForecast } from "#app/domain/trends/item-forecast.ts";
import { seasonChange } from "#app/domain/trends/methods/season.ts";
import type { ShopSettings } from "#app/domain/shop-settings.ts";
import { DAY_MS } from "#app/domain/time.ts";

/** Length of the window of every expected effect, in days. */
export const EFFECT_DAYS = 28;
/** Standard deviation of log demand without a forecast: 68 % between half and twice the count. A guess; not tuned. */
const NO_FORECAST_LOG_SD = 0.7;
/** Upper limit of a forecast's log SD, 4.5 times either way: ends near 0 exceed it. A guess; not tuned. */
const MOST_LOG_SD = 1.5;
/**
 * Standard deviation of the log share of an item's orders that hold the others, over a month, beyond the error of its
 * count: assortments change. On nine dates of one real shop, 90 % intervals cover 87 % without it, 90 % with it.
 */
const SHARE_LOG_SD = 0.25;
/** Standard deviations that a count can be off by: of a hundred thousand pairs, about a hundred exceed it by chance. */
const BEYOND_DOUBT = 3;
/** Orders added to both interval ends before the logarithm, as the low end can be 0: half of the smallest count. */
const HALF_AN_ORDER = 0.5;

/** Inputs for how long stock lasts in a window of 28 days. */
export interface StockOutlook {
  readonly items: readonly Item[];
  /** [items] orders expected in 28 days. */
  readonly demand: Float64Array;
  /** [items] mean units in an order that holds the item, from the forecast if there is one. */
  readonly unitsPerOrder: Float64Array;
  /** [items] units expected to sell before the window begins; 0 for the coming window. */
  readonly soldBefore: Float64Array;
}

/** Expected and counted orders of items in a window. */
export interface DemandOutlook {
  readonly occurrences: Occurrences;
  /** Windows of 28 days in the time span of `occurrences`, at least 1. */
  readonly windows: number;
  /** [items] orders expected in 28 days. */
  readonly demand: Float64Array;
}

interface JointOutlook extends PairTraits, CountedOrders, Omit<DemandOutlook, "windows"> {
  /** [items] standard deviation of the logarithm of `demand`. */
  readonly demandLogSd: Float64Array;
  readonly expectedLift: ExpectedLift;
}

export interface SeasonOutlook {
  /** [items] season index; 1 if unknown. */
  readonly season: Float64Array;
  /** Median season index: the season of the shop as a whole. */
  readonly shopSeason: number;
}

export interface OfferPricing {
  readonly items: readonly Item[];
  readonly settings: ShopSettings;
  readonly response: ShopResponse;
}

export interface OfferOutlook extends JointOutlook, StockOutlook, SeasonOutlook, OfferPricing {
  readonly lackingRatio: LackingRatio;
}

/** Settings learned from the shop's pairs, and the basis of discounts. */
interface PairCalibration {
  readonly response: ShopResponse;
  readonly expectedLift: ExpectedLift;
  readonly likeNamed: LikeNamed;
}

/** Everything known about a shop's items in one window. Built once, read for every candidate. */
export interface BundleMarket
  extends OfferOutlook, DemandOutlook, CountedOrders, NamedItems, PairCalibration {
  readonly neighbours: Neighbours;
  /** [baskets] local time of the shop; null if its time zone is unknown. */
  readonly clockMs: Float64Array | null;
}

/** A market in the coming window and in later windows, by last year's season curve. */
export type ThroughYear<M> = M & {
  /** Soonest first. */
  readonly ahead: readonly { readonly startsInDays: number; readonly market: M }[];
};

/** What is known of a shop before `cutoffMs`. */
export interface MarketInput {
  /** Only baskets before `cutoffMs` count. */
  readonly baskets: Baskets;
  readonly neighbours: Neighbours;
  /** Forecasts of the coming weeks. Expected effects and stock cover are based on them. */
  readonly forecasts: readonly ItemForecast[];
  readonly settings: ShopSettings;
  readonly cutoffMs: number;
  /** UTC to the shop's local clock; without it, hours and weekdays are ignored. */
  readonly toClockMs?: (atMs: number) => number;
  /** Products that visitors viewed together before `cutoffMs`; without it, only orders count. */
  readonly coViews?: CoViews | undefined;
}

/** @param input `windowMs` is the length of the window that `occurrences` counts */
export function surveyMarket(
  input: MarketInput & {
    readonly occurrences: Occurrences;
    readonly response: ShopResponse;
    readonly windowMs: number;
  },
): ThroughYear<BundleMarket> {
  const { baskets, forecasts, occurrences } = input;
  const { items } = baskets;
  const windows = Math.max(1, input.windowMs / (EFFECT_DAYS * DAY_MS));
  const demand = Float64Array.from(items, (_, item) => countOrders(occurrences, item) / windows);
  const demandLogSd = new Float64Array(items.length).fill(NO_FORECAST_LOG_SD);
  const season = new Float64Array(items.length).fill(1);
  const unitsPerOrder = countUnitsPerOrder(baskets, input.cutoffMs);
  for (const forecast of forecasts) {
    const scale = EFFECT_DAYS / forecast.horizonDays;
    demand[forecast.item] = forecast.ordersExpected * scale;
    demandLogSd[forecast.item] = Math.min(
      MOST_LOG_SD,
      Math.log((forecast.ordersHigh + HALF_AN_ORDER) / (forecast.ordersLow + HALF_AN_ORDER)) / (2 * Z80),
    );
    season[forecast.item] = forecast.seasonIndex ?? 1;
    unitsPerOrder[forecast.item] = forecast.unitsPerOrder;
  }
  const clockMs = input.toClockMs ? occurrences.placedAtMs.map(input.toClockMs) : null;
  const chance = learnChance(occurrences, clockMs);
  const unbranded = withoutBrand(items);
  const named = splitCompounds(unbranded);
  const nouns = findNouns(named);
  const market: BundleMarket = {
    items,
    occurrences,
    chance,
    settings: input.settings,
    neighbours: input.neighbours,
    windows,
    expectedLift: COUNTED_LIFTS.expectedLift,
    likeNamed: new Map(),
    response: input.response,
    demand,
    demandLogSd,
    season,
    shopSeason: medianSeason(forecasts.flatMap(({ seasonIndex }) => seasonIndex ?? [])),
    unitsPerOrder,
    soldBefore: new Float64Array(items.length),
    words: unbranded.map(({ title }) => wordsOf(title)),
    nameWords: unbranded.map(({ title }) => nameWordsOf(title)),
    kindWords: findKindWords(named, nouns),
    types: findTypeWords(named, nouns),
    lackingRatio: openTypeOrders({ occurrences, items, nouns }),
    clockMs,
    viewedPairs: input.coViews ? findSubstitutePairs(occurrences, chance, input.coViews) : null,
  };
  return { ...market, ahead: seasonsAhead(market, forecasts) };
}

/** Applies the calibration to the market and its later windows. */
export function withCalibration(
  market: ThroughYear<BundleMarket>,
  calibration: PairCalibration,
): ThroughYear<BundleMarket> {
  const ahead = market.ahead.map((one) => ({ ...one, market: { ...one.market, ...calibration } }));
  return { ...market, ...calibration, ahead };
}

/** Scales demand by the season with the same trust exponent as the forecast. */
function seasonsAhead(
  market: BundleMarket,
  forecasts: readonly ItemForecast[],
): ThroughYear<BundleMarket>["ahead"] {
  const stepDays = SEASON_STEP_WEEKS * 7;
  const ahead: { startsInDays: number; market: BundleMarket }[] = [];
  let before = market;
  let soldBefore = market.soldBefore;
  for (let step = 0; step < SEASON_STEPS; step++) {
    const known = forecasts.flatMap(({ item, seasonAhead }) => {
      const index = seasonAhead?.[step];
      return typeof index === "number" ? [{ item, index }] : [];
    });
    soldBefore = soldBefore.map(
      (units, item) => units + (before.demand[item]! * market.unitsPerOrder[item]! * stepDays) / EFFECT_DAYS,
    );
    if (known.length === 0) continue;
    const [demand, season] = [market.demand.slice(), market.season.slice()];
    for (const { item, index } of known) {
      demand[item]! *= seasonChange(season[item]!, index, SEASON_TRUST);
      season[item] = index;
    }
    const shopSeason = medianSeason(known.map(({ index }) => index));
    before = { ...market, demand, season, shopSeason, soldBefore };
    ahead.push({ startsInDays: (step + 1) * stepDays, market: before });
  }
  return ahead;
}

/** 1, an ordinary time, if no index is known. */
function medianSeason(indices: readonly number[]): number {
  return upperMedian(indices.toSorted((a, b) => a - b)) ?? 1;
}

/**
 * Orders in the coming 28 days that would hold all items without an offer. The geometric mean over the items of
 * "expected orders × share of past orders that held the others", times `recurringRatio`. The 90 % interval joins the
 * count's Poisson error, the variation of the share and the errors of the forecasts.
 *
 * @param together past baskets with all of them
 * @param effectiveSize from `effectiveSampleSize`
 */
export function expectTogether(
  outlook: JointOutlook,
  items: readonly number[],
  { together, effectiveSize }: { readonly together: number; readonly effectiveSize: number },
): Estimate {
  let logMean = 0;
  let forecastSd = 0;
  for (const item of items) {
    logMean += Math.log(
      Math.max(1e-6, (outlook.demand[item]! * together) / countOrders(outlook.occurrences, item)),
    );
    forecastSd += outlook.demandLogSd[item]! / items.length;
  }
  const value =
    Math.exp(logMean / items.length) * recurringRatio(outlook, items, { together, effectiveSize });
  const countSd = 1 / Math.sqrt(Math.max(1, effectiveSize));
  const reach = Math.exp(Z90 * Math.hypot(countSd, forecastSd, SHARE_LOG_SD));
  return { value, low: value / reach, high: value * reach };
}

/** Expected lift of two items, at least the low end at 3 standard deviations of their own count. */
export function liftTogether(
  { chance, expectedLift }: CountedOrders & { readonly expectedLift: ExpectedLift },
  items: readonly number[],
  { together, effectiveSize }: { readonly together: number; readonly effectiveSize: number },
): number {
  // Chance scaled down to the effective sample size.
  const byChance = (expectedByChance(chance, items) * effectiveSize) / together;
  const expected = expectedLift(items[0]!, items[1]!, { together: effectiveSize, byChance });
  return Math.max(expected, liftOf(effectiveSize, byChance, effectiveSize, BEYOND_DOUBT).low);
}

/** Share (0 to 1) of the counted joint orders that is expected to recur. */
export function recurringRatio(
  outlook: CountedOrders & { readonly expectedLift: ExpectedLift },
  items: readonly number[],
  counted: { readonly together: number; readonly effectiveSize: number },
): number {
  const byChance = expectedByChance(outlook.chance, items);
  return Math.min(1, (liftTogether(outlook, items, counted) * byChance) / counted.together);
}

/** Expected orders relative to an average time, geometric mean over the items. */
export function demandTimes(
  { occurrences, windows, demand }: DemandOutlook,
  items: readonly number[],
): number {
  const logs = items.map((item) => {
    const average = countOrders(occurrences, item) / windows;
    return Math.log(Math.max(1e-6, demand[item]!) / Math.max(1e-6, average));
  });
  return Math.exp(logs.reduce((sum, log) => sum + log, 0) / logs.length);
}

/** Share (0 to 1) of the 28 days until the first item sells out at the expected demand. */
export function stockShare(outlook: StockOutlook, items: readonly number[]): number {
  return Math.min(1, ...items.map((item) => (coverDays(outlook, item) ?? Infinity) / EFFECT_DAYS));
}

/** Margin of one unit: price less cost, or the merchant's assumed margin if the cost is unknown. */
export function unitMarginMinor({ priceMinor, costMinor }: Item, assumedMarginRatio: number): number {
  return costMinor === null ? priceMinor * assumedMarginRatio : priceMinor - costMinor;
}

/** Rank (from 1) and strength (0 to 1) of `to` among the partners of `from`; null if it is not one of them. */
export function partnerOf({ partner, strength, count }: Neighbours, from: number, to: number) {
  for (let place = 0; place < count; place++)
    if (partner[from * count + place] === to)
      return { place: place + 1, strength: strength[from * count + place]! };
  return null;
}

/** The stronger direction of a pair; null if neither lists the other. */
export function strongerPartner(neighbours: Neighbours, a: number, b: number) {
  const forward = partnerOf(neighbours, a, b);
  const backward = partnerOf(neighbours, b, a);
  if (!forward || (backward && backward.strength > forward.strength))
    return backward ? { ...backward, from: b, to: a } : null;
  return { ...forward, from: a, to: b };
}

/** Days of the window that its opening stock lasts at expected demand; null if untracked, Infinity without demand. */
export function coverDays(
  { items, demand, unitsPerOrder, soldBefore }: StockOutlook,
  item: number,
): number | null {
  const { stockUnits } = items[item]!;
  if (stockUnits === null) return null;
  const leftUnits = stockUnits - soldBefore[item]!;
  if (leftUnits <= 0) return 0;
  const unitsADay = (demand[item]! * unitsPerOrder[item]!) / EFFECT_DAYS;
  return unitsADay > 0 ? leftUnits / unitsADay : Infinity;
}

export function isSellable({ isActive, priceMinor }: Item): boolean {
  return isActive && priceMinor > 0;
}

import { type Estimate, scaleEstimate } from "#app/domain/numbers/statistics.ts";
import type { BundleKind, ExpectedEffect, OfferDays } from "#app/domain/propose/proposal/bundle-proposal.ts";
import {
  coverDays,
  demandTimes,
  EFFECT_DAYS,
  expectTogether,
  liftTogether,
  isSellable,
  stockShare,
  unitMarginMinor,
  type DemandOutlook,
  type OfferOutlook,
  type OfferPricing,
  type SeasonOutlook,
  type StockOutlook,
  type ThroughYear,
} from "./bundle-market.ts";
import { expectedByChance } from "#app/domain/propose/together/by-chance.ts";
import { isBoughtAsSet, relationOfNames, type LikeNamed, type NamedItems } from "./component-relation.ts";
import { countOrders, effectiveSampleSize } from "#app/domain/propose/together/occurrences.ts";
import { liftOf } from "#app/domain/propose/together/pair-statistics.ts";
import {
  chooseDiscount,
  effectOf,
  marginByKind,
  meanAttachRatio,
  type BundleEconomics,
} from "./offer-value.ts";
import type { Result } from "#app/domain/result.ts";

export interface RelatedPair {
  readonly items: readonly [number, number];
  /** Past baskets with both, at least 1. */
  readonly together: number;
  /** True if the orders before the replay do not prove the pair, or are fewer than the setting asks for. */
  readonly isToTry: boolean;
}

/** A pair that is expected to pay. */
export interface BundleCandidate extends RelatedPair {
  readonly kind: BundleKind;
  /** In display order, the anchor first. */
  readonly items: readonly [number, number];
  /** [items] past baskets with the other item over baskets with both; at least 1. */
  readonly withoutOneRatio: readonly number[];
  /** [items] share of baskets with the other item and without this one that hold nothing else of its type. */
  readonly lackingRatio: readonly number[];
  /** Joint baskets expected by chance. */
  readonly byChance: number;
  readonly lift: Estimate;
  readonly discountRatio: number;
  readonly effect: ExpectedEffect;
  /** Extra margin with each kind of shoppers, minor units; the basis for choosing bundles. */
  readonly marginByKind: readonly number[];
  /** Strength of the relation between components, 0 to 1. */
  readonly relation: number;
  /** Share of buyers of one item that add the other anyway, mean of both; 0 if the price response is not measured. */
  readonly attachRatio: number;
  /** Geometric mean of the components' season indices. */
  readonly seasonIndex: number;
  /** True if the two share a name but are different products. */
  readonly isMatchingSet: boolean;
  readonly substitution?: Substitution;
  /** Start and end of an offer for a later season, days from now; absent for an offer that starts now. */
  readonly days?: OfferDays;
}

/** An out-of-stock component and its stand-in. */
export interface Substitution {
  readonly missing: number;
  readonly standIn: number;
  /** 0 to 1. */
  readonly similarity: number;
}

export type CandidateProblem =
  | "not_sellable"
  | "near_equal_titles"
  | "out_of_stock"
  | "stock_too_short"
  | "out_of_season"
  | "no_discount_pays";

/** Shorter stock runs out before the merchant decides. */
export const LEAST_COVER_DAYS = 7;
/** A bundle is seasonal if its index reaches this and exceeds the shop's index by this factor. */
const SEASON_PEAK = 1.3;
const SEASON_ABOVE_SHOP = 1.15;
/** Products with a lower share of an average time's demand are out of season. */
export const LEAST_OF_AVERAGE = 0.2;
/** Fewer orders in 28 days display as 0.0: the season of a product that the shop no longer sells. */
const LEAST_STATED_ORDERS = 0.05;

export interface CandidateMarket extends OfferOutlook, DemandOutlook, NamedItems {
  readonly likeNamed: LikeNamed;
}

/**
 * Assesses a pair: whether it can be sold, its parts are different products, it is in stock, and an offer pays.
 *
 * @param stock whether components must be in stock; `ignored` assesses the bundle as if they were
 */
export function assessBundle(
  market: CandidateMarket,
  { items, together, isToTry }: RelatedPair,
  stock: "required" | "ignored" = "required",
): Result<BundleCandidate, CandidateProblem> {
  if (items.some((item) => !isSellable(market.items[item]!))) return { ok: false, reason: "not_sellable" };
  const names = relationOfNames(market, items);
  const effectiveSize = effectiveSampleSize(market.occurrences, items);
  const isMatchingSet = names === "related" && isBoughtAsSet(market, items, { together, effectiveSize });
  if (names !== "different" && !isMatchingSet) return { ok: false, reason: "near_equal_titles" };
  if (stock === "required") {
    const covers = items.map((item) => coverDays(market, item));
    if (covers.some((days) => days === 0)) return { ok: false, reason: "out_of_stock" };
    if (isStockShort(market, items)) return { ok: false, reason: "stock_too_short" };
  }

  const ordersAnyway = expectTogether(market, items, { together, effectiveSize });
  const ordered = orderByDemand(market.demand, items);
  const withoutOneRatio = ordered
    .toReversed()
    .map((other) => countOrders(market.occurrences, other) / together);
  const lackingRatio = ordered.map((_, place) => market.lackingRatio(ordered, place));
  const relation = relationOf(liftTogether(market, items, { together, effectiveSize }));
  const economics = toEconomics(market, ordered, { ordersAnyway, withoutOneRatio, lackingRatio, relation });
  const discountRatio = chooseDiscount(economics, market.settings);
  if (discountRatio === null) return { ok: false, reason: "no_discount_pays" };

  const isSeasonal = isInSeason(market, items);
  const lasts = stock === "required" ? stockShare(market, items) : 1;
  const effect = whileInStock(effectOf(economics, discountRatio), lasts);
  // For a seasonal bundle, last year's curve decides: the level before the season, the forecast's start, is low.
  const isSold = isSeasonal
    ? effect.ordersWithOffer.value >= LEAST_STATED_ORDERS
    : demandTimes(market, items) >= LEAST_OF_AVERAGE;
  if (stock === "required" && !isSold) return { ok: false, reason: "out_of_season" };
  const seasonIndex = seasonIndexOf(market.season, items);
  const byChance = expectedByChance(market.chance, items);
  return {
    ok: true,
    value: {
      kind: isSeasonal ? "seasonal" : "complementary",
      items: ordered,
      withoutOneRatio,
      lackingRatio,
      together,
      byChance,
      lift: liftOf(together, byChance, effectiveSize),
      discountRatio,
      effect,
      marginByKind: marginByKind(economics, discountRatio).map((margin) => margin * lasts),
      relation,
      attachRatio: economics.basis === "measured" ? meanAttachRatio(economics) : 0,
      seasonIndex,
      isToTry,
      isMatchingSet,
    },
  };
}

/** Whether a component's stock runs out before the merchant decides. */
export function isStockShort(outlook: StockOutlook, items: readonly number[]): boolean {
  return items.some((item) => (coverDays(outlook, item) ?? Infinity) < LEAST_COVER_DAYS);
}

/** Share (0 to 1) of the offer's days that stock lasts; 1 for a later season, which the merchant buys stock for. */
export function lastingShare(
  outlook: StockOutlook,
  { items, days }: Pick<BundleCandidate, "items" | "days">,
): number {
  return days ? 1 : stockShare(outlook, items);
}

/** Problems that rule a bundle out now but not in a later season. */
const PASSING: readonly CandidateProblem[] = [
  "no_discount_pays",
  "out_of_stock",
  "stock_too_short",
  "out_of_season",
];
/** A later season must pay at least this many times as much as an offer now. */
const WORTH_WAITING = 1.5;
/** A pair that sells at least this share of an average time's orders starts now: a wait would lose what it earns. */
const OFF_SEASON = 0.5;
/** Higher than `SEASON_PEAK`, because the best of several windows peaks partly by luck. */
const PEAK_AHEAD = 1.6;

/**
 * Assesses the pair now, or, if it hardly sells now, for a later season if last year's curve shows one in which it pays
 * clearly more. The merchant sees it ahead of time, to plan and buy the stock that its effect assumes.
 */
export function assessThroughYear(
  market: ThroughYear<CandidateMarket>,
  pair: RelatedPair,
): Result<BundleCandidate, CandidateProblem> {
  const { items } = pair;
  const now = assessBundle(market, pair);
  if (market.ahead.length === 0 || (!now.ok && !PASSING.includes(now.reason))) return now;
  if (now.ok && (now.value.kind === "seasonal" || demandTimes(market, items) >= OFF_SEASON)) return now;
  const windows = market.ahead.filter((at) => {
    return seasonIndexOf(at.market.season, items) >= PEAK_AHEAD && isInSeason(at.market, items);
  });
  const first = windows[0];
  if (!first) return now;
  const then = assessBundle(first.market, pair, "ignored");
  if (!then.ok || extraOf(then.value) < WORTH_WAITING * (now.ok ? extraOf(now.value) : 0)) return now;
  const last = windows.findLast((at, place) => at === market.ahead[market.ahead.indexOf(first) + place])!;
  const days = { startsIn: first.startsInDays, endsIn: last.startsInDays + EFFECT_DAYS };
  return { ok: true, value: { ...then.value, days } };
}

/** The market in the bundle's window. */
export function marketOf<M>(market: ThroughYear<M>, { days }: Pick<BundleCandidate, "days">): M {
  return market.ahead.find(({ startsInDays }) => startsInDays === days?.startsIn)?.market ?? market;
}

/**
 * Scales an effect to the share (0 to 1) of days that stock lasts.
 *
 * Known weakness: ignores that the offer itself shortens the stock a little.
 */
export function whileInStock(effect: ExpectedEffect, share: number): ExpectedEffect {
  return {
    ordersAnyway: scaleEstimate(effect.ordersAnyway, share),
    ordersWithOffer: scaleEstimate(effect.ordersWithOffer, share),
    extraMarginMinor: scaleEstimate(effect.extraMarginMinor, share),
    extraRevenueMinor: scaleEstimate(effect.extraRevenueMinor, share),
  };
}

/** Stand-in demand is unknown: scales it by similarity, the low end to at most a quarter of the original's. */
export function asStandIn(original: Estimate, similarity: number): Estimate {
  const wished = scaleEstimate(original, similarity);
  return { ...wished, low: Math.min(wished.low, original.low / 4) };
}

/**
 * Builds the inputs for an offer's value from prices, margins and the number of shoppers who lack one component. That
 * number is `ordersAnyway` times the counted ratio. For a pair, it is based on the forecast demand for the other item
 * if that is higher. It excludes shoppers who take another product of the same type.
 */
export function toEconomics(
  { items: known, settings, response, demand }: OfferPricing & StockOutlook,
  items: readonly number[],
  {
    ordersAnyway,
    withoutOneRatio,
    lackingRatio,
    relation,
  }: Pick<BundleCandidate, "withoutOneRatio" | "lackingRatio" | "relation"> & {
    readonly ordersAnyway: Estimate;
  },
): BundleEconomics {
  const { value } = ordersAnyway;
  const timesMissing = (place: number) => {
    const counted = withoutOneRatio[place]!;
    return items.length === 2 && value > 0 ? Math.max(counted, demand[items[1 - place]!]! / value) : counted;
  };
  return {
    ordersAnyway,
    relation,
    basis: response.basis,
    remindedTimes: response.remindedTimesOf(items),
    mix: response.mixOf?.(items),
    components: items.map((item, place) => ({
      priceMinor: known[item]!.priceMinor,
      marginMinor: unitMarginMinor(known[item]!, settings.assumedMarginRatio),
      missing: scaleEstimate(ordersAnyway, lackingRatio[place]! * Math.max(0, timesMissing(place) - 1)),
      response: response.ofItem[item]!,
    })),
  };
}

/** Share of buyers of one component without the rest that has a use for it; 0 if lift is at most 1. */
export function relationOf(lift: number): number {
  return Math.max(0, 1 - 1 / lift);
}

export function extraOf({ effect }: Pick<BundleCandidate, "effect">): number {
  return effect.extraMarginMinor.value;
}

/** Most ordered first: its page has the most views, so it carries the offer. */
function orderByDemand(demand: Float64Array, [a, b]: readonly [number, number]): [number, number] {
  return (demand[b]! - demand[a]! || a - b) > 0 ? [b, a] : [a, b];
}

function isInSeason({ season, shopSeason }: SeasonOutlook, items: readonly number[]): boolean {
  const seasonIndex = seasonIndexOf(season, items);
  return (
    seasonIndex >= SEASON_PEAK &&
    seasonIndex >= SEASON_ABOVE_SHOP * shopSeason &&
    items.every((item) => season[item]! >= 1)
  );
}

/** Geometric mean of the items' season indices. */
function seasonIndexOf(season: Float64Array, items: readonly number[]): number {
  const logs = items.map((item) => Math.log(Math.max(season[item]!, 1e-6)));
  return Math.exp(logs.reduce((sum, log) => sum + log, 0) / logs.length);
}

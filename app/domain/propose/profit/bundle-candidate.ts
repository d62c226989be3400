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

/** Two items that go together. */
export interface RelatedPair {
  readonly items: readonly [number, number];
  /** Past baskets with both, at least 1. */
  readonly together: number;
  /** Whether orders before the replay do not prove it, or are fewer than asked for. */
  readonly isToTry: boolean;
}

/** A pair that pays by its own estimate. */
export interface BundleCandidate extends RelatedPair {
  readonly kind: BundleKind;
  /** In the order shown: the anchor first. */
  readonly items: readonly [number, number];
  /** [items] past baskets with the other item, over those with both; at least 1. */
  readonly withoutOneRatio: readonly number[];
  /** [items] share of those baskets that lack it: they hold nothing else of its type. */
  readonly lackingRatio: readonly number[];
  /** Baskets that chance would give, and how many times as many there are. */
  readonly byChance: number;
  readonly lift: Estimate;
  readonly discountRatio: number;
  readonly effect: ExpectedEffect;
  /** The extra margin with each kind of shoppers, minor units: what bundles are chosen by. */
  readonly marginByKind: readonly number[];
  /** How far the components go together, 0 to 1. */
  readonly relation: number;
  /** Share of those who order one of the two that adds the other anyway, their mean; 0 where no answer to prices is measured. */
  readonly attachRatio: number;
  /** Geometric mean of the components' season indices. */
  readonly seasonIndex: number;
  /** Whether the two share a name and are different products all the same. */
  readonly isMatchingSet: boolean;
  readonly substitution?: Substitution;
  /** When an offer for a season that is still to come should start and end, days from now; absent for one of now. */
  readonly days?: OfferDays;
}

/** A component that is out of stock and what takes its place. */
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

/** Stock that lasts less than this is gone before the merchant has decided. */
export const LEAST_COVER_DAYS = 7;
/** A season is one when the components peak by this much, and by this much more than the shop. */
const SEASON_PEAK = 1.3;
const SEASON_ABOVE_SHOP = 1.15;
/** Below this share of the demand of an average time, the products are out of season. */
export const LEAST_OF_AVERAGE = 0.2;
/** Fewer orders in 28 days are told as 0.0: a season of what the shop has ceased to sell. */
const LEAST_STATED_ORDERS = 0.05;

/** What a pair is judged by. */
export interface CandidateMarket extends OfferOutlook, DemandOutlook, NamedItems {
  readonly likeNamed: LikeNamed;
}

/**
 * Judges one pair: may it be sold, are its parts different products, is there stock, does a discount pay.
 *
 * @param stock whether a component must be in stock; a bundle with a gap is judged as if it were full
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
  // Last year's curve speaks for what is in season; the level before it, which the forecast starts from, is low.
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

/** Whether a component's stock is gone before the merchant has decided. */
export function isStockShort(outlook: StockOutlook, items: readonly number[]): boolean {
  return items.some((item) => (coverDays(outlook, item) ?? Infinity) < LEAST_COVER_DAYS);
}

/** Share (0 to 1) of its days that stock lasts for an offer; all of them for a season to come, which stock is bought for. */
export function lastingShare(
  outlook: StockOutlook,
  { items, days }: Pick<BundleCandidate, "items" | "days">,
): number {
  return days ? 1 : stockShare(outlook, items);
}

/** What may keep a bundle from being offered now, and leaves a season to come. */
const PASSING: readonly CandidateProblem[] = [
  "no_discount_pays",
  "out_of_stock",
  "stock_too_short",
  "out_of_season",
];
/** A season to come is waited for only where it pays so many times as much as an offer of now. */
const WORTH_WAITING = 1.5;
/** Of several windows looked at the best one peaks by luck too, so a season to come has to peak by more. */
const PEAK_AHEAD = 1.6;

/**
 * The same, or the bundle for the season that is still to come, where last year's curve promises one in which it pays
 * clearly more: told ahead, so that a merchant can plan and buy the stock that its effect counts on.
 */
export function assessThroughYear(
  market: ThroughYear<CandidateMarket>,
  pair: RelatedPair,
): Result<BundleCandidate, CandidateProblem> {
  const { items } = pair;
  const now = assessBundle(market, pair);
  if (market.ahead.length === 0 || (!now.ok && !PASSING.includes(now.reason))) return now;
  if (now.ok && now.value.kind === "seasonal") return now;
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

/** The market in the window that the bundle is for. */
export function marketOf<M>(market: ThroughYear<M>, { days }: Pick<BundleCandidate, "days">): M {
  return market.ahead.find(({ startsInDays }) => startsInDays === days?.startsIn)?.market ?? market;
}

/**
 * What comes and what an offer brings when stock lasts for a share (0 to 1) of the days: that share of it.
 *
 * Known weakness: what the offer itself sells shortens the stock by little, and is not counted.
 */
export function whileInStock(effect: ExpectedEffect, share: number): ExpectedEffect {
  return {
    ordersAnyway: scaleEstimate(effect.ordersAnyway, share),
    ordersWithOffer: scaleEstimate(effect.ordersWithOffer, share),
    extraMarginMinor: scaleEstimate(effect.extraMarginMinor, share),
    extraRevenueMinor: scaleEstimate(effect.extraRevenueMinor, share),
  };
}

/** What a stand-in draws is not known: its similarity to the original says it, the low end is a quarter of it. */
export function asStandIn(original: Estimate, similarity: number): Estimate {
  const wished = scaleEstimate(original, similarity);
  return { ...wished, low: Math.min(wished.low, original.low / 4) };
}

/**
 * What the offer's arithmetic needs, from prices, margins and who lacks one component: so many times those who order
 * it all as were counted; of a pair whoever is expected to order the other one, where that is more; without who takes
 * another of its type.
 */
export function toEconomics(
  { items: known, settings, response, demand }: OfferPricing & StockOutlook,
  items: readonly number[],
  {
    ordersAnyway,
    withoutOneRatio,
    lackingRatio,
    relation,
  }: {
    readonly ordersAnyway: Estimate;
    readonly withoutOneRatio: readonly number[];
    readonly lackingRatio: readonly number[];
    readonly relation: number;
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

/** Of those who order one component without the rest, the share that has a use for it: none where chance joins them. */
export function relationOf(lift: number): number {
  return Math.max(0, 1 - 1 / lift);
}

export function extraOf({ effect }: Pick<BundleCandidate, "effect">): number {
  return effect.extraMarginMinor.value;
}

/** Most ordered first: its page is seen most, so it carries the offer. */
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

import { relationOf, toEconomics } from "#app/domain/propose/profit/bundle-candidate.ts";
import { liftTogether, type BundleMarket } from "#app/domain/propose/profit/bundle-market.ts";
import { effectiveSampleSize, basketsOf, intersect } from "#app/domain/propose/together/occurrences.ts";
import {
  compareOffers,
  countSets,
  expectedRatios,
  isPromised,
  logOfCount,
  logOfDivision,
  PROMISE_SHAPE,
  REACHES,
  sumOf,
  type ComparedOffer,
  type OfferOutcome,
  type OutcomeTrial,
} from "./offer-likelihood.ts";
import type { SetOfferOutcome } from "./offer-deviations.ts";
import { addedRatioByKind } from "#app/domain/propose/profit/offer-value.ts";
import { SHOPPER_KINDS, type ShopperMix } from "#app/domain/propose/profit/shopper-kinds.ts";
import { believeOthers, toAnswer, type ShopAnswer } from "./other-shops.ts";
import { meanAmongOffers, PRIOR_BELIEF, TIMES, toMix, updateBelief } from "./shopper-belief.ts";

/** An offer of parts that shoppers have seen: its items, each once, and what they did. */
export interface SetOutcome {
  readonly items: readonly number[];
  readonly trials: readonly OutcomeTrial[];
  /**
   * Orders of every component that were to come without it in the time of the trials, as it was promised, by all shoppers
   * and weighted as the trials are; null where nothing was promised.
   */
  readonly ordersAnyway: number | null;
}

/** Logarithm of the least likelihood that is told: a kind of shoppers that many orders speak against keeps some. */
const LEAST_LOG = -300;

/**
 * How likely the shop's own offers make what was seen, for each kind of shoppers and factor. Of the J orders that were
 * promised to come anyway, visitors of the offer's pages make J · reach, a share that all offers of the shop have in
 * common; with it `J · (reach + times · added)`, divided over the trials by their visitors. How an offer's sets divide
 * over its trials is a multinomial, where each offer may be its own factor beside the shop's; how many they are in all,
 * a negative binomial count. So a month's holdout of a handful of sets is not all that tells what would have come.
 * Where nothing was promised the division alone tells, with a reach of 1.
 *
 * @returns likelihoods over the largest, so 0 to 1; null before an offer was seen beside visitors without one
 * @see Gelman and Hill 2007, Data analysis using regression and multilevel models; McCullagh and Nelder 1989, section 6.4,
 *   Poisson counts given their total
 * Known weakness: visitors before the offer was shown count as those without it, so a season that came with it is taken
 *   for its effect as far as no holdout speaks against it; demand that turned out higher than promised as well.
 */
function likelihoodOfOffers(outcomes: readonly OfferOutcome[]) {
  const compared = compareOffers(outcomes);
  if (compared.length === 0) return null;
  const reaches = compared.some(isPromised) ? REACHES : [{ reachRatio: 1, log: 0 }];
  const logs = SHOPPER_KINDS.map((_, kind) => {
    const byReach = reaches.map(({ reachRatio, log }) => {
      const totals = logOfTotal(compared, kind, reachRatio);
      const divided = compared.map((offer) => logOfOwnDivision(offer, kind, reachRatio));
      return TIMES.map((_, at) => divided.reduce((sum, own) => sum + own[at]!, log + totals[at]!));
    });
    return TIMES.map((_, at) => logOfSum(byReach.map((own) => own[at]!)));
  });
  const most = Math.max(...logs.flat());
  return {
    likelihood: logs.map((own) => own.map((log) => Math.exp(Math.max(LEAST_LOG, log - most)))),
    offers: compared.length,
  };
}

/**
 * What is known of the shop's shoppers: how likely each of `SHOPPER_KINDS` is, and what multiple of the prior's
 * mean they do, summed over a grid.
 *
 * @param others what the other shops of the installation tell that agreed
 * @returns null before an offer was seen beside visitors without one, where others tell nothing either
 */
export function learnShoppers(
  outcomes: readonly OfferOutcome[],
  others: readonly ShopAnswer[] = [],
): ShopperMix | null {
  const observed = likelihoodOfOffers(outcomes);
  const fromOthers = believeOthers(others);
  if (!observed && !fromOthers) return null;
  const prior = fromOthers ?? PRIOR_BELIEF;
  return toMix(observed ? updateBelief(prior, observed.likelihood) : prior, {
    offers: observed?.offers ?? 0,
    shops: fromOthers ? others.length : 0,
  });
}

/** What the shop tells others; null of too few offers. */
export function answerOf(outcomes: readonly OfferOutcome[]): ShopAnswer | null {
  const observed = likelihoodOfOffers(outcomes);
  return observed && toAnswer(observed);
}

/**
 * What each offer should have brought, by all orders that were counted: the forecast of today speaks of another season than
 * the one it was shown in. One whose products no order holds together says nothing; three or more go together as the two of
 * them do that go together least.
 */
export function toOutcomes(market: BundleMarket, outcomes: readonly SetOutcome[]): SetOfferOutcome[] {
  const { occurrences } = market;
  const asCounted = { ...market, demand: new Float64Array(market.items.length) };
  return outcomes.flatMap(({ items, trials, ordersAnyway }) => {
    const ordersOf = items.map((item) => basketsOf(occurrences, item));
    const together = ordersOf.reduce(intersect).length;
    if (items.length < 2 || together === 0) return [];
    const withoutOneRatio = items.map(
      (_, place) => ordersOf.filter((_, other) => other !== place).reduce(intersect).length / together,
    );
    const relation = Math.min(...pairsOf(items).map((pair) => relationOfTwo(market, pair)));
    const counted = { value: together, low: together, high: together };
    const economics = toEconomics(asCounted, items, {
      ordersAnyway: counted,
      withoutOneRatio,
      lackingRatio: items.map((_, place) => market.lackingRatio(items, place)),
      relation,
    });
    const addedAt = (discountRatio: number) => addedRatioByKind(economics, discountRatio);
    return [{ items, addedAt, trials, ordersAnyway }];
  });
}

/** How far two products go together that some orders hold together. */
function relationOfTwo(market: BundleMarket, pair: readonly [number, number]): number {
  const { occurrences } = market;
  const together = pair.map((item) => basketsOf(occurrences, item)).reduce(intersect).length;
  const effectiveSize = effectiveSampleSize(occurrences, pair);
  return relationOf(liftTogether(market, pair, { together, effectiveSize }));
}

function pairsOf(items: readonly number[]): (readonly [number, number])[] {
  return items.flatMap((one, at) => items.slice(at + 1).map((other) => [one, other] as const));
}

/** [TIMES] logarithm of how likely one offer's sets divide over its trials as they do, where the shop's factor is that one. */
function logOfOwnDivision(offer: ComparedOffer, kind: number, reachRatio: number): number[] {
  const alone = TIMES.map((times) => logOfDivision(offer, expectedOf(offer, kind, times, reachRatio)));
  const most = Math.max(...alone);
  return meanAmongOffers(alone.map((log) => Math.exp(log - most))).map((mean) => most + Math.log(mean));
}

/** [TIMES] logarithm of how likely so many sets are in all, of the offers that something was promised of. */
function logOfTotal(offers: readonly ComparedOffer[], kind: number, reachRatio: number): number[] {
  const promised = offers.filter(isPromised);
  if (promised.length === 0) return TIMES.map(() => 0);
  const sets = sumOf(promised, countSets);
  return TIMES.map((times) => {
    const expected = sumOf(
      promised,
      (offer) => offer.ordersAnyway! * sumOf(expectedOf(offer, kind, times, reachRatio), (one) => one),
    );
    return logOfCount(sets, expected, PROMISE_SHAPE);
  });
}

/** [trials] purchases expected of each where all shoppers are of one kind and do so many times the prior's mean. */
function expectedOf(offer: ComparedOffer, kind: number, times: number, reachRatio: number): number[] {
  return expectedRatios(
    offer,
    offer.added.map((own) => times * own[kind]!),
    reachRatio,
  );
}

function logOfSum(logs: readonly number[]): number {
  const most = Math.max(...logs);
  return most + Math.log(sumOf(logs, (log) => Math.exp(log - most)));
}

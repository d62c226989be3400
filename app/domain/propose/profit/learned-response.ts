import { sumOf } from "#app/domain/numbers/statistics.ts";
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
  type ComparedOffer,
  type OfferOutcome,
  type OutcomeTrial,
} from "./offer-likelihood.ts";
import type { SetOfferOutcome } from "./offer-deviations.ts";
import { addedRatioByKind } from "#app/domain/propose/profit/offer-value.ts";
import { SHOPPER_KINDS, type ShopperMix } from "#app/domain/propose/profit/shopper-kinds.ts";
import { believeOthers, toAnswer, type ShopAnswer } from "./other-shops.ts";
import { meanAmongOffers, PRIOR_BELIEF, TIMES, toMix, updateBelief } from "./shopper-belief.ts";

/** An offer of components that shoppers have seen: its items, each once, and its outcomes. */
export interface SetOutcome {
  readonly items: readonly number[];
  readonly trials: readonly OutcomeTrial[];
  /**
   * Promised orders of every component without the offer during the trials, by all shoppers, weighted like the trials;
   * null if nothing was promised.
   */
  readonly ordersAnyway: number | null;
}

/** Lowest log-likelihood returned: a kind of shoppers that many orders contradict keeps some probability. */
const LEAST_LOG = -300;

/**
 * Likelihood of the outcomes of the shop's own offers, for each kind of shoppers and each factor. Of the J orders
 * promised to come anyway, visitors of the offer's pages place `J · reach`; all offers of the shop share the reach.
 * With the offer they place `J · (reach + times · added)`, divided over the trials by visitors. The division of an
 * offer's sets over its trials is multinomial, and each offer can have its own factor around the shop's. The total of
 * sets is negative binomial, so a month's holdout with a handful of sets is not the only evidence of orders without the
 * offer. Without promises, only the division counts, with a reach of 1.
 *
 * @returns likelihoods relative to the largest, so 0 to 1; null until an offer has visitors with it and without it
 * @see Gelman and Hill 2007, Data analysis using regression and multilevel models; McCullagh and Nelder 1989, section
 *   6.4, Poisson counts given their total
 * Known weakness: visitors before the offer was shown count as visitors without it. A season that starts with the
 * offer, or demand above the promise, is therefore taken for its effect, as far as no holdout contradicts it.
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
 * Learns the shoppers of a shop on a grid: the probability of each of `SHOPPER_KINDS`, and their multiple of the
 * prior's mean.
 *
 * @param others answers of the other shops of the installation that agreed to share
 * @returns null until an offer has visitors with it and without it, if the other shops give no belief either
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

/** The answer that the shop shares with others; null for too few offers. */
export function answerOf(outcomes: readonly OfferOutcome[]): ShopAnswer | null {
  const observed = likelihoodOfOffers(outcomes);
  return observed && toAnswer(observed);
}

/**
 * Expected effect of each offer from all counted orders; today's forecast covers another season than the trials. Leaves
 * out offers whose products no order holds together. Three or more products have the relation of their weakest pair.
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

function relationOfTwo(market: BundleMarket, pair: readonly [number, number]): number {
  const { occurrences } = market;
  const together = pair.map((item) => basketsOf(occurrences, item)).reduce(intersect).length;
  const effectiveSize = effectiveSampleSize(occurrences, pair);
  return relationOf(liftTogether(market, pair, { together, effectiveSize }));
}

function pairsOf(items: readonly number[]): (readonly [number, number])[] {
  return items.flatMap((one, at) => items.slice(at + 1).map((other) => [one, other] as const));
}

/** [TIMES] log-likelihood of the division of one offer's sets over its trials, by the shop's factor. */
function logOfOwnDivision(offer: ComparedOffer, kind: number, reachRatio: number): number[] {
  const alone = TIMES.map((times) => logOfDivision(offer, expectedOf(offer, kind, times, reachRatio)));
  const most = Math.max(...alone);
  return meanAmongOffers(alone.map((log) => Math.exp(log - most))).map((mean) => most + Math.log(mean));
}

/** [TIMES] log-likelihood of the total number of sets, over the offers with a promise. */
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

/** [trials] expected purchases if all shoppers are of one kind and respond at this multiple of the prior's mean. */
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

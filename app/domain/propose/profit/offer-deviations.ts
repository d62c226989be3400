import { factorMatrix, solveFactored, solveLower } from "#app/domain/numbers/factor-matrix.ts";
import { sumOf, Z90 } from "#app/domain/numbers/statistics.ts";
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
} from "./offer-likelihood.ts";
import { OFFER_DEVIATION } from "./shopper-belief.ts";
import type { ShopperMix } from "./shopper-kinds.ts";

/** An offer of components that shoppers have seen, its expected effect, and its items, each once. */
export interface SetOfferOutcome extends OfferOutcome {
  readonly items: readonly number[];
}

/**
 * Standard deviation of an offer's own factor around its shop's factor. Chosen on simulated shops, from 0.5 and 1.
 * `OFFER_DEVIATION`, which the shop's own factor is learned with, is narrower, and a guess.
 */
const DEVIATION = 1;
/** Shares of that variance due to shared products and to similar categories; the rest is each offer's own. */
const OF_PRODUCTS = 1 / 3;
const OF_CATEGORIES = 1 / 3;
/** Error of one offer's promise, as the shape of a gamma: a relative error of one half. */
const OWN_PROMISE_SHAPE = 4;
/** Grid of own factors, an eighth apart. */
const DEVIATIONS = Array.from({ length: 33 }, (_, step) => (step - 16) / 8);
/** Lowest precision that counts: that of a distribution eight times as wide as the prior. */
const LEAST_PRECISION = 1 / 64;
/** Offers observed, those with the most visitors. Those that sold best would bias the response by their luck. */
const MOST_OFFERS = 200;

/** Variance of an exact observation; above 0, because a covariance of deficient rank has no factor. */
const CERTAIN = 1e-6;

/** A weighted sum of offers' deviations, observed with an error. */
interface Observation {
  readonly of: readonly { readonly traits: Traits; readonly weight: number }[];
  readonly value: number;
  readonly variance: number;
}

/**
 * Learns how an offer's own factor differs from the shop's, from the shop's offers of the same products and of similar
 * categories. The model is a Gaussian process over offers with covariance
 * `σ² · (⅓ · shared products + ⅓ · similarity of categories + ⅓ if it is the same offer)`; shared products and
 * similarity are cosines. An offer's likelihood compares the division of its sets over its trials, and their total,
 * with its promise and the shop's own response. It enters as the normal distribution of the same mean and variance.
 * Weighted by their expected additions, the deviations of all observed offers sum to 0, because the shop's response is
 * learned from their total.
 *
 * @param categoryOf "" for an item without a category; an offer without categories keeps that share as its own
 * @returns the mix of shoppers for an offer of given items
 * @see Rasmussen and Williams 2006, Gaussian Processes for Machine Learning, 2.2; Gelman and Hill 2007, 12, on partial
 *   pooling; Minka 2001, on matching a likelihood by a normal distribution with its moments
 * Known weakness: demand above its promise counts as an effect of the offer, as far as the promise is trusted; the
 * kinds of shoppers are those of the whole shop.
 */
export function learnDeviations(
  outcomes: readonly SetOfferOutcome[],
  mix: ShopperMix,
  categoryOf: (item: number) => string,
): (items: readonly number[]) => ShopperMix {
  const offers = compareOffers(outcomes)
    .toSorted((one, other) => countVisitors(other) - countVisitors(one))
    .slice(0, MOST_OFFERS);
  const reachRatio = likelyReach(offers, mix);
  const observed = offers.flatMap((offer) => {
    const own = likelihoodOfOffer(offer, mix, reachRatio);
    if (own === null) return [];
    const should = (offer.ordersAnyway ?? 0) * sumOf(addedBy(offer, mix, 0), (one) => one);
    return [{ traits: toTraits(offer.items, categoryOf), should, ...own }];
  });
  const all = sumOf(observed, ({ should }) => should);
  const known: Observation[] = observed.map(({ traits, ...own }) => ({
    of: [{ traits, weight: 1 }],
    ...own,
  }));
  if (all > 0)
    known.push({
      of: observed.map(({ traits, should }) => ({ traits, weight: should / all })),
      value: 0,
      variance: CERTAIN,
    });
  const covariance = new Float64Array(known.length ** 2);
  known.forEach((one, row) => {
    known.slice(0, row + 1).forEach(({ of }, column) => {
      covariance[row * known.length + column] =
        sumOf(of, ({ traits, weight }) => weight * covarianceWith(one, traits)) +
        (row === column ? one.variance : 0);
    });
  });
  const factor = factorMatrix(covariance, known.length)!;
  const pulls = solveFactored(
    factor,
    known.map(({ value }) => value),
  );
  return (items) => {
    const own = toTraits(items, categoryOf);
    const shared = known.map((one) => covarianceWith(one, own));
    return deviate(mix, {
      value: sumOf(shared, (one, at) => one * pulls[at]!),
      variance: DEVIATION ** 2 - solveLower(factor, shared).reduce((sum, one) => sum + one ** 2, 0),
    });
  };
}

/** Adds the deviation to every kind's factor and replaces the variance between offers with the deviation's own. */
function deviate(mix: ShopperMix, { value, variance }: { value: number; variance: number }): ShopperMix {
  const kinds = mix.kinds.map(({ weight, times }) => {
    const ofShop = Math.max(0, ((times.value - times.low) / Z90) ** 2 - OFFER_DEVIATION ** 2);
    const reach = Z90 * Math.sqrt(ofShop + Math.max(0, variance));
    const own = times.value + value;
    return { weight, times: { value: own, low: own - reach, high: own + reach } };
  });
  return { ...mix, kinds };
}

/** [trials] what the shop's shoppers add to an offer's purchases if its factor deviates by `deviation`. */
function addedBy({ added }: ComparedOffer, { kinds }: ShopperMix, deviation: number): number[] {
  const weights = sumOf(kinds, ({ weight }) => weight);
  return added.map(
    (own) =>
      sumOf(own, (one, kind) => kinds[kind]!.weight * (kinds[kind]!.times.value + deviation) * one) / weights,
  );
}

/** Most likely share of the promised orders placed by visitors of offer pages; 1 if nothing was promised. */
function likelyReach(offers: readonly ComparedOffer[], mix: ShopperMix): number {
  const promised = offers.filter(isPromised);
  if (promised.length === 0) return 1;
  const sets = sumOf(promised, countSets);
  const logs = REACHES.map(({ reachRatio, log }) => {
    const expected = sumOf(
      promised,
      (offer) =>
        offer.ordersAnyway! * sumOf(expectedRatios(offer, addedBy(offer, mix, 0), reachRatio), (one) => one),
    );
    return log + logOfCount(sets, expected, PROMISE_SHAPE);
  });
  return REACHES[logs.indexOf(Math.max(...logs))]!.reachRatio;
}

/** Mean and variance of the normal likelihood that maps the prior to the posterior; null if uninformative. */
function likelihoodOfOffer(offer: ComparedOffer, mix: ShopperMix, reachRatio: number) {
  const logs = DEVIATIONS.map((deviation) => {
    const expected = expectedRatios(offer, addedBy(offer, mix, deviation), reachRatio);
    const ofAll = isPromised(offer)
      ? logOfCount(countSets(offer), offer.ordersAnyway! * sumOf(expected, (one) => one), OWN_PROMISE_SHAPE)
      : 0;
    return logOfDivision(offer, expected) + ofAll - (deviation / DEVIATION) ** 2 / 2;
  });
  const most = Math.max(...logs);
  const weights = logs.map((log) => Math.exp(log - most));
  const sum = sumOf(weights, (one) => one);
  const mean = sumOf(weights, (one, at) => one * DEVIATIONS[at]!) / sum;
  const variance = sumOf(weights, (one, at) => one * (DEVIATIONS[at]! - mean) ** 2) / sum;
  const precision = 1 / variance - 1 / DEVIATION ** 2;
  return precision < LEAST_PRECISION ? null : { value: mean / variance / precision, variance: 1 / precision };
}

function countVisitors({ trials }: ComparedOffer): number {
  return sumOf(trials, ({ visitors }) => visitors);
}

interface Traits {
  readonly items: readonly number[];
  /** Number of its items in each category. */
  readonly categories: ReadonlyMap<string, number>;
  /** Euclidean norm of these counts; 0 without categories. */
  readonly categoriesLength: number;
}

function toTraits(items: readonly number[], categoryOf: (item: number) => string): Traits {
  const categories = new Map<string, number>();
  for (const category of items.map(categoryOf).filter((name) => name !== ""))
    categories.set(category, (categories.get(category) ?? 0) + 1);
  return { items, categories, categoriesLength: Math.hypot(...categories.values()) };
}

function covarianceOf(one: Traits, other: Traits): number {
  const shared = sumOf(one.items, (item) => (other.items.includes(item) ? 1 : 0));
  const isSame = shared === one.items.length && shared === other.items.length;
  const ofProducts = shared / Math.sqrt(one.items.length * other.items.length);
  const ofCategories = similarityOfCategories(one, other) ?? (isSame ? 1 : 0);
  const ofOwn = isSame ? 1 - OF_PRODUCTS - OF_CATEGORIES : 0;
  return DEVIATION ** 2 * (OF_PRODUCTS * ofProducts + OF_CATEGORIES * ofCategories + ofOwn);
}

function covarianceWith({ of }: Observation, other: Traits): number {
  return sumOf(of, ({ traits, weight }) => weight * covarianceOf(traits, other));
}

/** Cosine of two offers' category counts; null if one has none. */
function similarityOfCategories(one: Traits, other: Traits): number | null {
  const lengths = one.categoriesLength * other.categoriesLength;
  if (lengths === 0) return null;
  let common = 0;
  for (const [name, items] of one.categories) common += items * (other.categories.get(name) ?? 0);
  return common / lengths;
}

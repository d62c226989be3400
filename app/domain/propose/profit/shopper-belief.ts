import { Z90 } from "#app/domain/numbers/statistics.ts";
import { SHOPPER_KINDS, type ShopperMix } from "./shopper-kinds.ts";

/** Multiples of the prior's mean effect, from orders driven off to four times as much. */
export const TIMES = Array.from({ length: 25 }, (_, step) => (step - 8) / 4);
/**
 * Scale of a shop's own multiple around 1 under the prior, a t distribution with three degrees of freedom: most shops
 * are near its mean, and a few are far from it. Chosen on simulated shops, where a wider one follows the chance of a
 * month's few sets.
 */
const SHOP_SCALE = 0.35;
/** Standard deviation of an offer's multiple around its shop's, and of a shop's around a similar shop's. A guess. */
export const OFFER_DEVIATION = 0.5;

/** [kinds of shoppers][TIMES] probability of each, or likelihood of the observations. */
export type ShopperBelief = readonly (readonly number[])[];

/** Belief about a shop without observations. */
export const PRIOR_BELIEF = toShares(
  SHOPPER_KINDS.map(() => TIMES.map((times) => (1 + ((times - 1) / SHOP_SCALE) ** 2 / 3) ** -2)),
);

/** [TIMES][TIMES] weights of offers' own factors for each factor of a shop; rows sum to 1. */
const AMONG_OFFERS = TIMES.map(
  (centre) => toShares([TIMES.map((times) => density((times - centre) / OFFER_DEVIATION))])[0]!,
);

/** [TIMES] means by the shop's factor, for values by an offer's own factor. */
export function meanAmongOffers(values: readonly number[]): number[] {
  return AMONG_OFFERS.map((weights) => weights.reduce((sum, weight, at) => sum + weight * values[at]!, 0));
}

/** Posterior by Bayes' rule; sums to 1. */
export function updateBelief(prior: ShopperBelief, likelihood: ShopperBelief): ShopperBelief {
  return toShares(prior.map((own, kind) => own.map((value, at) => value * likelihood[kind]![at]!)));
}

/** Converts a belief to the mix that values offers: each factor's mean, and the interval for nine offers in ten. */
export function toMix(belief: ShopperBelief, learnedFrom: Pick<ShopperMix, "offers" | "shops">): ShopperMix {
  const sums = belief.map((own) => own.reduce((all, one) => all + one, 0));
  const mean = sums.reduce((all, one) => all + one, 0) / SHOPPER_KINDS.length;
  return {
    kinds: belief.map((own, kind) => ({ weight: sums[kind]! / mean, times: toEstimate(own, sums[kind]!) })),
    ...learnedFrom,
  };
}

/** Joins the uncertainty about the shop's factor and the spread between its offers. */
function toEstimate(densities: readonly number[], sum: number) {
  const mean = (of: (times: number) => number) =>
    densities.reduce((all, one, at) => all + one * of(TIMES[at]!), 0) / sum;
  const value = mean((times) => times);
  const reach = Z90 * Math.sqrt(mean((times) => (times - value) ** 2) + OFFER_DEVIATION ** 2);
  return { value, low: value - reach, high: value + reach };
}

/** Scales the weights to sum to 1. */
export function toShares(weights: ShopperBelief): ShopperBelief {
  const sum = weights.flat().reduce((all, weight) => all + weight, 0);
  return weights.map((own) => own.map((weight) => weight / sum));
}

function density(deviations: number): number {
  return Math.exp(-(deviations ** 2) / 2);
}

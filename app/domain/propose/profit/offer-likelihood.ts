import { sumOf } from "#app/domain/numbers/statistics.ts";
import { SHOPPER_KINDS } from "./shopper-kinds.ts";

/** Visitors of an offer's pages exposed to one discount, and their purchases. Counts can be weighted by age. */
export interface OutcomeTrial {
  /** 0 to 1; null without the offer. */
  readonly discountRatio: number | null;
  readonly visitors: number;
  /** Visitors with an order of every component; for a pool, their purchases. */
  readonly sets: number;
}

/** An offer that shoppers have seen, and its expected effect. */
export interface OfferOutcome {
  /** [kinds] purchases added at a discount by the prior, as a multiple of the purchases without the offer. */
  readonly addedAt: (discountRatio: number) => readonly number[];
  readonly trials: readonly OutcomeTrial[];
  /** See `SetOutcome`. */
  readonly ordersAnyway: number | null;
}

/** An offer with visitors exposed to it and visitors without it. */
export interface ComparedOffer extends Omit<OfferOutcome, "addedAt"> {
  /** [trials][kinds] relative purchases added by the prior. */
  readonly added: readonly (readonly number[])[];
}

/** Least share of the orders that remains, however many an offer drives off. */
const LEAST_LEFT = 0.05;

/**
 * Purchases of offer-page visitors without the offer, relative to the promised orders: other pages and uncounted
 * shoppers also bring orders. Lognormal; from 0.28 to 0.91 in simulated shops.
 */
const REACH_MEDIAN = 0.6;
const REACH_LOG_DEVIATION = 0.5;
/** Grid of two deviations to either side, in steps of a quarter. */
export const REACHES = Array.from({ length: 17 }, (_, step) => (step - 8) / 4).map((deviations) => ({
  reachRatio: REACH_MEDIAN * Math.exp(REACH_LOG_DEVIATION * deviations),
  log: -(deviations ** 2) / 2,
}));

/** Further error of the promise for all offers together, as a gamma shape: a relative error of a fifth. A guess. */
export const PROMISE_SHAPE = 25;

/** The offers that visitors with and without the offer saw, and that at least one of them bought. */
export function compareOffers<T extends OfferOutcome>(outcomes: readonly T[]): (T & ComparedOffer)[] {
  return outcomes
    .filter(({ trials }) => isCompared(trials))
    .map((outcome) => ({
      ...outcome,
      added: outcome.trials.map(({ discountRatio }) =>
        discountRatio === null ? SHOPPER_KINDS.map(() => 0) : outcome.addedAt(discountRatio),
      ),
    }));
}

function isCompared(trials: readonly OutcomeTrial[]): boolean {
  const has = (isOffered: boolean) =>
    trials.some(({ discountRatio, visitors }) => (discountRatio !== null) === isOffered && visitors > 0);
  return has(true) && has(false) && trials.some(({ sets }) => sets > 0);
}

/**
 * [trials] expected purchases relative to the orders that come anyway.
 *
 * @param added [trials] relative purchases added by the offer
 * @param reachRatio share of the promise that offer-page visitors buy without an offer; 1 without a promise
 */
export function expectedRatios(
  { trials }: Pick<ComparedOffer, "trials">,
  added: readonly number[],
  reachRatio: number,
): number[] {
  const visitors = sumOf(trials, (one) => one.visitors);
  return trials.map(
    (trial, at) => (trial.visitors / visitors) * Math.max(LEAST_LEFT * reachRatio, reachRatio + added[at]!),
  );
}

/** Log-likelihood of the division of an offer's purchases over its trials: multinomial, given their total. */
export function logOfDivision(
  { trials }: Pick<ComparedOffer, "trials">,
  expected: readonly number[],
): number {
  const all = sumOf(expected, (one) => one);
  return sumOf(trials, ({ sets }, at) => (sets > 0 ? sets * Math.log(expected[at]! / all) : 0));
}

/**
 * Log-likelihood of the number of purchases: negative binomial, because the expectation has a gamma error of that
 * shape, a relative error of 1/√shape.
 */
export function logOfCount(count: number, expected: number, shape: number): number {
  return count * Math.log(expected / (shape + expected)) - shape * Math.log(shape + expected);
}

export function isPromised({ ordersAnyway }: Pick<ComparedOffer, "ordersAnyway">): boolean {
  return (ordersAnyway ?? 0) > 0;
}

export function countSets({ trials }: Pick<ComparedOffer, "trials">): number {
  return sumOf(trials, ({ sets }) => sets);
}

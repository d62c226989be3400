import { SHOPPER_KINDS } from "./shopper-kinds.ts";

/** What those visitors of an offer's pages did who were exposed to one discount; counts may be weighted by age. */
export interface OutcomeTrial {
  /** 0 to 1; null is without the offer. */
  readonly discountRatio: number | null;
  readonly visitors: number;
  /** Visitors with an order of every component; of a pool their purchases. */
  readonly sets: number;
}

/** An offer that shoppers have seen, and what it should bring. */
export interface OfferOutcome {
  /** How many times its purchases without it each of `SHOPPER_KINDS` adds to them at a discount, by the prior. */
  readonly addedAt: (discountRatio: number) => readonly number[];
  readonly trials: readonly OutcomeTrial[];
  /** As of `SetOutcome`. */
  readonly ordersAnyway: number | null;
}

/** An offer that was seen beside visitors without it. */
export interface ComparedOffer extends Omit<OfferOutcome, "addedAt"> {
  /** [trials][kinds] what each kind of shoppers adds to its purchases there, by the prior. */
  readonly added: readonly (readonly number[])[];
}

/** At least so much of the orders is left, whatever an offer drives off. */
const LEAST_LEFT = 0.05;

/**
 * What visitors of offers' pages buy without them, over what was promised to come anyway: orders come by other pages too, and
 * of shoppers whom nobody counts. Lognormal; in simulated shops between .28 and .91.
 */
const REACH_MEDIAN = 0.6;
const REACH_LOG_DEVIATION = 0.5;
/** Quarters of a deviation, two to either side. */
export const REACHES = Array.from({ length: 17 }, (_, step) => (step - 8) / 4).map((deviations) => ({
  reachRatio: REACH_MEDIAN * Math.exp(REACH_LOG_DEVIATION * deviations),
  log: -(deviations ** 2) / 2,
}));

/** How far what is promised of all offers together is off besides, as the shape of a gamma: by a fifth. A guess. */
export const PROMISE_SHAPE = 25;

/** Those that visitors with the offer and without it met, and of which any of them bought. */
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
 * [trials] purchases expected of each, over the orders that come anyway.
 *
 * @param added [trials] what it adds to them there
 * @param reachRatio share of what was promised that visitors of offers' pages buy without one; 1 where nothing was
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

/** Log-likelihood of how an offer's purchases divide over its trials: multinomial, given how many they are. */
export function logOfDivision(
  { trials }: Pick<ComparedOffer, "trials">,
  expected: readonly number[],
): number {
  const all = sumOf(expected, (one) => one);
  return sumOf(trials, ({ sets }, at) => (sets > 0 ? sets * Math.log(expected[at]! / all) : 0));
}

/**
 * Log-likelihood of how many purchases there are: a negative binomial count, as the expectation itself is off by a gamma of
 * that shape, so by 1 / √shape.
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

export function sumOf<T>(values: readonly T[], of: (value: T, at: number) => number): number {
  return values.reduce((sum, value, at) => sum + of(value, at), 0);
}

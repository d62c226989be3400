import { Z90 } from "#app/domain/numbers/statistics.ts";
import { relationOf, toEconomics } from "#app/domain/propose/profit/bundle-candidate.ts";
import { liftTogether, type BundleMarket } from "#app/domain/propose/profit/bundle-market.ts";
import { effectiveSampleSize } from "#app/domain/propose/together/effective-sample-size.ts";
import { basketsOf, intersect } from "#app/domain/propose/together/occurrences.ts";
import { addedRatioByKind } from "#app/domain/propose/profit/offer-value.ts";
import { SHOPPER_KINDS, type ShopperMix } from "#app/domain/propose/profit/shopper-kinds.ts";

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
  /** How many times its purchases without it each of `SHOPPER_KINDS` adds to them at a discount, as it is supposed. */
  readonly addedAt: (discountRatio: number) => readonly number[];
  readonly trials: readonly OutcomeTrial[];
}

/** An offer of parts that shoppers have seen: its items, each once, and what they did. */
export interface SetOutcome {
  readonly items: readonly number[];
  readonly trials: readonly OutcomeTrial[];
}

/** How many times what is supposed offers bring: from driving orders off to four times as much. */
const TIMES = Array.from({ length: 61 }, (_, step) => (step - 20) / 10);
/** Prior of a shop's own: what is supposed, give or take as much again. A guess, as what is supposed is one. */
const SHOP_DEVIATION = 1;
/** How far one offer of a shop is from the next. A guess. */
const OFFER_DEVIATION = 0.5;
/** At least so much of the orders is left, whatever an offer drives off. */
const LEAST_LEFT = 0.05;

/** How much each factor weighs among the offers of a shop whose own is at that place; rows sum to 1. */
const AMONG_OFFERS = TIMES.map((centre) => {
  const weights = TIMES.map((times) => density((times - centre) / OFFER_DEVIATION));
  const sum = weights.reduce((all, weight) => all + weight, 0);
  return weights.map((weight) => weight / sum);
});

/**
 * What the shop's own offers say of its shoppers: how likely each of `SHOPPER_KINDS` is, and how many times what is supposed
 * of it they do. Each offer may be its own factor beside the shop's, and what share of its page's visitors buy the set
 * without it does not matter: given how many sets were bought in all, they divide over the trials as `visitors · (1 + times ·
 * added)`, a multinomial. The factors are summed over a grid.
 *
 * @returns null before an offer was seen beside visitors without one
 * @see Gelman and Hill 2007, Data analysis using regression and multilevel models; McCullagh and Nelder 1989, section 6.4,
 *   Poisson counts given their total
 * Known weakness: visitors before the offer was shown count as those without it, so a season that came with it is taken
 *   for its effect as far as no holdout speaks against it.
 */
export function learnShoppers(outcomes: readonly OfferOutcome[]): ShopperMix | null {
  const compared = outcomes.filter(({ trials }) => isCompared(trials));
  if (compared.length === 0) return null;
  const added = compared.map(({ addedAt, trials }) =>
    trials.map(({ discountRatio }) =>
      discountRatio === null ? SHOPPER_KINDS.map(() => 0) : addedAt(discountRatio),
    ),
  );
  const logs = SHOPPER_KINDS.map((_, kind) =>
    TIMES.map((_, place) => {
      const prior = Math.log(density((TIMES[place]! - 1) / SHOP_DEVIATION));
      return (
        prior + compared.reduce((sum, { trials }, at) => sum + logOf(trials, added[at]!, kind)[place]!, 0)
      );
    }),
  );
  const most = Math.max(...logs.flat());
  const densities = logs.map((own) => own.map((log) => Math.exp(log - most)));
  const sums = densities.map((own) => own.reduce((all, one) => all + one, 0));
  const mean = sums.reduce((all, one) => all + one, 0) / SHOPPER_KINDS.length;
  return {
    kinds: densities.map((own, kind) => ({
      weight: sums[kind]! / mean,
      times: toEstimate(own, sums[kind]!),
    })),
    offers: compared.length,
  };
}

/**
 * What each offer should have brought, by all orders that were counted: the forecast of today speaks of another season than
 * the one it was shown in. One whose products no order holds together says nothing.
 */
export function toOutcomes(market: BundleMarket, outcomes: readonly SetOutcome[]): OfferOutcome[] {
  const { occurrences } = market;
  const asCounted = { ...market, demand: new Float64Array(market.items.length) };
  return outcomes.flatMap(({ items, trials }) => {
    const ordersOf = items.map((item) => basketsOf(occurrences, item));
    const together = ordersOf.reduce(intersect).length;
    if (items.length < 2 || together === 0) return [];
    const withoutOneRatio = items.map(
      (_, place) => ordersOf.filter((_, other) => other !== place).reduce(intersect).length / together,
    );
    const effectiveSize = effectiveSampleSize(occurrences, items);
    const relation = relationOf(liftTogether(market, items, { together, effectiveSize }));
    const ordersAnyway = { value: together, low: together, high: together };
    const economics = toEconomics(asCounted, items, { ordersAnyway, withoutOneRatio, relation });
    return [{ addedAt: (discountRatio) => addedRatioByKind(economics, discountRatio), trials }];
  });
}

/** Whether visitors with the offer and without it were there, and any of them bought the set. */
function isCompared(trials: readonly OutcomeTrial[]): boolean {
  const has = (isOffered: boolean) =>
    trials.some(({ discountRatio, visitors }) => (discountRatio !== null) === isOffered && visitors > 0);
  return has(true) && has(false) && trials.some(({ sets }) => sets > 0);
}

/** [TIMES] logarithm of how likely one offer's counts are where the shop's own factor is that one. */
function logOf(
  trials: readonly OutcomeTrial[],
  added: readonly (readonly number[])[],
  kind: number,
): number[] {
  const alone = TIMES.map((times) => {
    const expected = trials.map(
      ({ visitors }, at) => visitors * Math.max(LEAST_LEFT, 1 + times * added[at]![kind]!),
    );
    const all = expected.reduce((sum, one) => sum + one, 0);
    return trials.reduce(
      (sum, { sets }, at) => (sets > 0 ? sum + sets * Math.log(expected[at]! / all) : sum),
      0,
    );
  });
  const most = Math.max(...alone);
  return AMONG_OFFERS.map(
    (weights) =>
      most + Math.log(weights.reduce((sum, weight, at) => sum + weight * Math.exp(alone[at]! - most), 0)),
  );
}

/** Mean, and the range that nine of ten offers to come are in: the shop's own doubt and what makes each its own. */
function toEstimate(densities: readonly number[], sum: number) {
  const mean = (of: (times: number) => number) =>
    densities.reduce((all, one, at) => all + one * of(TIMES[at]!), 0) / sum;
  const value = mean((times) => times);
  const reach = Z90 * Math.sqrt(mean((times) => (times - value) ** 2) + OFFER_DEVIATION ** 2);
  return { value, low: value - reach, high: value + reach };
}

function density(deviations: number): number {
  return Math.exp(-(deviations ** 2) / 2);
}

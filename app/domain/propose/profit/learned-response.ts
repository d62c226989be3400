import { relationOf, toEconomics } from "#app/domain/propose/profit/bundle-candidate.ts";
import { liftTogether, type BundleMarket } from "#app/domain/propose/profit/bundle-market.ts";
import { effectiveSampleSize } from "#app/domain/propose/together/effective-sample-size.ts";
import { basketsOf, intersect } from "#app/domain/propose/together/occurrences.ts";
import { addedRatioByKind } from "#app/domain/propose/profit/offer-value.ts";
import { SHOPPER_KINDS, type ShopperMix } from "#app/domain/propose/profit/shopper-kinds.ts";
import { believeOthers, toAnswer, type ShopAnswer } from "./other-shops.ts";
import { meanAmongOffers, SUPPOSED_BELIEF, TIMES, toMix, updateBelief } from "./shopper-belief.ts";

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

/** At least so much of the orders is left, whatever an offer drives off. */
const LEAST_LEFT = 0.05;

/**
 * How likely the shop's own offers make what was seen, for each kind of shoppers and factor. Each offer may be its own factor
 * beside the shop's, and what share of its page's visitors buy the set without it does not matter: given how many sets were
 * bought in all, they divide over the trials as `visitors · (1 + times · added)`, a multinomial.
 *
 * @returns likelihoods over the largest, so 0 to 1; null before an offer was seen beside visitors without one
 * @see Gelman and Hill 2007, Data analysis using regression and multilevel models; McCullagh and Nelder 1989, section 6.4,
 *   Poisson counts given their total
 * Known weakness: visitors before the offer was shown count as those without it, so a season that came with it is taken
 *   for its effect as far as no holdout speaks against it.
 */
function hearOffers(outcomes: readonly OfferOutcome[]) {
  const compared = outcomes.filter(({ trials }) => isCompared(trials));
  if (compared.length === 0) return null;
  const added = compared.map(({ addedAt, trials }) =>
    trials.map(({ discountRatio }) =>
      discountRatio === null ? SHOPPER_KINDS.map(() => 0) : addedAt(discountRatio),
    ),
  );
  const logs = SHOPPER_KINDS.map((_, kind) =>
    TIMES.map((_, place) =>
      compared.reduce((sum, { trials }, at) => sum + logOf(trials, added[at]!, kind)[place]!, 0),
    ),
  );
  const most = Math.max(...logs.flat());
  return {
    likelihood: logs.map((own) => own.map((log) => Math.exp(log - most))),
    offers: compared.length,
  };
}

/**
 * What is known of the shop's shoppers: how likely each of `SHOPPER_KINDS` is, and how many times what is supposed of it they
 * do, summed over a grid.
 *
 * @param others what the other shops of the installation tell that agreed
 * @returns null before an offer was seen beside visitors without one, where others tell nothing either
 */
export function learnShoppers(
  outcomes: readonly OfferOutcome[],
  others: readonly ShopAnswer[] = [],
): ShopperMix | null {
  const heard = hearOffers(outcomes);
  const fromOthers = believeOthers(others);
  if (!heard && !fromOthers) return null;
  const prior = fromOthers ?? SUPPOSED_BELIEF;
  return toMix(heard ? updateBelief(prior, heard.likelihood) : prior, {
    offers: heard?.offers ?? 0,
    shops: fromOthers ? others.length : 0,
  });
}

/** What the shop tells others; null of too few offers. */
export function answerOf(outcomes: readonly OfferOutcome[]): ShopAnswer | null {
  const heard = hearOffers(outcomes);
  return heard && toAnswer(heard);
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
  return meanAmongOffers(alone.map((log) => Math.exp(log - most))).map((mean) => most + Math.log(mean));
}

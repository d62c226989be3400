import { wonRatioAt } from "#app/domain/propose/profit/offer-value.ts";
import { MEAN_KIND } from "#app/domain/propose/profit/shopper-kinds.ts";
import type { Random } from "#app/domain/numbers/random.ts";
import type { Trial } from "./offer-trials.ts";
import {
  drawUnknowns,
  fitShop,
  ratesAt,
  type ResponseCurve,
  type ResponsePosterior,
  type ResponsePrior,
} from "./offer-response.ts";

/** One bundle of any kind; `set` is one purchase of it, see `toSteeredOffer`. */
export interface SteeredBundle {
  readonly id: string;
  /** Possible discounts, 0 to 1; empty if all are beyond the merchant's limits. */
  readonly candidates: readonly number[];
  /** Whether a purchase is an amount of a pool instead of every component. */
  readonly isPool: boolean;
  /** Each is the last component missing from the set, with the whole saving off its price. */
  readonly components: readonly { readonly priceMinor: number }[];
  /** Price that a discount is a share of, and margin without a discount, per set; minor units. */
  readonly setPriceMinor: number;
  readonly setMarginMinor: number;
  /** Mean margin of an order of less than a set, minor units. */
  readonly partMarginMinor: number;
  /** By discount; null includes visitors from before the offer was shown. */
  readonly trials: readonly Trial[];
}

interface SteeringBasis {
  /** Own-price elasticity of the shop as a positive number. */
  readonly elasticity: number;
  /** Share of orders that come back, 0 to 1. */
  readonly returnRatio: number;
}

type OfferVerdict = "open" | "winner" | "loser";

/** The autopilot's choice for one bundle for the coming day. */
export interface SteeringStep {
  readonly id: string;
  /** 0 to 1; null if no discount is within the limits. */
  readonly discountRatio: number | null;
  readonly verdict: OfferVerdict;
  /** Probability that the best discount earns more than no offer, 0 to 1. */
  readonly chanceBetter: number;
  /** Expected extra margin per thousand visitors at the best discount against no offer, minor units. */
  readonly gainPerThousandMinor: number;
  /** Visitors who were exposed to an offer, as weighted in the trials. */
  readonly visitors: number;
}

/**
 * Prior of the unknowns of `offer-response.ts`. The first two only say that 0.1 to 10 % of a page's visitors buy, and
 * the shop's own visitors soon outweigh them. Step 5's effect of a discount weighs about as much as the first dozen
 * sets sold. That half of the sets won are taken from single sales has no source.
 */
const PRIOR: ResponsePrior = {
  mean: [Math.log(0.003), Math.log(0.015), 0, 1, 0],
  deviation: [1, 1, 0.4, 0.4, 1],
};
/**
 * Most who take more of a pool took some of it before, and a discount moves quantities half as much as step 5 assumes
 * for sets. Chosen on simulated shops that no reported figure uses.
 */
const POOL_PRIOR: ResponsePrior = { ...PRIOR, mean: [Math.log(0.003), Math.log(0.015), 0, 0.5, 1.5] };
/** Draws behind a probability; its own error is below 4 %. */
const DRAWS = 200;
/** Below the first a bundle is a loser, above the second a winner, once enough visitors were exposed to it. */
const LOSER_CHANCE = 0.05;
const WINNER_CHANCE = 0.95;
const LEAST_VISITORS = 500;
/** `boldness` of the deciding draw; chosen on simulated shops that no reported figure uses. */
const BOLDNESS = 0.25;

/**
 * Step 8, evaluate: chooses each bundle's discount for the coming day by Thompson sampling on the margin per visitor of
 * its page: the best discount for one draw from the posterior.
 *
 * Margin per visitor at discount d: `s(d) (M − d P) + p(d) m`, times the share that is not returned, with M and P the
 * set's margin and price and m the margin of a single sale.
 *
 * @param random same seed, same choice
 * @see app/decisions/evaluate/020-the-autopilot-is-step-eight.md
 * @see Thompson 1933; Russo et al. 2018, A tutorial on Thompson sampling; Misra, Schwartz & Abernethy 2019, Dynamic
 *   online pricing with incomplete information using multiarmed bandit experiments
 * Known weakness: sales of a component to visitors of other pages are not counted.
 */
export function steerOffers(
  bundles: readonly SteeredBundle[],
  { elasticity, returnRatio }: SteeringBasis,
  random: Random,
  boldness = BOLDNESS,
): SteeringStep[] {
  const curves = bundles.map((bundle) => expectedCurve(bundle, elasticity));
  const fits = new Map<SteeredBundle, ResponsePosterior>();
  // The response to a set says little about the response to quantities.
  for (const prior of [PRIOR, POOL_PRIOR]) {
    const alike = bundles.filter(({ isPool }) => isPool === (prior === POOL_PRIOR));
    const own = alike.map((bundle) => ({
      trials: bundle.trials,
      curve: curves[bundles.indexOf(bundle)]!,
      prior,
    }));
    fitShop(own).forEach((fit, at) => fits.set(alike[at]!, fit));
  }
  return bundles.map((bundle, index) => {
    const [curve, fit] = [curves[index]!, fits.get(bundle)!];
    const visitors = bundle.trials.reduce(
      (sum, trial) => sum + (trial.discountRatio === null ? 0 : trial.visitors),
      0,
    );
    const worth = (unknowns: ArrayLike<number>, discountRatio: number | null) =>
      marginOf(bundle, ratesAt(unknowns, discountRatio, curve), discountRatio) * (1 - returnRatio);
    const bestOf = (unknowns: ArrayLike<number>) => pickLargest(bundle.candidates, (d) => worth(unknowns, d));
    const expected = bestOf(fit.mean);
    if (expected === null) {
      const none = {
        discountRatio: null,
        verdict: "open" as const,
        chanceBetter: 0,
        gainPerThousandMinor: 0,
      };
      return { id: bundle.id, ...none, visitors };
    }
    let better = 0;
    for (let draw = 0; draw < DRAWS; draw++) {
      const unknowns = drawUnknowns(fit, random, 1);
      if (worth(unknowns, bestOf(unknowns)!) > worth(unknowns, null)) better++;
    }
    const chanceBetter = better / DRAWS;
    return {
      id: bundle.id,
      discountRatio: bestOf(drawUnknowns(fit, random, boldness)),
      verdict: verdictOf(chanceBetter, visitors),
      chanceBetter,
      gainPerThousandMinor: 1_000 * (worth(fit.mean, expected) - worth(fit.mean, null)),
      visitors,
    };
  });
}

function verdictOf(chanceBetter: number, visitors: number): OfferVerdict {
  if (visitors < LEAST_VISITORS) return "open";
  if (chanceBetter < LOSER_CHANCE) return "loser";
  return chanceBetter > WINNER_CHANCE ? "winner" : "open";
}

function marginOf(
  { setPriceMinor, setMarginMinor, partMarginMinor }: SteeredBundle,
  { set, part }: { readonly set: number; readonly part: number },
  discountRatio: number | null,
): number {
  return set * (setMarginMinor - (discountRatio ?? 0) * setPriceMinor) + part * partMarginMinor;
}

/** Step 5's expectation: some of those who see a component cheaper by the whole saving buy it in addition. */
function expectedCurve({ components, setPriceMinor }: SteeredBundle, elasticity: number): ResponseCurve {
  return (discountRatio) => {
    const saving = discountRatio * setPriceMinor;
    const won = components.reduce(
      (sum, { priceMinor }) => sum + wonRatioAt(priceMinor, saving, elasticity, MEAN_KIND),
      0,
    );
    return Math.log1p(won);
  };
}

function pickLargest(discounts: readonly number[], worth: (discountRatio: number) => number): number | null {
  let best: number | null = null;
  let most = -Infinity;
  for (const discountRatio of discounts) {
    const value = worth(discountRatio);
    if (value > most) [best, most] = [discountRatio, value];
  }
  return best;
}

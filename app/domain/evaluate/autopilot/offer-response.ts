import { factorMatrix, solveFactored, solveUpper } from "#app/domain/numbers/factor-matrix.ts";
import { normalDraw, type Random } from "#app/domain/numbers/random.ts";
import type { Trial } from "./offer-trials.ts";

/** Logarithm of step 5's expected sets over those without an offer, by discount; 0 at 0. */
export type ResponseCurve = (discountRatio: number) => number;

/**
 * The five unknowns of one bundle, in this order:
 *
 * 0. logarithm of the share of visitors who buy the set without an offer,
 * 1. logarithm of the share who buy a part of it,
 * 2. what showing the offer adds to the first (awareness effect),
 * 3. factor on the effect that step 5 expects from the discount; 1 if step 5 is right,
 * 4. log-odds that a set won by the offer is taken from the parts.
 */
const UNKNOWNS = 5;
/** The unknowns that bundles of one shop share, up to a deviation per bundle. */
const SHARED = [2, 3, 4] as const;

/** Normal and independent for each unknown. */
export interface ResponsePrior {
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

/** Normal approximation at the mode; `factor` is the Cholesky factor of the precision, by rows. */
export interface ResponsePosterior {
  readonly mean: Float64Array;
  readonly factor: Float64Array;
}

interface ResponseRates {
  readonly set: number;
  readonly part: number;
}

/** Lower bound of the parts' share, however much sets take from it. */
const LEAST_PARTS = 0.02;

/**
 * Shares of visitors who buy the set, and a part of it: `s = s₀ · exp(η + κ g(d))`, and `p = p₀ − δ (s − s₀)`.
 *
 * @param unknowns as listed above
 */
export function ratesAt(
  unknowns: ArrayLike<number>,
  discountRatio: number | null,
  curve: ResponseCurve,
): ResponseRates {
  const without = Math.exp(unknowns[0]!);
  const parts = Math.exp(unknowns[1]!);
  const set =
    discountRatio === null
      ? without
      : Math.exp(unknowns[0]! + unknowns[2]! + unknowns[3]! * curve(discountRatio));
  const taken = 1 / (1 + Math.exp(-unknowns[4]!));
  return { set, part: Math.max(LEAST_PARTS * parts, parts - taken * (set - without)) };
}

/**
 * Posterior of one bundle's unknowns: Poisson counts under a normal prior, by Fisher scoring.
 *
 * @param trials visitors, sets and parts at least 0
 * @returns the posterior's mode and precision
 * @see Chapelle & Li 2011, An empirical evaluation of Thompson sampling, for the approximation at the mode
 * Known weakness: a season that begins during the trials looks like an effect of the discount unless discounts
 *   alternate, although older days weigh less (`sumTrials`).
 */
export function fitResponse(
  trials: readonly Trial[],
  curve: ResponseCurve,
  prior: ResponsePrior,
): ResponsePosterior {
  let mean = Float64Array.from(prior.mean);
  let fit = posteriorAt(mean, trials, curve, prior);
  for (let round = 0; round < 40; round++) {
    const step = solveFactored(factorOf(fit.information), fit.gradient);
    const longest = Math.max(...step.map(Math.abs));
    if (longest < 1e-5) break;
    let scale = Math.min(1, 1 / longest);
    let next = fit;
    let moved = mean;
    // Halves the step until the density rises; the scoring direction is always uphill.
    for (let halving = 0; halving < 12; halving++, scale /= 2) {
      moved = mean.map((value, index) => value + scale * step[index]!);
      next = posteriorAt(moved, trials, curve, prior);
      if (next.logDensity >= fit.logDensity) break;
    }
    if (!(next.logDensity >= fit.logDensity)) break;
    [mean, fit] = [moved, next];
  }
  return { mean, factor: factorOf(fit.information) };
}

/** One draw of the unknowns; `boldness` multiplies the posterior's deviations, and 1 is plain Thompson sampling. */
export function drawUnknowns(
  { mean, factor }: ResponsePosterior,
  random: Random,
  boldness: number,
): Float64Array {
  const drawn = Float64Array.from({ length: UNKNOWNS }, () => boldness * normalDraw(random));
  return solveUpper(factor, drawn).map((value, index) => value + mean[index]!);
}

/** One bundle of a shop with its own prior; the shop's other bundles shift its shared unknowns. */
interface BundleTrials {
  readonly trials: readonly Trial[];
  readonly curve: ResponseCurve;
  readonly prior: ResponsePrior;
}

/** Prior deviation of the shop's mean, in deviations of one bundle. */
const SHOP_DEVIATIONS = 2;
const SHOP_ROUNDS = 6;

/**
 * Fits all bundles of a shop together, so that step 5's general error is learned once from all of them. Uses
 * expectation-maximisation on the shop's mean of each shared unknown; the spread between bundles stays fixed.
 *
 * @returns in the order given
 * @see Dempster, Laird & Rubin 1977; Gelman & Hill 2007, Data analysis using regression and multilevel models
 */
export function fitShop(bundles: readonly BundleTrials[]): ResponsePosterior[] {
  let priors = bundles.map(({ prior }) => prior);
  let fits = bundles.map(({ trials, curve }, index) => fitResponse(trials, curve, priors[index]!));
  for (let round = 0; round < SHOP_ROUNDS && bundles.length > 1; round++) {
    const shift = new Float64Array(UNKNOWNS);
    for (const unknown of SHARED) {
      let sum = 0;
      let weight = 0;
      bundles.forEach(({ prior }, index) => {
        const precision = prior.deviation[unknown]! ** -2;
        sum += precision * (fits[index]!.mean[unknown]! - prior.mean[unknown]!);
        weight += precision;
      });
      const typical = weight / bundles.length;
      shift[unknown] = sum / (weight + typical / SHOP_DEVIATIONS ** 2);
    }
    priors = bundles.map(({ prior }) => ({
      ...prior,
      mean: prior.mean.map((value, unknown) => value + shift[unknown]!),
    }));
    fits = bundles.map(({ trials, curve }, index) => fitResponse(trials, curve, priors[index]!));
  }
  return fits;
}

/** Logarithm of the posterior density at a point, up to a constant, with its gradient and Fisher information. */
function posteriorAt(
  unknowns: Float64Array,
  trials: readonly Trial[],
  curve: ResponseCurve,
  { mean, deviation }: ResponsePrior,
) {
  const gradient = new Float64Array(UNKNOWNS);
  const information = new Float64Array(UNKNOWNS * UNKNOWNS);
  let logDensity = 0;
  for (let unknown = 0; unknown < UNKNOWNS; unknown++) {
    const weight = deviation[unknown]! ** -2;
    const away = unknowns[unknown]! - mean[unknown]!;
    logDensity -= (weight * away ** 2) / 2;
    gradient[unknown]! -= weight * away;
    information[unknown * UNKNOWNS + unknown]! += weight;
  }
  // A Poisson count; `logSlopes` are the derivatives of the logarithm of its expectation.
  const add = (count: number, expected: number, logSlopes: readonly number[]) => {
    logDensity += count * Math.log(expected) - expected;
    for (let row = 0; row < UNKNOWNS; row++) {
      gradient[row]! += (count - expected) * logSlopes[row]!;
      for (let column = 0; column < UNKNOWNS; column++)
        information[row * UNKNOWNS + column]! += expected * logSlopes[row]! * logSlopes[column]!;
    }
  };
  const without = Math.exp(unknowns[0]!);
  const parts = Math.exp(unknowns[1]!);
  const taken = 1 / (1 + Math.exp(-unknowns[4]!));
  for (const { discountRatio, visitors, sets, parts: seen } of trials) {
    if (visitors <= 0) continue;
    const { set, part } = ratesAt(unknowns, discountRatio, curve);
    const isOffered = discountRatio === null ? 0 : 1;
    const pull = discountRatio === null ? 0 : curve(discountRatio);
    add(sets, visitors * set, [1, 0, isOffered, pull, 0]);
    const isFloor = part <= LEAST_PARTS * parts;
    add(
      seen,
      visitors * part,
      isFloor
        ? [0, 1, 0, 0, 0]
        : [
            (-taken * (set - without)) / part,
            parts / part,
            (-taken * set * isOffered) / part,
            (-taken * set * pull) / part,
            (-taken * (1 - taken) * (set - without)) / part,
          ],
    );
  }
  return { logDensity, gradient, information };
}

function factorOf(precision: Float64Array): Float64Array {
  const factor = factorMatrix(precision, UNKNOWNS);
  // The prior alone makes it positive definite.
  if (!factor) throw new Error("the precision of a posterior is not positive definite");
  return factor;
}

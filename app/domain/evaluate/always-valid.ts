import { meanOf, varianceOf, type Moments } from "#app/domain/evaluate/moments.ts";
import type { Estimate } from "#app/domain/propose/bundle-proposal.ts";

/** One shop in twenty may ever see an interval that misses the truth, over all the days on which somebody looks. */
export const ALPHA = 0.05;
/**
 * Size of the comparison at which the interval is at its tightest, chosen before any data are seen: a tenth of
 * some ten thousand visitors held out.
 */
const TIGHTEST_AT = 1_000;

/**
 * Half width of an asymptotic confidence sequence for a mean with unit variance after n observations,
 * `√(2 (nρ² + 1) / (n²ρ²) · ln(√(nρ² + 1) / α))`: it holds at every n at once, so one may look any day and stop.
 *
 * @param n observations, above 0
 * @see Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas 2021, Time-uniform central limit theory and asymptotic confidence
 *   sequences, theorem 2.2; ρ tuned to `TIGHTEST_AT` observations by their equation for the best ρ
 * Known weakness: asymptotic, so it must not be begun before an arm has seen a few dozen orders.
 */
export function sequenceRadius(n: number, alpha = ALPHA): number {
  const logs = -2 * Math.log(alpha);
  const rhoSquared = (logs + Math.log(logs + 1)) / TIGHTEST_AT;
  const spread = n * rhoSquared + 1;
  return Math.sqrt(((2 * spread) / (n * n * rhoSquared)) * Math.log(Math.sqrt(spread) / alpha));
}

/**
 * Treated mean minus holdout mean with its always-valid 95 % interval, on the scale of the comparison's size
 * `n_t n_h / (n_t + n_h)`.
 *
 * @returns an infinite interval while an arm has fewer than two visitors
 */
export function differenceOf(treated: Moments, holdout: Moments): Estimate {
  const value = meanOf(treated) - meanOf(holdout);
  const size = comparisonSize(treated, holdout);
  if (size === 0) return { value, low: -Infinity, high: Infinity };
  const reach = standardError(treated, holdout) * Math.sqrt(size) * sequenceRadius(size);
  return { value, low: value - reach, high: value + reach };
}

/** Visitors that the smaller arm's luck is worth: near the smaller arm when the other is far larger; 0 without two. */
function comparisonSize({ visitors: t }: Moments, { visitors: h }: Moments): number {
  return t < 2 || h < 2 ? 0 : (t * h) / (t + h);
}

/**
 * Standard error of the difference of the means. An arm's variance is never taken below that of both together: a
 * small holdout that happened to see no large order would seem more certain just when its mean is too low.
 */
export function standardError(treated: Moments, holdout: Moments): number {
  const both = varianceOf({
    visitors: treated.visitors + holdout.visitors,
    sum: treated.sum + holdout.sum,
    sumOfSquares: treated.sumOfSquares + holdout.sumOfSquares,
  });
  const share = (arm: Moments) => Math.max(both, varianceOf(arm)) / arm.visitors;
  return Math.sqrt(share(treated) + share(holdout));
}

/**
 * Visitors in all, with the arms' shares as they are, at which the interval would be no wider than `effect` to either
 * side.
 *
 * @returns Infinity when the effect is 0 or an arm is empty
 */
export function visitorsToSee(effect: number, treated: Moments, holdout: Moments): number {
  const now = treated.visitors + holdout.visitors;
  const size = comparisonSize(treated, holdout);
  if (effect === 0 || size === 0) return Infinity;
  const deviation = standardError(treated, holdout) * Math.sqrt(size);
  let low = 1;
  let high = 1;
  while (deviation * sequenceRadius(high) > Math.abs(effect) && high < 1e12) high *= 2;
  while (high - low > Math.max(1, low / 100)) {
    const middle = (low + high) / 2;
    if (deviation * sequenceRadius(middle) > Math.abs(effect)) low = middle;
    else high = middle;
  }
  return Math.ceil((high / size) * now);
}

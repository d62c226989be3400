import { meanOf, varianceOf, type Moments } from "#app/domain/evaluate/moments.ts";
import type { Estimate } from "#app/domain/propose/bundle-proposal.ts";

/** One interval in ten may miss, over all the days on which somebody looks. */
export const ALPHA = 0.1;
/** Visitors at which the interval is at its tightest; it must be chosen before the data are seen. */
const TIGHTEST_AT = 10_000;

/**
 * Half width of an asymptotic confidence sequence for a mean with unit variance after n observations,
 * `√(2 (nρ² + 1) / (n²ρ²) · ln(√(nρ² + 1) / α))`: it holds at every n at once, so one may look any day and stop.
 *
 * @param n observations, above 0
 * @see Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas 2021, Time-uniform central limit theory and asymptotic confidence
 *   sequences, theorem 2.2; ρ tuned to 10,000 observations by their equation for the best ρ
 * Known weakness: asymptotic; below some hundred orders the true coverage is less.
 */
export function sequenceRadius(n: number, alpha = ALPHA): number {
  const logs = -2 * Math.log(alpha);
  const rhoSquared = (logs + Math.log(logs + 1)) / TIGHTEST_AT;
  const spread = n * rhoSquared + 1;
  return Math.sqrt(((2 * spread) / (n * n * rhoSquared)) * Math.log(Math.sqrt(spread) / alpha));
}

/**
 * Treated mean minus holdout mean with its always-valid 90 % interval. The variance is that of the difference,
 * `s_t² / n_t + s_h² / n_h`, brought to the scale of n_t + n_h observations.
 *
 * @returns an infinite interval while an arm has fewer than two visitors
 */
export function differenceOf(treated: Moments, holdout: Moments): Estimate {
  const value = meanOf(treated) - meanOf(holdout);
  if (treated.visitors < 2 || holdout.visitors < 2) return { value, low: -Infinity, high: Infinity };
  const n = treated.visitors + holdout.visitors;
  const reach = standardError(treated, holdout) * Math.sqrt(n) * sequenceRadius(n);
  return { value, low: value - reach, high: value + reach };
}

/** Standard error of the difference of the means. */
export function standardError(treated: Moments, holdout: Moments): number {
  return Math.sqrt(varianceOf(treated) / treated.visitors + varianceOf(holdout) / holdout.visitors);
}

/**
 * Visitors in all, with the arms' shares as they are, at which the interval would be no wider than `effect` to either
 * side.
 *
 * @returns Infinity when the effect is 0 or an arm is empty
 */
export function visitorsToSee(effect: number, treated: Moments, holdout: Moments): number {
  const now = treated.visitors + holdout.visitors;
  if (effect === 0 || treated.visitors < 2 || holdout.visitors < 2) return Infinity;
  const deviation = standardError(treated, holdout) * Math.sqrt(now);
  let low = 1;
  let high = 1;
  while (deviation * sequenceRadius(high) > Math.abs(effect) && high < 1e12) high *= 2;
  while (high - low > Math.max(1, low / 100)) {
    const middle = (low + high) / 2;
    if (deviation * sequenceRadius(middle) > Math.abs(effect)) low = middle;
    else high = middle;
  }
  return Math.ceil(high);
}

import type { Estimate } from "#app/domain/numbers/statistics.ts";
import { ADJUSTED, EXPOSABLE, type Measure } from "./cohort-day.ts";
import type { Combination, StandardisedArm, StandardisedArms } from "./standardised-arms.ts";

/** A difference of the arms, treated minus holdout. */
export interface Comparison {
  readonly treated: number;
  readonly holdout: number;
  readonly difference: Estimate;
}

/**
 * Mean of a measure a visitor, treated against holdout, with its interval. The difference is that of what `EXPOSABLE` names,
 * where that is known: all that offers can have changed. `treated` is the holdout's mean and the difference.
 *
 * Where something is known of the visitors from before the measuring began, the difference is adjusted by it:
 * `Δy − θ Δx` with `θ = cov(y, x) / var(x)`. It costs no bias, since both arms have the same expectation of x, and takes
 * off the part of the variance that x explains.
 *
 * @param critical standard errors to either side, from `criticalValues`
 * @see Deng, Xu, Kohavi & Walker 2013, Improving the sensitivity of online controlled experiments by utilizing
 *   pre-experiment data (CUPED)
 */
export function compareMeans(arms: StandardisedArms, measure: Measure, critical: number): Comparison {
  const { treated, holdout } = arms;
  const counted = EXPOSABLE.get(measure) ?? measure;
  const adjusted = adjustedBy(arms, counted);
  const base = holdout.mean(measure);
  const shift = meanOf(treated, adjusted) - meanOf(holdout, adjusted);
  return {
    treated: base + shift,
    holdout: base,
    difference: around(shift, varianceOf(arms, adjusted), critical),
  };
}

/**
 * A ratio of two sums, as revenue over orders, treated against holdout, by the delta method: the ratio of an arm has
 * the variance of the mean of `(y − R x) / x̄`.
 *
 * @returns null while an arm has no denominator
 * @see Deng, Knoblich & Lu 2018, Applying the delta method in metric analytics
 */
export function compareRatios(
  { treated, holdout }: StandardisedArms,
  [over, under]: readonly [Measure, Measure],
  critical: number,
): Comparison | null {
  const read = (arm: StandardisedArm) => {
    const denominator = arm.mean(under);
    if (!(denominator > 0)) return null;
    const ratio = arm.mean(over) / denominator;
    const spread = arm.variance([
      [over, 1],
      [under, -ratio],
    ]);
    return { ratio, variance: (spread / denominator ** 2) * arm.varianceFactor };
  };
  const [t, h] = [read(treated), read(holdout)];
  if (!t || !h) return null;
  return {
    treated: t.ratio,
    holdout: h.ratio,
    difference: around(t.ratio - h.ratio, t.variance + h.variance, critical),
  };
}

/** An interval; without bounds while nothing varies or nothing may be said yet, for no width would pretend to know. */
function around(value: number, variance: number, critical: number): Estimate {
  if (!Number.isFinite(critical) || !(variance > 0)) return { value, low: -Infinity, high: Infinity };
  const reach = critical * Math.sqrt(variance);
  return { value, low: value - reach, high: value + reach };
}

/**
 * Standard deviation that the difference of the means has for one unit of information, adjusted as above: its standard
 * error times `√information`. Of arms that vary alike it is the deviation of a visitor.
 */
export function deviationOf(arms: StandardisedArms, measure: Measure): number {
  const adjusted = adjustedBy(arms, EXPOSABLE.get(measure) ?? measure);
  return Math.sqrt(varianceOf(arms, adjusted) * arms.information);
}

/** Variance of the difference of both arms' means. */
function varianceOf({ treated, holdout }: StandardisedArms, combination: Combination): number {
  return (
    treated.variance(combination) * treated.varianceFactor +
    holdout.variance(combination) * holdout.varianceFactor
  );
}

/** The measure less what is known from before, `y − θ x`; the measure alone where nothing is known. */
function adjustedBy({ covariance }: StandardisedArms, measure: Measure): Combination {
  const known = "earlierRevenueMinor";
  if (!ADJUSTED.includes(measure) || !(covariance(known, known) > 0)) return [[measure, 1]];
  // Both arms' spread together: the slope may not follow one arm's luck.
  const slope = covariance(measure, known) / covariance(known, known);
  return [
    [measure, 1],
    [known, -slope],
  ];
}

function meanOf(arm: StandardisedArm, combination: Combination): number {
  return combination.reduce((sum, [measure, weight]) => sum + weight * arm.mean(measure), 0);
}

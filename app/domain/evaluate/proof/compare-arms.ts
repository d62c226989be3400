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
 * Mean of a measure per visitor, treated against holdout, with its interval. If `EXPOSABLE` names a part of the
 * measure, the difference is that of the part, which is all that offers can have changed. `treated` is the holdout's
 * mean plus the difference.
 *
 * If earlier revenue of the visitors is known, the difference is adjusted by it: `Δy − θ Δx` with
 * `θ = cov(y, x) / var(x)`. This adds no bias, because both arms have the same expectation of x, and removes the
 * variance that x explains.
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
 * A ratio of two sums, such as revenue over orders, treated against holdout, by the delta method: the ratio of an arm
 * has the variance of the mean of `(y − R x) / x̄`.
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

/** An interval; unbounded while nothing varies or the critical value is infinite. */
function around(value: number, variance: number, critical: number): Estimate {
  if (!Number.isFinite(critical) || !(variance > 0)) return { value, low: -Infinity, high: Infinity };
  const reach = critical * Math.sqrt(variance);
  return { value, low: value - reach, high: value + reach };
}

/**
 * Standard deviation of the difference of the means for one unit of information, adjusted as above: its standard error
 * times `√information`. If both arms vary alike, this is the standard deviation of a visitor.
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

/** The measure adjusted by earlier revenue, `y − θ x`; the measure alone if no earlier revenue is known. */
function adjustedBy({ covariance }: StandardisedArms, measure: Measure): Combination {
  const known = "earlierRevenueMinor";
  if (!ADJUSTED.includes(measure) || !(covariance(known, known) > 0)) return [[measure, 1]];
  // Uses both arms' covariance, so that the slope does not follow the chance of one arm.
  const slope = covariance(measure, known) / covariance(known, known);
  return [
    [measure, 1],
    [known, -slope],
  ];
}

function meanOf(arm: StandardisedArm, combination: Combination): number {
  return combination.reduce((sum, [measure, weight]) => sum + weight * arm.mean(measure), 0);
}

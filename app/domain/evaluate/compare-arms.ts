import type { Estimate } from "#app/domain/propose/bundle-proposal.ts";
import { ADJUSTED, REACHED, type Measure } from "./cohort-day.ts";
import type { StandardisedArm, StandardisedArms } from "./standardised-arms.ts";

/** A difference of the arms; `difference` and `relative` are treated against holdout. */
export interface Comparison {
  readonly treated: number;
  readonly holdout: number;
  readonly difference: Estimate;
  /** Over the holdout's value, 0.1 is 10 %; null while the holdout's is not above 0. */
  readonly relative: Estimate | null;
}

/**
 * Mean of a measure a visitor, treated against holdout, with its interval. The difference is that of what `REACHED` names,
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
  const counted = REACHED.get(measure) ?? measure;
  const adjustment = adjustmentOf(arms, counted);
  const base = holdout.mean(measure);
  const shift = treated.mean(counted) - holdout.mean(counted) - adjustment.shift;
  const variance =
    adjustment.variance(treated) * treated.varianceFactor +
    adjustment.variance(holdout) * holdout.varianceFactor;
  const relative = toRelative({
    base,
    shift,
    variance,
    baseVariance: holdout.covariance(measure, measure) * holdout.varianceFactor,
    shared: holdout.covariance(measure, counted) * holdout.varianceFactor,
    critical,
  });
  return { treated: base + shift, holdout: base, difference: around(shift, variance, critical), relative };
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
    const spread =
      arm.covariance(over, over) -
      2 * ratio * arm.covariance(over, under) +
      ratio ** 2 * arm.covariance(under, under);
    return { ratio, variance: (Math.max(0, spread) / denominator ** 2) * arm.varianceFactor };
  };
  const [t, h] = [read(treated), read(holdout)];
  if (!t || !h) return null;
  return {
    treated: t.ratio,
    holdout: h.ratio,
    difference: around(t.ratio - h.ratio, t.variance + h.variance, critical),
    relative: toRelative({
      base: h.ratio,
      shift: t.ratio - h.ratio,
      variance: t.variance + h.variance,
      baseVariance: h.variance,
      shared: h.variance,
      critical,
    }),
  };
}

/** An interval; without bounds while nothing varies or nothing may be said yet, for no width would pretend to know. */
function around(value: number, variance: number, critical: number): Estimate {
  if (!Number.isFinite(critical) || !(variance > 0)) return { value, low: -Infinity, high: Infinity };
  const reach = critical * Math.sqrt(variance);
  return { value, low: value - reach, high: value + reach };
}

/** Standard error of the difference of the means over the standard deviation of a visitor, adjusted as above. */
export function deviationOf(arms: StandardisedArms, measure: Measure): number {
  const { treated, holdout, information } = arms;
  const { variance } = adjustmentOf(arms, REACHED.get(measure) ?? measure);
  const error = variance(treated) * treated.varianceFactor + variance(holdout) * holdout.varianceFactor;
  return Math.sqrt(error * information);
}

/** What is known from before, and how much of the measure it explains. */
function adjustmentOf({ treated, holdout }: StandardisedArms, measure: Measure) {
  const known = "earlierRevenueMinor";
  const isKnown = ADJUSTED.includes(measure) && treated.covariance(known, known) > 0;
  // Both arms' spread together: the slope may not follow one arm's luck.
  const slope = isKnown ? treated.covariance(measure, known) / pooledVariance(treated, holdout, known) : 0;
  return {
    shift: slope * (treated.mean(known) - holdout.mean(known)),
    variance: (arm: StandardisedArm) =>
      slope === 0
        ? arm.covariance(measure, measure)
        : Math.max(
            0,
            arm.covariance(measure, measure) -
              2 * slope * arm.covariance(measure, known) +
              slope ** 2 * arm.covariance(known, known),
          ),
  };
}

/** The spread of both arms together is the smaller of the two: an arm's own is never below it. */
function pooledVariance(treated: StandardisedArm, holdout: StandardisedArm, measure: Measure): number {
  return Math.min(treated.covariance(measure, measure), holdout.covariance(measure, measure));
}

interface Shifted {
  /** The holdout's mean, and what the treated have more. */
  readonly base: number;
  readonly shift: number;
  readonly variance: number;
  readonly baseVariance: number;
  /** Of the holdout's part of the shift with its mean: how much of their luck is the same. */
  readonly shared: number;
  readonly critical: number;
}

/**
 * `shift / base` by the delta method, its interval on the scale of logarithms, so that none falls by more than all:
 * `log(1 + s/b)` has the variance of `(Δs − (s/b) Δb) / (b + s)`.
 */
function toRelative({ base, shift, variance, baseVariance, shared, critical }: Shifted): Estimate | null {
  if (!(base > 0)) return null;
  const part = shift / base;
  const ratio = 1 + part;
  const spread = variance + part ** 2 * baseVariance + 2 * part * shared;
  if (!(ratio > 0) || !Number.isFinite(critical) || !(spread > 0))
    return { value: part, low: -1, high: Infinity };
  const reach = (critical * Math.sqrt(spread)) / (base + shift);
  return { value: part, low: ratio * Math.exp(-reach) - 1, high: ratio * Math.exp(reach) - 1 };
}

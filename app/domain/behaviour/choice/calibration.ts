/** `p' = σ(slope · logit(p) + intercept)`; slope 1 and intercept 0 change nothing. */
export interface Calibration {
  /** Above 0, so the order of items does not change. */
  readonly slope: number;
  readonly intercept: number;
}

export const UNCALIBRATED: Calibration = { slope: 1, intercept: 0 };

/** Clamp for probabilities of 0 and 1, whose logit is infinite. */
const EDGE = 1e-6;
/** Lower clamp when calibrating: small enough to keep the order of tiny probabilities. */
const STATED_EDGE = 1e-30;
/** Weight of the prior (no change), in forecasts: a handful of forecasts must not distort a model. */
const DOUBT = 5;
const MIN_SLOPE = 0.05;
const NEWTON_STEPS = 25;

/**
 * Platt scaling on the logit, by Newton's method on `Σ −log p'(outcome) + DOUBT/2 · ((slope − 1)² + intercept²)`, which
 * is strictly convex. Without forecasts it returns `UNCALIBRATED`.
 *
 * @param forecasts of cases that the model was not trained on
 * @see Platt 1999. Known weakness: corrects by an S-curve only; isotonic regression would need thousands of cases
 */
export function fitCalibration(forecasts: readonly Forecasted[]): Calibration {
  let { slope, intercept } = UNCALIBRATED;
  const points = forecasts.map(({ probability, isBought }) => ({
    x: logit(probability),
    y: isBought ? 1 : 0,
  }));
  for (let step = 0; step < NEWTON_STEPS; step++) {
    let [gradientSlope, gradientIntercept] = [DOUBT * (slope - 1), DOUBT * intercept];
    let [curveSlope, curveBoth, curveIntercept] = [DOUBT, 0, DOUBT];
    for (const { x, y } of points) {
      const p = sigmoid(slope * x + intercept);
      const w = p * (1 - p);
      gradientSlope += (p - y) * x;
      gradientIntercept += p - y;
      curveSlope += w * x * x;
      curveBoth += w * x;
      curveIntercept += w;
    }
    const determinant = curveSlope * curveIntercept - curveBoth ** 2;
    const moveSlope = (curveIntercept * gradientSlope - curveBoth * gradientIntercept) / determinant;
    const moveIntercept = (curveSlope * gradientIntercept - curveBoth * gradientSlope) / determinant;
    // A full Newton step can leave the region where the quadratic approximation holds, so steps are capped.
    const shorten = Math.min(1, 2 / Math.max(Math.abs(moveSlope), Math.abs(moveIntercept), 1e-12));
    slope -= shorten * moveSlope;
    intercept -= shorten * moveIntercept;
    if (Math.abs(moveSlope) + Math.abs(moveIntercept) < 1e-9) break;
  }
  return { slope: Math.max(MIN_SLOPE, slope), intercept };
}

/** @returns 0 to 1, increasing in the probability */
export function calibrate(probability: number, { slope, intercept }: Calibration): number {
  return sigmoid(slope * logit(probability, STATED_EDGE) + intercept);
}

/** Expected calibration error, 0 to 1, before and after calibration. */
export interface CalibrationErrors {
  readonly raw: number;
  readonly calibrated: number;
}

/**
 * Measures calibration by two-fold cross-validation: fitted on every other case, measured on the rest, and vice versa.
 *
 * @param forecasts one list per case; case `c` goes to fold `c mod 2` as a whole
 */
export function measureCalibration(forecasts: readonly (readonly Forecasted[])[]): CalibrationErrors {
  const halves = [0, 1].map((half) => forecasts.filter((_, at) => at % 2 === half).flat());
  const calibrated = halves.flatMap((half, at) => {
    const calibration = fitCalibration(halves[1 - at]!);
    return half.map(({ probability, isBought }) => ({
      probability: calibrate(probability, calibration),
      isBought,
    }));
  });
  return {
    raw: expectedCalibrationError(forecasts.flat()),
    calibrated: expectedCalibrationError(calibrated),
  };
}

function logit(probability: number, leastProbability = EDGE): number {
  const p = Math.min(1 - EDGE, Math.max(leastProbability, probability));
  return Math.log(p / (1 - p));
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** A stated purchase probability and the outcome. */
export interface Forecasted {
  /** 0 to 1. */
  readonly probability: number;
  readonly isBought: boolean;
}

const BINS = 10;

/**
 * Expected calibration error: `Σ_b n_b/n · |mean probability of b − share bought in b|` over ten bins of equal mass;
 * equal probabilities share a bin. With bins of equal width, the first would hold nearly all forecasts of a large
 * catalogue and hide its errors.
 *
 * @returns 0 (events forecast at 20 % happen in 20 % of cases) to 1; NaN without forecasts
 * @see Naeini, Cooper & Hauskrecht 2015 for the error, Nixon et al. 2019 for bins of equal mass. Known weakness: errors
 *   of opposite sign cancel within a bin, and small bins are noisy
 */
export function expectedCalibrationError(forecasts: readonly Forecasted[]): number {
  const sorted = forecasts.toSorted((a, b) => a.probability - b.probability);
  const least = sorted.length / BINS;
  let error = 0;
  let excess = 0;
  let held = 0;
  sorted.forEach(({ probability, isBought }, at) => {
    excess += probability - (isBought ? 1 : 0);
    held++;
    if (held < least || sorted[at + 1]?.probability === probability) return;
    error += Math.abs(excess);
    excess = 0;
    held = 0;
  });
  return (error + Math.abs(excess)) / sorted.length;
}

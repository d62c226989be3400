/** `p' = σ(slope · logit(p) + intercept)`; slope 1 and intercept 0 leave a probability as it is. */
export interface Calibration {
  /** Above 0, so that no two items change places. */
  readonly slope: number;
  readonly intercept: number;
}

export const UNCALIBRATED: Calibration = { slope: 1, intercept: 0 };

/** A probability of exactly 0 or 1 has no logit; this much away from both it has one that a fit can bear. */
const EDGE = 1e-6;
/** What is told keeps its order far below that. */
const STATED_EDGE = 1e-30;
/** Weight of "as it is" against the forecasts, in forecasts: a handful of them must not bend a model. */
const DOUBT = 5;
const MIN_SLOPE = 0.05;
const NEWTON_STEPS = 25;

/**
 * Platt's scaling on the logit, by Newton's method on `Σ −log p'(what happened) + DOUBT/2 · ((slope − 1)² + intercept²)`,
 * which is strictly convex. Of no forecasts, what they come to is `UNCALIBRATED`.
 *
 * @param forecasts of cases that the model was not trained on
 * @see Platt 1999. Known weakness: an S-shaped correction only, where isotonic regression needs thousands of cases
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
    // A full step may leave the region where the curve is told by its bend; a short one never does.
    const shorten = Math.min(1, 2 / Math.max(Math.abs(moveSlope), Math.abs(moveIntercept), 1e-12));
    slope -= shorten * moveSlope;
    intercept -= shorten * moveIntercept;
    if (Math.abs(moveSlope) + Math.abs(moveIntercept) < 1e-9) break;
  }
  return { slope: Math.max(MIN_SLOPE, slope), intercept };
}

/** @returns 0 to 1, higher for a higher probability */
export function calibrate(probability: number, { slope, intercept }: Calibration): number {
  return sigmoid(slope * logit(probability, STATED_EDGE) + intercept);
}

/** Expected calibration error, 0 to 1, of probabilities as they are and as calibrated. */
export interface CalibrationErrors {
  readonly raw: number;
  readonly calibrated: number;
}

/**
 * What calibration is worth, on forecasts that it was not fitted on: fitted on every other one, measured on the rest,
 * and the other way round.
 *
 * @param forecasts of whole cases, one after the other; those of case `c` all go to half `c mod 2`
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

/** A stated purchase probability, and what happened. */
export interface Forecasted {
  /** 0 to 1. */
  readonly probability: number;
  readonly isBought: boolean;
}

const BINS = 10;

/**
 * Expected calibration error: `Σ_b n_b/n · |mean probability of b − share bought in b|` over ten bins of equally many
 * forecasts, equal probabilities in one. Of bins of equal width the first would hold nearly all that is said of a large
 * catalogue, and its mean hides what is wrong within it.
 *
 * @returns 0 (what is said to happen in 20 % of cases does) to 1; NaN without any forecast
 * @see Naeini, Cooper & Hauskrecht 2015 for the error, Nixon et al. 2019 for bins of equal mass. Known weakness: errors
 *   of opposite sign inside one bin cancel, and a bin of few forecasts is off by luck
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

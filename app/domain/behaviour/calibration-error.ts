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

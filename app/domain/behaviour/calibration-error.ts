/** A stated purchase probability, and what happened. */
export interface Forecasted {
  /** 0 to 1. */
  readonly probability: number;
  readonly isBought: boolean;
}

const BINS = 10;

/**
 * Expected calibration error: `Σ_b n_b/n · |mean probability of b − share bought in b|` over bins of equal width.
 *
 * @returns 0 (what is said to happen in 20 % of cases does) to 1; NaN without any forecast
 * @see Naeini, Cooper, Hauskrecht 2015. Known weakness: errors of opposite sign inside one bin cancel
 */
export function expectedCalibrationError(forecasts: readonly Forecasted[]): number {
  const excess = new Float64Array(BINS);
  for (const { probability, isBought } of forecasts) {
    const bin = Math.min(BINS - 1, Math.floor(probability * BINS));
    excess[bin]! += probability - (isBought ? 1 : 0);
  }
  return excess.reduce((sum, value) => sum + Math.abs(value), 0) / forecasts.length;
}

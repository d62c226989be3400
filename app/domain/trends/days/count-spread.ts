import { TAIL80 } from "#app/domain/numbers/statistics.ts";

/** Below this φ a count is treated as Poisson. */
const LEAST_DISPERSION = 1e-3;

/**
 * Dispersion of outcomes around their forecasts: φ of a negative binomial count with mean μ and variance `μ + φ·μ²`, by
 * the method of moments, `Σ ((n − μ)² − μ) / Σ μ²`. It includes the error of the forecast, so an interval needs no
 * second term.
 *
 * @param expected μ of each back-tested forecast
 * @param came the counts, integers
 * @returns φ, at least 0; 0, Poisson, without a case
 * @see Hilbe 2011, Negative Binomial Regression, NB2; Snyder, Ord and Beaumont 2012, Forecasting the intermittent
 *   demand for slow-moving inventories. Known weakness: no guarantee for windows of another season; forecasts of all
 *   sizes share one φ.
 */
export function learnDispersion(expected: Float32Array, came: Uint32Array): number {
  let [excess, squares] = [0, 0];
  expected.forEach((mean, index) => {
    excess += (came[index]! - mean) ** 2 - mean;
    squares += mean ** 2;
  });
  return squares > 0 ? Math.max(0, excess / squares) : 0;
}

/**
 * 80 % interval of such a count, in whole numbers.
 *
 * @param dispersion φ, from `learnDispersion`
 * @param expected μ, at least 0
 * @returns each tail has a probability of at most a tenth. Counts are discrete, so coverage is at least 80 %, and well
 *   above that when orders are rare
 */
export function countIntervalOf(
  dispersion: number,
  expected: number,
): { readonly low: number; readonly high: number } {
  if (!(expected > 0)) return { low: 0, high: 0 };
  const chanceOf = openChances(expected, dispersion);
  let low = -1;
  let sum = 0;
  for (let count = 0; ; count++) {
    const chance = chanceOf();
    sum += chance;
    if (low < 0 && sum > TAIL80) low = count;
    // The second condition ends the loop when rounding keeps the sum below the quantile.
    if (sum >= 1 - TAIL80 || (count > expected && chance < 1e-12))
      return { low: Math.max(0, low), high: count };
  }
}

/** Probabilities of 0, 1, 2 … in turn, each by its ratio to the previous one. Logarithms avoid underflow. */
function openChances(mean: number, dispersion: number): () => number {
  const isPoisson = dispersion < LEAST_DISPERSION;
  const size = 1 / dispersion;
  const logStep = isPoisson ? Math.log(mean) : Math.log((dispersion * mean) / (1 + dispersion * mean));
  let log = isPoisson ? -mean : -size * Math.log1p(dispersion * mean);
  let count = 0;
  return () => {
    const chance = Math.exp(log);
    log += logStep + (isPoisson ? 0 : Math.log(count + size)) - Math.log(count + 1);
    count++;
    return chance;
  };
}

import type { Estimate } from "./statistics.ts";

export interface MeasuredEffect {
  readonly id: string;
  readonly value: number;
  /** Variance of the value, above 0. */
  readonly variance: number;
}

/** Posterior of one bundle's effect, given all bundles. */
export interface ShrunkEffect {
  readonly id: string;
  readonly effect: Estimate;
}

/** With this many bundles their spread can be estimated. With fewer, each keeps its own estimate. */
const LEAST_BUNDLES = 4;

/**
 * Shrinks the effects of many bundles with a normal-normal model: true effects vary around a common mean, measured
 * effects around the true ones. An imprecise measurement moves towards the mean. So a lucky bundle does not look like a
 * winner, and picking the largest effect afterwards is safe.
 *
 * The spread of the true effects is Paule and Mandel's. The interval includes the doubt about mean and spread (Morris).
 *
 * @param critical standard deviations on each side
 * @returns in the order given
 * @see Morris 1983, Parametric empirical Bayes inference; Paule & Mandel 1982, Consensus values and weighting factors
 * Known weakness: one visitor can count for several bundles, so their errors are not quite independent. One extreme
 *   effect widens the estimated spread, and then all others are shrunk too little.
 */
export function shrinkEffects(effects: readonly MeasuredEffect[], critical: number): ShrunkEffect[] {
  const toEstimate = (value: number, variance: number): Estimate => {
    const reach = critical * Math.sqrt(variance);
    return { value, low: value - reach, high: value + reach };
  };
  const count = effects.length;
  if (count < LEAST_BUNDLES) {
    return effects.map(({ id, value, variance }) => ({ id, effect: toEstimate(value, variance) }));
  }
  const spread = spreadOf(effects);
  const { mean, weight } = weightedMean(effects, spread);
  const usual = effects.reduce((sum, { variance }) => sum + variance, 0) / count;
  return effects.map(({ id, value, variance }) => {
    const raw = variance / (variance + spread);
    // Share of the distance to the mean to remove. Morris: the spread is too uncertain for the full shrinkage.
    const shrinkage = ((count - 3) / (count - 1)) * raw;
    const doubtOfMean = shrinkage ** 2 / weight;
    const doubtOfSpread =
      (2 / (count - 3)) * shrinkage ** 2 * (value - mean) ** 2 * ((usual + spread) / (variance + spread));
    return {
      id,
      effect: toEstimate(
        value - shrinkage * (value - mean),
        variance * (1 - shrinkage) + doubtOfMean + doubtOfSpread,
      ),
    };
  });
}

/** Variance of the true effects at which the weighted squares around the mean equal their degrees of freedom. */
function spreadOf(effects: readonly MeasuredEffect[]): number {
  const excess = (spread: number) => {
    const { mean } = weightedMean(effects, spread);
    const squares = effects.reduce(
      (sum, { value, variance }) => sum + (value - mean) ** 2 / (variance + spread),
      0,
    );
    return squares - (effects.length - 1);
  };
  if (excess(0) <= 0) return 0;
  let high = Math.max(...effects.map(({ variance }) => variance));
  while (excess(high) > 0) high *= 2;
  let low = 0;
  for (let round = 0; round < 60; round++) {
    const middle = (low + high) / 2;
    if (excess(middle) > 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

function weightedMean(effects: readonly MeasuredEffect[], spread: number) {
  let weight = 0;
  let sum = 0;
  for (const { value, variance } of effects) {
    weight += 1 / (variance + spread);
    sum += value / (variance + spread);
  }
  return { mean: sum / weight, weight };
}

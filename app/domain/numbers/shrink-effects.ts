import type { Estimate } from "./statistics.ts";

/** One bundle's measured effect. */
interface MeasuredEffect {
  readonly id: string;
  readonly value: number;
  /** Variance of the value, above 0. */
  readonly variance: number;
}

/** What is believed of one bundle once all are known. */
export interface ShrunkEffect {
  readonly id: string;
  readonly effect: Estimate;
}

/** From so many bundles on their spread can be told; below, each stands for itself. */
const LEAST_BUNDLES = 4;

/**
 * Effects of many bundles by a normal-normal model: each true effect is drawn around a common mean, each measured one
 * around its true one. What is measured badly is drawn towards the mean; so the best of many by luck does not look
 * like a winner, and picking the largest afterwards does no harm.
 *
 * The spread of the true effects is Paule and Mandel's; the interval carries the doubt about the mean and, after
 * Morris, about the spread.
 *
 * @param critical standard deviations to either side
 * @returns in the order given
 * @see Morris 1983, Parametric empirical Bayes inference; Paule & Mandel 1982, Consensus values and weighting factors
 * Known weakness: one visitor may count for several bundles, whose errors are then not quite independent.
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
    // How much of the distance to the mean is taken back. Morris: the spread is too uncertain to shrink by all it says.
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

/** Variance of the true effects, at which the weighted squares around the mean are as large as their number implies. */
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

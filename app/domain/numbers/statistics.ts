import { z } from "zod";
import { listPlaces } from "#app/domain/group-by.ts";

/** An estimate with its 90 % interval, in the unit of the field's name; in step 8, 95 % over all days of the period. */
export const Estimate = z.object({ value: z.number(), low: z.number(), high: z.number() });
export type Estimate = z.infer<typeof Estimate>;

/** Computes an estimate at its value and at each end. */
export function atEachEnd(of: (end: keyof Estimate) => number): Estimate {
  return { value: of("value"), low: of("low"), high: of("high") };
}

/** @param factor above 0 */
export function scaleEstimate(estimate: Estimate, factor: number): Estimate {
  return atEachEnd((end) => estimate[end] * factor);
}

export function sumOf<T>(values: readonly T[], of: (value: T, at: number) => number): number {
  return values.reduce((sum, value, at) => sum + of(value, at), 0);
}

export function totalOf(values: ArrayLike<number>): number {
  let total = 0;
  for (let at = 0; at < values.length; at++) total += values[at]!;
  return total;
}

/** NaN without values. */
export function meanOf(values: ArrayLike<number>): number {
  return totalOf(values) / values.length;
}

/**
 * Binary search: the first of `count` places where `isBelow` is false, or `count`. No place after it may be below.
 *
 * @param isBelow called with a place, 0 to count − 1
 */
export function lowerBound(count: number, isBelow: (place: number) => boolean): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBelow(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Whether a challenger beats the incumbent by more than this many standard errors of its mean gain. On a few dozen
 * cases, the best of many methods is best by luck.
 *
 * @param gains [cases] gain of the challenger over the other in each case, in any unit
 * @param standardErrors at least 0; depends on the cost of a wrong choice, the number of cases and of challengers
 * @returns false for fewer than two cases, which have no standard error
 * Known weakness: cases are assumed independent
 */
export function isClearlyBetter(gains: Float64Array, standardErrors: number): boolean {
  const cases = gains.length;
  if (cases < 2) return false;
  const mean = gains.reduce((sum, gain) => sum + gain, 0) / cases;
  const squares = gains.reduce((sum, gain) => sum + (gain - mean) ** 2, 0);
  return mean > standardErrors * Math.sqrt(squares / (cases - 1) / cases);
}

/**
 * Median of ascending values; the upper of the middle two of an even number, so it is always one of the values.
 *
 * @returns undefined without values
 */
export function upperMedian(ascending: ArrayLike<number>): number | undefined {
  return ascending[ascending.length >> 1];
}

/**
 * [groups] `upperMedian` of the values of each group; 0 for an empty group.
 *
 * @param group [values] group of each value, 0 to groups − 1
 */
export function medianOfEach(groups: number, group: Uint32Array, values: Float64Array): Float64Array {
  const { offsets, places } = listPlaces(groups, group);
  const inOrder = new Float64Array(values.length);
  places.forEach((place, at) => (inOrder[at] = values[place]!));
  return Float64Array.from(
    { length: groups },
    (_, own) => upperMedian(inOrder.subarray(offsets[own], offsets[own + 1]).sort()) ?? 0,
  );
}

/**
 * Median of ascending values: the mean of the middle two of an even number.
 *
 * @returns NaN without values
 */
export function medianOfSorted(ascending: ArrayLike<number>): number {
  const upper = ascending[ascending.length >> 1] ?? NaN;
  const lower = ascending[(ascending.length - 1) >> 1] ?? NaN;
  return (lower + upper) / 2;
}

/** Standard deviations on each side of the mean that hold 80 % and 90 % of a normal distribution. */
export const Z80 = 1.2816;
export const Z90 = 1.6449;
/** Probability in each tail outside 80 %. */
export const TAIL80 = (1 - 0.8) / 2;

/** P(Z > z), relative error below 1.2e-7 for z at least 0. @see Numerical Recipes, erfc by Chebyshev fitting */
export function normalTail(z: number): number {
  if (z < 0) return 1 - normalTail(-z);
  const x = z / Math.SQRT2;
  const t = 1 / (1 + x / 2);
  const series = [
    -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587,
    -0.82215223, 0.17087277,
  ];
  let polynomial = 0;
  for (let power = series.length - 1; power >= 0; power--) polynomial = polynomial * t + series[power]!;
  return (t * Math.exp(-x * x + polynomial)) / 2;
}

/** Logarithm of the gamma function for arguments above 0, by Stirling's series from 10 on. */
export function logGamma(x: number): number {
  let below = 0;
  let at = x;
  for (; at < 10; at++) below += Math.log(at);
  const square = 1 / (at * at);
  const series = (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680))) / at;
  return (at - 0.5) * Math.log(at) - at + Math.log(2 * Math.PI) / 2 + series - below;
}

/**
 * Range of a count to come, from the interval of its mean and the Poisson chance, assumed independent. Without the
 * Poisson part, a 90 % range of a few orders holds only three in four counts.
 *
 * @param mean at least 0, with a 90 % interval
 */
export function countToCome({ value, low, high }: Estimate): Estimate {
  const chance = Z90 * Math.sqrt(value);
  return {
    value,
    low: Math.max(0, value - Math.hypot(value - low, chance)),
    high: value + Math.hypot(high - value, chance),
  };
}

/** Standard deviations on either side of the mean that hold 80 % and 90 % of a normal distribution. */
export const Z80 = 1.2816;
export const Z90 = 1.6449;

/** P(Z > z) for z at least 0, relative error below 1.2e-7. @see Numerical Recipes, erfc by Chebyshev fitting */
export function normalTail(z: number): number {
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

const HALVINGS = 50;

/** The z of `normalTail(z) = tail`. @param tail above 0, at most 1/2 */
export function normalQuantile(tail: number): number {
  let [low, high] = [0, 40];
  for (let halving = 0; halving < HALVINGS; halving++) {
    const middle = (low + high) / 2;
    if (normalTail(middle) > tail) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Logarithm of the gamma function for arguments above 0, by Stirling's series above 10. */
export function logGamma(x: number): number {
  let below = 0;
  let at = x;
  for (; at < 10; at++) below += Math.log(at);
  const square = 1 / (at * at);
  const series = (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680))) / at;
  return (at - 0.5) * Math.log(at) - at + Math.log(2 * Math.PI) / 2 + series - below;
}

/**
 * Whether a challenger is clearly better than what is taken otherwise: by more than so many standard errors of its mean
 * gain, case by case. On a few dozen cases the best of many methods is best by luck.
 *
 * @param gains [cases] what the challenger gained over the other in each, in any unit
 * @param standardErrors at least 0; how sure to be is for those to say who know what a wrong choice costs, how many cases
 *   there are and how many challenge
 * @returns false of fewer than two cases, which say nothing of their error
 * Known weakness: cases are taken for independent
 */
export function isClearlyBetter(gains: Float64Array, standardErrors: number): boolean {
  const cases = gains.length;
  if (cases < 2) return false;
  const mean = gains.reduce((sum, gain) => sum + gain, 0) / cases;
  const squares = gains.reduce((sum, gain) => sum + (gain - mean) ** 2, 0);
  return mean > standardErrors * Math.sqrt(squares / (cases - 1) / cases);
}

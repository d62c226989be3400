import { isClearlyBetter } from "#app/domain/numbers/statistics.ts";

/**
 * Standard errors by which another method must gain to be taken in the usual one's place. One is not much: the best of
 * nine or so methods, none of which is better, passes in more than one of six shops. What is then taken is as good as
 * what is left, so nothing is lost but the reason.
 */
const CHOICE_ERRORS = 1;

/**
 * Of methods measured on the same cases the one with the highest mean gain, where it is clearly better than the usual
 * one, which is taken otherwise.
 *
 * @param measured at least one; of equal ones the first
 * @param gainsOf [cases] what a method gained in each
 */
export function chooseMeasured<T>(measured: readonly T[], usual: T, gainsOf: (one: T) => Float64Array): T {
  const best = measured.reduce((a, b) => (meanOf(gainsOf(b)) > meanOf(gainsOf(a)) ? b : a));
  const other = gainsOf(usual);
  const gains = gainsOf(best).map((gain, at) => gain - other[at]!);
  return isClearlyBetter(gains, CHOICE_ERRORS) ? best : usual;
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

import type { Estimate } from "#app/domain/numbers/statistics.ts";

/** How likely an offer earns more than it gives away, in a merchant's words. */
export const SURENESSES = ["likely", "try", "idea"] as const;
export type Sureness = (typeof SURENESSES)[number];

/** Standard normal quantiles of 95 % (the low end of a 90 % interval), 90 % and 70 %. */
const LOW_END = 1.645;
const NINE_IN_TEN = 1.282;
const SEVEN_IN_TEN = 0.524;

/**
 * `likely`: earns in nine of ten cases; `try`: in seven; `idea`: in fewer, or its orders are too few. The lower half of
 * the interval is assumed to be normal.
 *
 * @param extraMargin with its 90 % interval, any unit
 * @param isToTry whether the orders do not prove the offer yet
 */
export function surenessOf({ value, low }: Estimate, { isToTry }: { readonly isToTry: boolean }): Sureness {
  if (isToTry || value <= 0) return "idea";
  const deviations = value === low ? Infinity : (LOW_END * value) / (value - low);
  if (deviations >= NINE_IN_TEN) return "likely";
  return deviations >= SEVEN_IN_TEN ? "try" : "idea";
}

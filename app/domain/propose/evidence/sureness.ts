import type { Estimate } from "#app/domain/numbers/statistics.ts";

/** How sure it is that an offer earns more than it gives away, in a merchant's words. */
export const SURENESSES = ["likely", "try", "idea"] as const;
export type Sureness = (typeof SURENESSES)[number];

/** Standard normal quantiles: of the low end of a 90 % interval, and of nine and seven times in ten. */
const LOW_END = 1.645;
const NINE_IN_TEN = 1.282;
const SEVEN_IN_TEN = 0.524;

/**
 * `likely`: it earns in nine of ten cases; `try`: in seven; `idea`: in fewer, or its orders are too few to say. The lower
 * half of the interval is taken for that of a normal distribution.
 *
 * @param extraMargin with its 90 % interval, any unit
 * @param isToTry whether orders do not bear the offer out yet
 */
export function surenessOf({ value, low }: Estimate, { isToTry }: { readonly isToTry: boolean }): Sureness {
  if (isToTry || value <= 0) return "idea";
  const deviations = value === low ? Infinity : (LOW_END * value) / (value - low);
  if (deviations >= NINE_IN_TEN) return "likely";
  return deviations >= SEVEN_IN_TEN ? "try" : "idea";
}

import type { Estimate } from "#app/domain/numbers/statistics.ts";

/** Orders of the counted visitors, by days from the first visit to the order and to the end of the window. */
export interface DelayedOrders {
  readonly delayDays: number;
  readonly ageDays: number;
  readonly orders: number;
}

/** With fewer orders their delay is not estimated. */
const LEAST_ORDERS = 30;

/**
 * Share of the counted visitors' orders that are still to come. The delay distribution is estimated from the orders so
 * far, in reverse time: of the orders at most d days late, among visitors who came long enough ago to have had them,
 * the share that was exactly d days late.
 *
 * @param visitorsByAge visitors by whole days since the first visit, from 0
 * @returns 0 to 1; null while too few have ordered
 * @see Lagakos, Barraj & De Gruttola 1988, Nonparametric analysis of truncated survival data
 * Known weakness: orders later than the length of the window, 90 days at most, are unknown.
 */
export function shareToCome(
  delayed: readonly DelayedOrders[],
  visitorsByAge: readonly number[],
): number | null {
  const days = visitorsByAge.length;
  const just = new Float64Array(days);
  /** Orders at most this late of visitors who came at least as long ago; daily differences until they are summed. */
  const soFar = new Float64Array(days + 1);
  for (const { delayDays, ageDays, orders } of delayed) {
    just[delayDays]! += orders;
    soFar[delayDays]! += orders;
    soFar[ageDays + 1]! -= orders;
  }
  if (just.reduce((sum, orders) => sum + orders, 0) < LEAST_ORDERS) return null;
  for (let day = 1; day < days; day++) soFar[day]! += soFar[day - 1]!;
  /** Share of the orders that are at most this many days late. */
  const come = new Float64Array(days).fill(1);
  for (let day = days - 1; day > 0; day--) {
    come[day - 1] = come[day]! * (soFar[day]! > 0 ? 1 - just[day]! / soFar[day]! : 1);
  }
  const visitors = visitorsByAge.reduce((all, count) => all + count, 0);
  const had = visitorsByAge.reduce((all, count, age) => all + count * come[age]!, 0);
  return visitors > 0 ? Math.max(0, 1 - had / visitors) : null;
}

/**
 * Widens an interval by the effect that late orders can have, once the counted visitors have had time to place them.
 * Late orders can show no difference, or the same difference as the others. With a share s to come, the true difference
 * is between D and `D / (1 − s)`. An interval that holds D also holds it if its bounds away from 0 move out by that
 * factor. This is a bound on the bias, not an estimate: the value stays, and so does whether the interval holds 0.
 *
 * @param toComeRatio share of the orders still to come, 0 to 1
 * @see Manski 2003, Partial identification of probability distributions, for bounds on unobserved data
 * Known weakness: if offers only bring orders forward, late orders show the opposite difference, outside the bounds.
 */
export function reachLateOrders({ value, low, high }: Estimate, toComeRatio: number): Estimate {
  const most = 1 / (1 - toComeRatio);
  return { value, low: low < 0 ? low * most : low, high: high > 0 ? high * most : high };
}

import type { Estimate } from "#app/domain/numbers/statistics.ts";

/** Orders of the visitors counted, by the days from the first visit to the order, and to the end of the window. */
export interface DelayedOrders {
  readonly delayDays: number;
  readonly ageDays: number;
  readonly orders: number;
}

/** Of fewer orders nothing is said of when they come. */
const LEAST_ORDERS = 30;

/**
 * Share of the orders of the visitors counted so far that are still to come. How late orders come is estimated from those
 * that have, each as if seen backwards in time: of the orders up to so many days late, among visitors who came long enough
 * ago to have had them, how many were just so late.
 *
 * @param visitorsByAge visitors by whole days since the first visit, from 0
 * @returns 0 to 1; null while too few have ordered
 * @see Lagakos, Barraj & De Gruttola 1988, Nonparametric analysis of truncated survival data
 * Known weakness: of orders later than the window is long, 90 days at most, nobody knows.
 */
export function shareToCome(
  delayed: readonly DelayedOrders[],
  visitorsByAge: readonly number[],
): number | null {
  const days = visitorsByAge.length;
  const just = new Float64Array(days);
  /** Orders at most so late of visitors who came at least so long ago; until they are added up, what each day changes. */
  const soFar = new Float64Array(days + 1);
  for (const { delayDays, ageDays, orders } of delayed) {
    just[delayDays]! += orders;
    soFar[delayDays]! += orders;
    soFar[ageDays + 1]! -= orders;
  }
  if (just.reduce((sum, orders) => sum + orders, 0) < LEAST_ORDERS) return null;
  for (let day = 1; day < days; day++) soFar[day]! += soFar[day - 1]!;
  /** Share of the orders that are at most so many days late. */
  const come = new Float64Array(days).fill(1);
  for (let day = days - 1; day > 0; day--) {
    come[day - 1] = come[day]! * (soFar[day]! > 0 ? 1 - just[day]! / soFar[day]! : 1);
  }
  const visitors = visitorsByAge.reduce((all, count) => all + count, 0);
  const had = visitorsByAge.reduce((all, count, age) => all + count * come[age]!, 0);
  return visitors > 0 ? Math.max(0, 1 - had / visitors) : null;
}

/**
 * As far as late orders may take what was measured to date, once the visitors counted so far have had the time to place
 * them. They may show no difference at all, or the one that the others do: a share s to come leaves the true difference
 * between D and `D / (1 − s)`, so an interval that holds D holds it too when its bounds away from 0 go out by as much. A
 * bound on the bias and no estimate: the value stays, and so does whether the interval holds 0.
 *
 * @param toComeRatio share of the orders still to come, 0 to 1
 * @see Manski 2003, Partial identification of probability distributions, for bounds in place of what nobody has seen
 * Known weakness: offers that only bring orders forward let late ones show the opposite, and lie outside.
 */
export function reachLateOrders({ value, low, high }: Estimate, toComeRatio: number): Estimate {
  const most = 1 / (1 - toComeRatio);
  return { value, low: low < 0 ? low * most : low, high: high > 0 ? high * most : high };
}

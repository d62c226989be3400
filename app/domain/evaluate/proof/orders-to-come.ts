/** Orders of the visitors counted, by the days from the first visit to the order, and to the end of the window. */
export interface DelayedOrders {
  readonly delayDays: number;
  readonly ageDays: number;
  readonly orders: number;
}

/** Of fewer orders nothing is said of when they come. */
const LEAST_ORDERS = 30;

/**
 * Share of the orders of the visitors counted so far that are still to come: by so much, about, the difference to date is
 * nearer to 0 than what it will be. How late orders come is estimated from those that have, each as if seen backwards in
 * time: of the orders up to so many days late, among visitors who came long enough ago to have had them, how many were just
 * so late.
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
  const sum = (isMeant: (one: DelayedOrders) => boolean) =>
    delayed.reduce((all, one) => (isMeant(one) ? all + one.orders : all), 0);
  if (sum(() => true) < LEAST_ORDERS) return null;
  /** Share of the orders that are at most so many days late. */
  const come = visitorsByAge.map(() => 1);
  for (let day = visitorsByAge.length - 1; day > 0; day--) {
    const soFar = sum(({ delayDays, ageDays }) => delayDays <= day && ageDays >= day);
    const just = sum(({ delayDays }) => delayDays === day);
    come[day - 1] = come[day]! * (soFar > 0 ? 1 - just / soFar : 1);
  }
  const visitors = visitorsByAge.reduce((all, count) => all + count, 0);
  const had = visitorsByAge.reduce((all, count, age) => all + count * come[age]!, 0);
  return visitors > 0 ? Math.max(0, 1 - had / visitors) : null;
}

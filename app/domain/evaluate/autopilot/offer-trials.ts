/** What the visitors of a bundle's page did while its offer stood at one discount; counts may be weighted by age. */
export interface Trial {
  /** 0 to 0.9; null is without an offer. */
  readonly discountRatio: number | null;
  readonly visitors: number;
  /** Visitors with an order of every component, and those with one of some components only. */
  readonly sets: number;
  readonly parts: number;
}

/** What the visitors of an offer's pages did who were exposed to one discount on one day. */
export interface OfferDay {
  /** Null is without the offer. */
  readonly discountRatio: number | null;
  readonly ageDays: number;
  /** Visitors, each for the share of orders that have come by now. */
  readonly ripeVisitors: number;
  /** Purchases: of units an order is as many as it holds of the least, of others one. */
  readonly sets: number;
  /** The sum of each visitor's purchases squared. */
  readonly setsSquared: number;
  /** Visitors who bought less than one. */
  readonly parts: number;
  /** Margin of the purchases at full price, and what our discount took off them, minor units. */
  readonly setMarginMinor: number;
  readonly givenMinor: number;
  readonly partMarginMinor: number;
}

/** A day counts half as much after so many: shoppers, seasons and prices change. */
const HALF_LIFE_DAYS = 45;
/** What a list promises, it promises for so long. */
const PROMISED_DAYS = 28;

/** What a day so long ago counts, 0 to 1. */
function weightOfDay(ageDays: number): number {
  return 0.5 ** (ageDays / HALF_LIFE_DAYS);
}

/** The trials of single days by discount, older days counting less. */
export function sumTrials(days: readonly (Trial & { readonly ageDays: number })[]): Trial[] {
  const sums = new Map<number | null, Trial>();
  for (const { discountRatio, ageDays, visitors, sets, parts } of days) {
    const weight = weightOfDay(ageDays);
    const known = sums.get(discountRatio) ?? { discountRatio, visitors: 0, sets: 0, parts: 0 };
    sums.set(discountRatio, {
      discountRatio,
      visitors: known.visitors + weight * visitors,
      sets: known.sets + weight * sets,
      parts: known.parts + weight * parts,
    });
  }
  return [...sums.values()];
}

/** The trials of single days by discount, as much as they say: older days less, and one order of several purchases less than several orders. */
export function toTrials(days: readonly OfferDay[]): Trial[] {
  const dispersion = dispersionOf(days);
  return sumTrials(
    days.map(({ discountRatio, ageDays, ...day }) => ({
      discountRatio,
      ageDays,
      visitors: day.ripeVisitors / dispersion,
      sets: day.sets / dispersion,
      parts: day.parts / dispersion,
    })),
  );
}

/** What a shop sold on one day. */
export interface ShopDay {
  readonly ageDays: number;
  readonly orders: number;
  /** Those whose visitor is known, in the shop's currency. */
  readonly known: number;
}

/** What was promised to come in 28 days without an offer, when it was approved. */
export interface OrdersPromise {
  readonly ordersAnyway: number;
  /** Of the first of these days. */
  readonly ageDays: number;
}

/**
 * How many of the orders that were promised to come without the offer should be among those of known visitors since the
 * first of its days, counted as `toTrials` counts purchases: older days less, the last ones for the share that has come by
 * now. The promise is one of its 28 days; in all others it moves with the shop's orders.
 *
 * @param shopDays from the first of both on
 * @returns null where the shop had no order in the days of the promise
 * Known weakness: what moves the demand of these products alone counts as the offer's doing.
 */
export function expectPurchases(
  days: readonly (OfferDay & { readonly visitors: number })[],
  { ordersAnyway, ageDays: promisedAge }: OrdersPromise,
  shopDays: readonly ShopDay[],
): number | null {
  const oldest = Math.max(...days.map(({ ageDays }) => ageDays));
  const sum = <T>(values: readonly T[], of: (value: T) => number) =>
    values.reduce((all, value) => all + of(value), 0);
  const promised = shopDays.filter(
    ({ ageDays }) => ageDays <= promisedAge && ageDays > promisedAge - PROMISED_DAYS,
  );
  const shopOrders = sum(promised, ({ orders }) => orders);
  if (shopOrders === 0) return null;
  const share = (ordersAnyway * Math.min(1, (promisedAge + 1) / PROMISED_DAYS)) / shopOrders;
  const counted = sum(shopDays, ({ ageDays, known }) => {
    if (ageDays > oldest) return 0;
    const ofDay = days.filter((day) => day.ageDays === ageDays);
    const visitors = sum(ofDay, (day) => day.visitors);
    const ripeRatio = visitors > 0 ? sum(ofDay, (day) => day.ripeVisitors) / visitors : 1;
    return weightOfDay(ageDays) * ripeRatio * known;
  });
  return (share * counted) / dispersionOf(days);
}

/** Variance over mean of a visitor's purchases, as in quasi-likelihood; at least 1. */
function dispersionOf(days: readonly OfferDay[]): number {
  const sets = days.reduce((all, day) => all + day.sets, 0);
  const squared = days.reduce((all, day) => all + day.setsSquared, 0);
  return Math.max(1, squared / Math.max(1, sets));
}

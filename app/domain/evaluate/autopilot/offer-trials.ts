/** What the visitors of a bundle's page did at one discount; counts can be weighted by age. */
export interface Trial {
  /** 0 to 0.9; null is without an offer. */
  readonly discountRatio: number | null;
  readonly visitors: number;
  /** Visitors with an order of every component, and those with an order of some components only. */
  readonly sets: number;
  readonly parts: number;
}

/** What visitors of an offer's pages did who were exposed to one discount on one day. */
export interface OfferDay {
  /** Null is without the offer. */
  readonly discountRatio: number | null;
  readonly ageDays: number;
  /** Visitors, each weighted by the share of orders expected to have come by now. */
  readonly ripeVisitors: number;
  /** Purchases: an order of a pool counts its units over the smallest amount, any other counts once. */
  readonly sets: number;
  /** Sum of each visitor's squared purchases. */
  readonly setsSquared: number;
  /** Visitors who bought less than one. */
  readonly parts: number;
  /** Margin of the purchases at full price, and our discount on them, minor units. */
  readonly setMarginMinor: number;
  readonly givenMinor: number;
  readonly partMarginMinor: number;
}

/** A day counts half after this many days, because shoppers, seasons and prices change. */
const HALF_LIFE_DAYS = 45;
/** A promise covers this many days. */
const PROMISED_DAYS = 28;

/** Weight of a day, 0 to 1. */
function weightOfDay(ageDays: number): number {
  return 0.5 ** (ageDays / HALF_LIFE_DAYS);
}

/** Sums the trials of single days by discount; older days count less. */
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

/** The trials by discount. Older days count less, and so does one order of several purchases. */
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

/** A shop's orders on one day. */
export interface ShopDay {
  readonly ageDays: number;
  readonly orders: number;
  /** Orders in the shop's currency whose visitor is known. */
  readonly known: number;
}

/** Orders promised at approval to come in 28 days without an offer. */
export interface OrdersPromise {
  readonly ordersAnyway: number;
  /** Of the first of these days. */
  readonly ageDays: number;
}

/**
 * Expected number of the promised orders among those of known visitors since the promise's first day. They are counted
 * like purchases in `toTrials`: older days less, and recent ones by the share that has come by now. The promise covers
 * its 28 days; outside them it moves with the shop's orders.
 *
 * @param shopDays from the earlier of both first days
 * @returns null if the shop had no order in the days of the promise
 * Known weakness: a change in the demand for these products alone counts as the offer's effect.
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

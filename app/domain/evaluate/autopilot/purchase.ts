import type { OfferTerms } from "#app/domain/offer/offer.ts";
import { purchaseRuleOf } from "#app/domain/offer/purchase-rule.ts";
import { listSteps } from "#app/domain/publish/price-steps.ts";
import {
  listCandidates,
  type CandidateTerms,
  type PricedOffer,
  type PriceLimits,
} from "./candidate-terms.ts";
import { sumTrials, weightOfDay, type Trial } from "./offer-response.ts";
import type { SteeredBundle } from "./steer-offers.ts";

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

/** What a list promises, it promises for so long. */
const PROMISED_DAYS = 28;
/** What the catalogue says of a purchase is worth so many that were seen. */
const CATALOGUE_PURCHASES = 10;

/**
 * An offer of any kind as it is steered: what one purchase brings at full price, and what its reward costs at each
 * discount, which is that share of `setPriceMinor`. A set costs what its components do. Of a pool shoppers choose how much
 * and what, so both are means of the purchases that were seen, with the catalogue's first products before any was.
 *
 * @returns null where the products do not make the offer up now, or it may have no price
 * Known weakness: what a purchase holds is the same at each discount; that more is taken where more is given counts as more
 *   purchases.
 */
export function toSteeredOffer(
  id: string,
  offer: PricedOffer,
  days: readonly OfferDay[],
  limits: PriceLimits,
): { readonly bundle: SteeredBundle; readonly candidates: readonly CandidateTerms[] } | null {
  const { terms, discountRatio, components } = offer;
  const candidates = listCandidates(offer, limits);
  const [first] = listSteps(terms, components, limits);
  if (candidates === null || !first) return null;
  const isPool = purchaseRuleOf(terms).counts !== "parts";
  const marginMinor = first.beforeMinor - first.costMinor;
  const single = { priceMinor: first.beforeMinor / first.units, marginMinor: marginMinor / first.units };
  const parts = isPool
    ? [single]
    : components.map(({ priceMinor, costMinor, quantity }) => ({
        priceMinor: priceMinor * quantity,
        marginMinor: (priceMinor - (costMinor ?? priceMinor * (1 - limits.assumedMarginRatio))) * quantity,
      }));
  const sum = (pick: (day: OfferDay) => number) => days.reduce((all, day) => all + pick(day), 0);
  const partCount = sum((day) => day.parts);
  const worth = isPool
    ? meanPurchase(terms, days, { ...first, marginMinor, discountRatio })
    : { setPriceMinor: first.beforeMinor, setMarginMinor: marginMinor };
  const bundle = {
    ...{ id, isPool, components: parts, ...worth },
    candidates: candidates.map((candidate) => candidate.discountRatio),
    partMarginMinor: partCount > 0 ? sum((day) => day.partMarginMinor) / partCount : parts[0]!.marginMinor,
    trials: toTrials(days),
  };
  return { bundle, candidates };
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
  /** Those whose visitor is known. */
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

/** What the purchases of a pool brought and cost so far. */
function meanPurchase(
  terms: OfferTerms,
  days: readonly OfferDay[],
  catalogue: {
    readonly beforeMinor: number;
    readonly discountMinor: number;
    readonly marginMinor: number;
    readonly discountRatio: number;
  },
) {
  const { beforeMinor, discountMinor, discountRatio } = catalogue;
  const sum = (pick: (day: OfferDay) => number) => days.reduce((all, day) => all + pick(day), 0);
  const setMarginMinor =
    (sum((day) => day.setMarginMinor) + CATALOGUE_PURCHASES * catalogue.marginMinor) /
    (sum(({ sets }) => sets) + CATALOGUE_PURCHASES);
  const given = sum(({ discountRatio: ratio, givenMinor }) => ((ratio ?? 0) > 0 ? givenMinor : 0));
  const weighted = sum(({ discountRatio: ratio, sets }) => (ratio ?? 0) * sets);
  if (terms.kind === "range" && terms.reward.type === "price") {
    // Whoever chooses the dearer ones is given more, by the same at each price of the whole.
    const offered = sum(({ discountRatio: ratio, sets }) => ((ratio ?? 0) > 0 ? sets : 0));
    const more = (given - beforeMinor * weighted) / (offered + CATALOGUE_PURCHASES);
    return { setPriceMinor: beforeMinor, setMarginMinor: setMarginMinor - more };
  }
  const setPriceMinor =
    discountRatio > 0
      ? (given + CATALOGUE_PURCHASES * discountMinor) / (weighted + CATALOGUE_PURCHASES * discountRatio)
      : beforeMinor;
  return { setPriceMinor, setMarginMinor };
}

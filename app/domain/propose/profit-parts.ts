import { lastingShare, type BundleCandidate } from "#app/domain/propose/bundle-candidate.ts";
import { demandTimes, type DemandOutlook, type StockOutlook } from "#app/domain/propose/bundle-market.ts";
import { recurrenceOf, type PairTraits, type Recurrence } from "#app/domain/propose/recurrence.ts";

export const PROFIT_PARTS = ["orders", "text", "views", "season", "stock", "margin"] as const;
export type ProfitPart = (typeof PROFIT_PARTS)[number];

/** What each consideration adds to the expected extra margin, whole minor units, and what it rests on. */
export interface ProfitParts {
  /** They sum to the extra margin, rounded. */
  readonly addsMinor: Readonly<Record<ProfitPart, number>>;
  /** Share of past joint orders that is counted on again. */
  readonly recurringRatio: number;
  /** Orders expected in the coming weeks over those of an average time. */
  readonly seasonTimes: number;
  /** Share of the weeks that stock lasts. */
  readonly stockRatio: number;
  /** Margin given away on one order. */
  readonly savingMinor: number;
  /** Orders that get it. */
  readonly orders: number;
}

/** What a bundle's expected margin is split by. */
export interface ProfitBasis extends DemandOutlook, StockOutlook, PairTraits {
  readonly recurrence: Recurrence;
}

/**
 * Splits a bundle's expected extra margin, step by step in the order of `PROFIT_PARTS`: what the orders that the offer
 * wins would earn at full price, at the pace of past joint orders as far as those come again (`orders`); how much
 * names in common, or a stand-in's likeness, change that (`text`); visitors' looks (`views`); the coming weeks against
 * an average time, season and trend in one (`season`); then what is not earned once stock is gone (`stock`), and last the
 * discount given on every order until then, won or not (`margin`). Rests on the effect being proportional to the orders
 * that come anyway.
 *
 * Known weakness: the order of the steps decides who gets what two of them do together.
 */
export function splitProfit(market: ProfitBasis, bundle: BundleCandidate): ProfitParts {
  const { items, discountRatio, effect, substitution, together } = bundle;
  const original = substitution
    ? items.map((item) => (item === substitution.standIn ? substitution.missing : item))
    : items;
  const extraMinor = effect.extraMarginMinor.value;
  const stockRatio = lastingShare(market, bundle);
  const savingMinor = discountRatio * items.reduce((sum, item) => sum + market.items[item]!.priceMinor, 0);
  const orders = effect.ordersWithOffer.value;
  const givenMinor = orders * savingMinor;
  const grossMinor = (extraMinor + givenMinor) / stockRatio;

  const { size, text, views } = recurrenceOf(market, original, together);
  const textFactor = text * (substitution?.likeness ?? 1);
  const seasonTimes = demandTimes(market, original);
  const base = grossMinor / (textFactor * views * seasonTimes);
  const exact: Record<ProfitPart, number> = {
    orders: base,
    text: base * (textFactor - 1),
    views: base * textFactor * (views - 1),
    season: base * textFactor * views * (seasonTimes - 1),
    stock: grossMinor * (stockRatio - 1),
    margin: -givenMinor,
  };
  return {
    addsMinor: roundToSum(exact, Math.round(extraMinor)),
    recurringRatio: size,
    seasonTimes,
    stockRatio,
    savingMinor,
    orders,
  };
}

/** Rounds each part, and puts what rounding left over into the largest. */
function roundToSum(exact: Readonly<Record<ProfitPart, number>>, sum: number): Record<ProfitPart, number> {
  const rounded = { ...exact };
  for (const part of PROFIT_PARTS) rounded[part] = Math.round(exact[part]) + 0;
  const largest = PROFIT_PARTS.reduce((a, b) => (Math.abs(exact[b]) > Math.abs(exact[a]) ? b : a));
  rounded[largest] += sum - PROFIT_PARTS.reduce((total, part) => total + rounded[part], 0);
  return rounded;
}

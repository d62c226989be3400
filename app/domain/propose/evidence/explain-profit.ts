import { type BundleCandidate, lastingShare } from "#app/domain/propose/profit/bundle-candidate.ts";
import {
  EFFECT_DAYS,
  demandTimes,
  recurringRatio,
  type DemandOutlook,
  type StockOutlook,
} from "#app/domain/propose/profit/bundle-market.ts";
import type { Evidence, ExpectedEffect } from "#app/domain/propose/proposal/bundle-proposal.ts";
import type { EvidenceMessage } from "#app/domain/propose/proposal/propose-messages.ts";
import type { CountedOrders } from "#app/domain/propose/together/by-chance.ts";
import { effectiveSampleSize } from "#app/domain/propose/together/occurrences.ts";
import type { ExpectedLift } from "#app/domain/propose/together/pair-lift.ts";
import { withoutTax, type ShopSettings } from "#app/domain/shop-settings.ts";

const KINDS: Readonly<Record<ProfitPart, Evidence["kind"]>> = {
  orders: "orders",
  text: "text",
  season: "season",
  stock: "stock",
  margin: "margin",
};

/**
 * Contribution of each consideration to the expected extra margin, one message each, with minor units as its value.
 * They sum to the rounded margin. A part that changes nothing has no message.
 */
export function explainProfit(market: ProfitBasis, bundle: BundleCandidate): Evidence[] {
  const parts = splitProfit(market, bundle);
  return PROFIT_PARTS.filter((part) => parts.addsMinor[part] !== 0).map((part) => ({
    kind: KINDS[part],
    value: parts.addsMinor[part],
    ...tell(part, parts, bundle),
  }));
}

function tell(
  part: ProfitPart,
  { addsMinor: adds, recurringRatio, seasonTimes, stockRatio, savingMinor, orders }: ProfitParts,
  { substitution }: BundleCandidate,
): EvidenceMessage {
  const addsMinor = adds[part];
  const days = EFFECT_DAYS;
  switch (part) {
    case "orders":
      return { code: "partOrders", values: { addsMinor, recurringRatio } };
    case "text":
      return { code: "partStandIn", values: { addsMinor, likenessRatio: substitution?.similarity ?? 1 } };
    case "season":
      return seasonTimes < 2
        ? { code: "partSeason", values: { addsMinor, days, demandRatio: seasonTimes } }
        : { code: "partSeasonTimes", values: { addsMinor, days, demandTimes: seasonTimes } };
    case "stock":
      return { code: "partStock", values: { addsMinor, days, stockRatio } };
    case "margin":
      return { code: "partMargin", values: { addsMinor, savingMinor, ordersAbout: orders } };
  }
}

export const PROFIT_PARTS = ["orders", "text", "season", "stock", "margin"] as const;
type ProfitPart = (typeof PROFIT_PARTS)[number];

/** Contribution of each consideration to the expected extra margin, and its inputs. */
interface ProfitParts {
  /** Whole minor units; they sum to the rounded extra margin. */
  readonly addsMinor: Readonly<Record<ProfitPart, number>>;
  /** Share of past joint orders that is expected to recur. */
  readonly recurringRatio: number;
  /** Expected orders in the window relative to an average time. */
  readonly seasonTimes: number;
  /** Share of the window that stock lasts. */
  readonly stockRatio: number;
  /** Saving on one order. */
  readonly savingMinor: number;
  /** Orders with the saving. */
  readonly orders: number;
}

interface ProfitBasis extends DemandOutlook, StockOutlook, CountedOrders {
  readonly settings: Pick<ShopSettings, "includedTaxRatio">;
  readonly expectedLift: ExpectedLift;
}

/**
 * Splits a bundle's expected extra margin, in the order of `PROFIT_PARTS`, before tax like the bundle's effect:
 * `orders`: full-price margin of the orders that the offer wins and of parts taken alone, at the rate of past joint
 * orders that recur;
 * `text`: the change by a stand-in's similarity;
 * `season`: the window relative to an average time, season and trend in one;
 * `stock`: the loss once stock is gone;
 * `margin`: the discount on every order until then, won or not.
 *
 * Known weakness: the order of the steps decides which part gets a joint effect of two.
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
  const givenMinor = withoutTax(orders * savingMinor, market.settings);
  const grossMinor = (extraMinor + givenMinor) / stockRatio;

  const counted = { together, effectiveSize: effectiveSampleSize(market.occurrences, original) };
  const textFactor = substitution?.similarity ?? 1;
  const seasonTimes = demandTimes(market, original);
  const base = grossMinor / (textFactor * seasonTimes);
  const exact: Record<ProfitPart, number> = {
    orders: base,
    text: base * (textFactor - 1),
    season: base * textFactor * (seasonTimes - 1),
    stock: grossMinor * (stockRatio - 1),
    margin: -givenMinor,
  };
  return {
    addsMinor: roundToSum(exact, Math.round(extraMinor)),
    recurringRatio: recurringRatio(market, original, counted),
    seasonTimes,
    stockRatio,
    // Rounded down, as the offer does. The product of floats can fall just short of its cent.
    savingMinor: withoutTax(Math.floor(savingMinor + 1e-6), market.settings),
    orders,
  };
}

/** Rounds each part and adds the rounding remainder to the largest. */
function roundToSum(exact: Readonly<Record<ProfitPart, number>>, sum: number): Record<ProfitPart, number> {
  const rounded = { ...exact };
  for (const part of PROFIT_PARTS) rounded[part] = Math.round(exact[part]) + 0;
  const largest = PROFIT_PARTS.reduce((a, b) => (Math.abs(exact[b]) > Math.abs(exact[a]) ? b : a));
  rounded[largest] += sum - PROFIT_PARTS.reduce((total, part) => total + rounded[part], 0);
  return rounded;
}

/**
 * Evidence for a discount's expected margin and its cost: the orders that come anyway get it too.
 *
 * @param ratios discount of each tier, 0 to 1, ascending, at least one; of several, only the ends are stated
 */
export function explainDiscount(
  effect: Pick<ExpectedEffect, "extraMarginMinor" | "ordersAnyway" | "ordersWithOffer">,
  ratios: readonly number[],
): Evidence {
  const { value } = effect.extraMarginMinor;
  const days = EFFECT_DAYS;
  const [leastRatio, discountRatio] = [ratios[0]!, ratios.at(-1)!];
  const common = { kind: "margin", value } as const;
  const anywayAbout = effect.ordersAnyway.value;
  const extraAbout = effect.ordersWithOffer.value - anywayAbout;
  if (discountRatio === 0)
    return { ...common, code: "fullPrice", values: { extraAbout, days, extraMinor: value } };
  const answer = { discountRatio, extraAbout, anywayAbout, days };
  const [extra, lost] = [
    { ...answer, extraMinor: value },
    { ...answer, lostMinor: -value },
  ];
  if (leastRatio < discountRatio)
    return value < 0
      ? { ...common, code: "marginTiersLost", values: { ...lost, leastRatio } }
      : { ...common, code: "marginTiers", values: { ...extra, leastRatio } };
  return value < 0
    ? { ...common, code: "marginLost", values: lost }
    : { ...common, code: "margin", values: extra };
}

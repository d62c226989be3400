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
 * What each consideration adds to the expected extra margin, a message each, its minor units as the value: they sum
 * to the rounded margin. A part that changes nothing has no message.
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

/** What each consideration adds to the expected extra margin, whole minor units, and what it rests on. */
interface ProfitParts {
  /** They sum to the extra margin, rounded. */
  readonly addsMinor: Readonly<Record<ProfitPart, number>>;
  /** Share of past joint orders that is counted on again. */
  readonly recurringRatio: number;
  /** Orders expected in the coming weeks over those of an average time. */
  readonly seasonTimes: number;
  /** Share of the weeks that stock lasts. */
  readonly stockRatio: number;
  /** What is given on one order. */
  readonly savingMinor: number;
  /** Orders that get it. */
  readonly orders: number;
}

/** What a bundle's expected margin is split by. */
interface ProfitBasis extends DemandOutlook, StockOutlook, CountedOrders {
  readonly settings: Pick<ShopSettings, "includedTaxRatio">;
  readonly expectedLift: ExpectedLift;
}

/**
 * Splits a bundle's expected extra margin, step by step in the order of `PROFIT_PARTS`: what the orders that the offer
 * wins, and what is taken alone, would earn at full price, at the pace of past joint orders as far as those come again
 * (`orders`); how much a stand-in's similarity changes that (`text`); the coming weeks against an average time, season and
 * trend in one (`season`); then what is not earned once stock is gone (`stock`), and last the discount given on every order
 * until then, won or not (`margin`). All of it is before tax, as the bundle's effect is.
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
    // As the offer rounds it: down. A product of floats may fall just short of its cent.
    savingMinor: withoutTax(Math.floor(savingMinor + 1e-6), market.settings),
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

/**
 * What a discount is expected to bring, and at what price: the orders that come anyway get it too.
 *
 * @param ratios what is taken off at each tier, 0 to 1, rising; at least one. Of several the least and the highest are told
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

import { formatMoney } from "#app/domain/money.ts";
import type { BundleCandidate } from "#app/domain/propose/bundle-candidate.ts";
import { EFFECT_DAYS, type BundleMarket } from "#app/domain/propose/bundle-market.ts";
import type { Evidence } from "#app/domain/propose/bundle-proposal.ts";
import {
  PROFIT_PARTS,
  splitProfit,
  type ProfitBasis,
  type ProfitPart,
  type ProfitParts,
} from "#app/domain/propose/profit-parts.ts";
import { about } from "#app/domain/propose/write-evidence.ts";

const KINDS: Readonly<Record<ProfitPart, Evidence["kind"]>> = {
  orders: "orders",
  text: "text",
  views: "behaviour",
  season: "season",
  stock: "stock",
  margin: "margin",
};

/**
 * What each consideration adds to the expected extra margin, a sentence each, its minor units as the value: they sum
 * to the rounded margin. A part that changes nothing has no sentence.
 */
export function explainProfit(
  market: ProfitBasis & Pick<BundleMarket, "currency">,
  bundle: BundleCandidate,
): Evidence[] {
  const parts = splitProfit(market, bundle);
  return PROFIT_PARTS.filter((part) => parts.addsMinor[part] !== 0).map((part) => {
    const addsMinor = parts.addsMinor[part];
    const { code, reason, values } = tell(part, parts, market, bundle);
    return {
      kind: KINDS[part],
      text: `${formatMoney(addsMinor, market.currency)}: ${reason}.`,
      value: addsMinor,
      code,
      values: { addsMinor, ...values },
    };
  });
}

interface Telling {
  readonly code: string;
  readonly reason: string;
  readonly values: Readonly<Record<string, number>>;
}

function tell(
  part: ProfitPart,
  { recurringRatio, seasonTimes, stockRatio, savingMinor, orders }: ProfitParts,
  { currency }: Pick<BundleMarket, "currency">,
  { substitution }: BundleCandidate,
): Telling {
  const percent = (ratio: number) => `${Math.round(100 * ratio)} %`;
  switch (part) {
    case "orders":
      return {
        code: "partOrders",
        reason:
          `what the orders that the offer should win would earn at full price, at the pace of past orders, ` +
          `of which ${percent(recurringRatio)} are counted on to come again`,
        values: { recurringRatio },
      };
    case "text":
      return substitution
        ? {
            code: "partStandIn",
            reason: `for the stand-in, which is ${percent(substitution.likeness)} like the original`,
            values: { likenessRatio: substitution.likeness },
          }
        : {
            code: "partText",
            reason: "for what their names and categories have in common or not",
            values: {},
          };
    case "views":
      return { code: "partViews", reason: "for what visitors look at together or not", values: {} };
    case "season":
      return seasonTimes < 2
        ? {
            code: "partSeason",
            reason:
              `for the ${EFFECT_DAYS} days of the offer, in which we expect ${percent(seasonTimes)} of the orders of an ` +
              `average time, by season and trend`,
            values: { days: EFFECT_DAYS, demandRatio: seasonTimes },
          }
        : {
            code: "partSeasonTimes",
            reason:
              `for the ${EFFECT_DAYS} days of the offer, in which we expect ${seasonTimes.toFixed(1)} times the orders of ` +
              `an average time, by season and trend`,
            values: { days: EFFECT_DAYS, demandTimes: seasonTimes },
          };
    case "stock":
      return {
        code: "partStock",
        reason: `for stock, which lasts for ${percent(stockRatio)} of the ${EFFECT_DAYS} days`,
        values: { days: EFFECT_DAYS, stockRatio },
      };
    case "margin": {
      // As the offer rounds it: down. A product of floats may fall just short of its cent.
      const givenMinor = Math.floor(savingMinor + 1e-6);
      return {
        code: "partMargin",
        reason:
          `for the discount of ${formatMoney(givenMinor, currency)} on each of ` +
          `${about(orders)} orders, those that come anyway among them`,
        values: { savingMinor: givenMinor, ordersAbout: orders },
      };
    }
  }
}

import type { BundleCandidate } from "#app/domain/propose/bundle-candidate.ts";
import { EFFECT_DAYS } from "#app/domain/propose/bundle-market.ts";
import type { Evidence } from "#app/domain/propose/bundle-proposal.ts";
import {
  PROFIT_PARTS,
  splitProfit,
  type ProfitBasis,
  type ProfitPart,
  type ProfitParts,
} from "#app/domain/propose/profit-parts.ts";
import type { EvidenceMessage } from "#app/domain/propose/propose-messages.ts";

const KINDS: Readonly<Record<ProfitPart, Evidence["kind"]>> = {
  orders: "orders",
  text: "text",
  views: "behaviour",
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
      return substitution
        ? { code: "partStandIn", values: { addsMinor, likenessRatio: substitution.likeness } }
        : { code: "partText", values: { addsMinor } };
    case "views":
      return { code: "partViews", values: { addsMinor } };
    case "season":
      return seasonTimes < 2
        ? { code: "partSeason", values: { addsMinor, days, demandRatio: seasonTimes } }
        : { code: "partSeasonTimes", values: { addsMinor, days, demandTimes: seasonTimes } };
    case "stock":
      return { code: "partStock", values: { addsMinor, days, stockRatio } };
    case "margin": {
      // As the offer rounds it: down. A product of floats may fall just short of its cent.
      const givenMinor = Math.floor(savingMinor + 1e-6);
      return { code: "partMargin", values: { addsMinor, savingMinor: givenMinor, ordersAbout: orders } };
    }
  }
}

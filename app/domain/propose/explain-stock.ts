import type { BundleCandidate } from "#app/domain/propose/bundle-candidate.ts";
import { coverDays, EFFECT_DAYS, type StockOutlook } from "#app/domain/propose/bundle-market.ts";
import type { Evidence } from "#app/domain/propose/bundle-proposal.ts";
import { count, nameOf } from "#app/domain/propose/write-evidence.ts";

/** How long the first component to run out lasts, in days from today, also for a season to come. */
export function explainStock(market: StockOutlook, bundle: BundleCandidate): Evidence[] {
  const known = bundle.items.flatMap((item) => {
    const days = coverDays(market, item);
    return days === null ? [] : [{ item, coverDays: days }];
  });
  const scarcest = known.sort((a, b) => a.coverDays - b.coverDays)[0];
  if (!scarcest) return [];
  const name = nameOf(market.items, scarcest.item);
  const isShort = scarcest.coverDays < EFFECT_DAYS;
  if (isShort && bundle.days) return [explainStockToBuy(market, bundle, scarcest.item)];
  const days = Math.floor((bundle.days?.startsIn ?? 0) + scarcest.coverDays);
  if (days > 365)
    return [
      {
        kind: "stock",
        text: `${name} has stock for more than a year at the sales we expect.`,
        value: 365,
        code: "stockYear",
        values: { name },
      },
    ];
  return [
    {
      kind: isShort ? "caution" : "stock",
      text: isShort
        ? `Stock of ${name} lasts only ${days} days at the sales we expect.`
        : `${name}, the first to run out, has stock for ${days} days at the sales we expect.`,
      value: days,
      code: isShort ? "stockShort" : "stockDays",
      values: { name, days },
    },
  ];
}

/** Of a season to come, that its figures count on more stock than there is, and how much. */
function explainStockToBuy(
  { items, demand, unitsPerOrder, soldBefore }: StockOutlook,
  { effect }: BundleCandidate,
  scarcest: number,
): Evidence {
  const extra = effect.ordersWithOffer.value - effect.ordersAnyway.value;
  const units = Math.ceil(soldBefore[scarcest]! + demand[scarcest]! * unitsPerOrder[scarcest]! + extra);
  const stock = Math.max(0, items[scarcest]!.stockUnits ?? 0);
  const name = nameOf(items, scarcest);
  return {
    kind: "caution",
    text:
      `The figures count on enough stock by then: of ${name}, the first to run out, about ${count(units)} are expected ` +
      `to sell until those ${EFFECT_DAYS} days are over, and ${count(stock)} are in stock now.`,
    value: units,
    code: "stockToBuy",
    values: { name, units, days: EFFECT_DAYS, stock },
  };
}

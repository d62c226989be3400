import type { BundleCandidate } from "#app/domain/propose/profit/bundle-candidate.ts";
import { coverDays, EFFECT_DAYS, type StockOutlook } from "#app/domain/propose/profit/bundle-market.ts";
import type { Evidence } from "#app/domain/propose/proposal/bundle-proposal.ts";
import { nameOf } from "#app/domain/propose/titles/name-item.ts";

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
        value: 365,
        code: "stockYear",
        values: { name },
      },
    ];
  return [
    isShort
      ? { kind: "caution", value: days, code: "stockShort", values: { name, days } }
      : { kind: "stock", value: days, code: "stockDays", values: { name, days } },
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
    value: units,
    code: "stockToBuy",
    values: { name, units, days: EFFECT_DAYS, stock },
  };
}

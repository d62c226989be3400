import type { Baskets } from "#app/domain/prepare/baskets.ts";
import { medianLeads, orderByService } from "#app/domain/prepare/service-times.ts";
import { toWeeks } from "./demand-candidates.ts";
import { countWeeklyOrders, type DemandSeries } from "#app/domain/trends/demand-series.ts";
import { seasonIndexAhead, WEEKS_IN_YEAR } from "./season.ts";

/** [items] season of the orders in a window that starts so many weeks after the cutoff; null where none is known. */
export type SeasonAhead = (aheadWeeks: number) => Float32Array | null;

/**
 * The season that orders of a coming window follow. Where orders name what time they are for, it is that of their service,
 * read by the dates of service: of orders placed in a window it is the season as many weeks later as the item's are placed
 * ahead in the middle. So a window is in season when it is time to order for the season, not when the season is there.
 *
 * @see `seasonIndexAhead`
 * Known weakness: an item's orders are all taken to lie its median lead ahead, which sharpens a season that many book
 *   early or late; and beyond a year ahead nothing is known.
 */
export function openSeasons(
  baskets: Baskets,
  series: DemandSeries,
  { cutoffMs, horizonDays }: { readonly cutoffMs: number; readonly horizonDays: number },
): SeasonAhead {
  const windowWeeks = toWeeks(horizonDays);
  const served = orderByService(baskets, cutoffMs);
  const leads = medianLeads(baskets, cutoffMs);
  if (!served || !leads) return (aheadWeeks) => seasonIndexAhead(series, windowWeeks, aheadWeeks);

  const ofService = countWeeklyOrders(served, cutoffMs);
  const leadWeeks = leads.map((days) => Math.round(days / 7));
  return (aheadWeeks) => {
    const atWeek = new Map<number, Float32Array | null>();
    for (const lead of leadWeeks) {
      const ahead = aheadWeeks + lead;
      if (!atWeek.has(ahead))
        atWeek.set(
          ahead,
          ahead + windowWeeks <= WEEKS_IN_YEAR ? seasonIndexAhead(ofService, windowWeeks, ahead) : null,
        );
    }
    if ([...atWeek.values()].every((season) => season === null)) return null;
    return Float32Array.from(leadWeeks, (lead, item) => atWeek.get(aheadWeeks + lead)?.[item] ?? 1);
  };
}

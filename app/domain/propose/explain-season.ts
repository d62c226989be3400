import { sumUpLeads, type LeadTime } from "#app/domain/prepare/service-times.ts";
import type { BundleCandidate } from "#app/domain/propose/bundle-candidate.ts";
import { EFFECT_DAYS, type BundleMarket } from "#app/domain/propose/bundle-market.ts";
import type { Evidence } from "#app/domain/propose/bundle-proposal.ts";
import { findDayPart } from "#app/domain/propose/day-parts.ts";
import { basketsOf, intersect } from "#app/domain/propose/occurrences.ts";

/**
 * How long ahead of what they are for the orders that hold all of it are placed; null unless most of them name a time:
 * goods may be sold beside what is booked.
 */
function findLead(
  { occurrences }: Pick<BundleMarket, "occurrences">,
  { items, substitution }: BundleCandidate,
): LeadTime | null {
  const { leadDays } = occurrences;
  if (!leadDays || substitution) return null;
  const holding = items.map((item) => basketsOf(occurrences, item)).reduce(intersect);
  const named = Float64Array.from(holding, (basket) => leadDays[basket]!).filter((days) => !isNaN(days));
  return named.length > holding.length / 2 ? sumUpLeads(named) : null;
}

/** How long ahead of what they are for the orders of a bundle are placed, where they name it. */
export function explainLead(market: Pick<BundleMarket, "occurrences">, bundle: BundleCandidate): Evidence[] {
  const lead = findLead(market, bundle);
  if (!lead) return [];
  // "At least" is true of what is rounded down.
  const median = Math.floor(lead.medianDays);
  const [low, high] = [lead.lowDays, lead.highDays].map(Math.round);
  return [
    {
      kind: "season",
      value: median,
      code: "leadTime",
      values: { median, low: low!, high: high! },
    },
  ];
}

/** Of a seasonal bundle, how much more its season sells, and when to offer it. */
export function explainSeason(
  market: Pick<BundleMarket, "occurrences" | "shopSeason">,
  bundle: BundleCandidate,
): Evidence[] {
  if (bundle.kind !== "seasonal") return [];
  const { days } = bundle;
  const lead = findLead(market, bundle);
  if (lead) {
    const startsIn = days?.startsIn ?? 0;
    const seasonIn = startsIn + Math.round(lead.medianDays);
    return [
      {
        kind: "season",
        value: bundle.seasonIndex,
        code: "seasonBooked",
        values: {
          startsIn,
          seasonIn,
          seasonTimes: bundle.seasonIndex,
          shopTimes: market.shopSeason,
          days: EFFECT_DAYS,
        },
      },
    ];
  }
  if (days)
    return [
      {
        kind: "season",
        value: bundle.seasonIndex,
        code: "seasonAhead",
        values: {
          startsIn: days.startsIn,
          seasonTimes: bundle.seasonIndex,
          shopTimes: market.shopSeason,
          days: EFFECT_DAYS,
        },
      },
    ];
  return [
    {
      kind: "season",
      value: bundle.seasonIndex,
      code: "season",
      values: { seasonTimes: bundle.seasonIndex, shopTimes: market.shopSeason },
    },
  ];
}

/** The hours or weekdays that these orders keep to. */
export function explainDayPart(
  { occurrences, clockMs }: Pick<BundleMarket, "occurrences" | "clockMs">,
  bundle: BundleCandidate,
): Evidence[] {
  const part = clockMs && !bundle.substitution ? findDayPart(occurrences, clockMs, bundle.items) : null;
  if (!part) return [];
  const { cycle, from } = part;
  const own = { kind: "season", value: part.share } as const;
  const shares = { shareRatio: part.share, usualRatio: part.usualShare };
  return [
    cycle === "hours"
      ? { ...own, code: "dayPart.hours", values: { ...shares, from, until: (from + 3) % 24 } }
      : {
          ...own,
          code: "dayPart.days",
          values: { ...shares, firstWeekday: from, secondWeekday: (from + 1) % 7 },
        },
  ];
}

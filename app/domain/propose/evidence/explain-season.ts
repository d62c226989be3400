import { sumUpLeads, type LeadTime } from "#app/domain/prepare/service-times.ts";
import { DAY_MS, HOUR_MS, weekStartMs } from "#app/domain/time.ts";
import type { BundleCandidate } from "#app/domain/propose/profit/bundle-candidate.ts";
import { EFFECT_DAYS, type BundleMarket } from "#app/domain/propose/profit/bundle-market.ts";
import type { Evidence } from "#app/domain/propose/proposal/bundle-proposal.ts";
import { basketsOf, intersect, type Occurrences } from "#app/domain/propose/together/occurrences.ts";
import { liftOf, surpriseOf } from "#app/domain/propose/together/pair-statistics.ts";

/**
 * Lead time from order to service of the orders that hold all items; null unless most of them name a time, because a
 * shop can sell goods next to bookings.
 */
function findLead(
  { occurrences }: Pick<BundleMarket, "occurrences">,
  { items, substitution }: Pick<BundleCandidate, "items" | "substitution">,
): LeadTime | null {
  const { leadDays } = occurrences;
  if (!leadDays || substitution) return null;
  const holding = items.map((item) => basketsOf(occurrences, item)).reduce(intersect);
  const named = Float64Array.from(holding, (basket) => leadDays[basket]!).filter((days) => !isNaN(days));
  return named.length > holding.length / 2 ? sumUpLeads(named) : null;
}

/** Lead time of a bundle's orders, if they name one. */
export function explainLead(
  market: Pick<BundleMarket, "occurrences">,
  bundle: Pick<BundleCandidate, "items" | "substitution">,
): Evidence[] {
  const lead = findLead(market, bundle);
  if (!lead) return [];
  // Rounded down, so that "at least" is true.
  const median = Math.floor(lead.medianDays);
  const [low, high] = [lead.lowDays, lead.highDays].map(Math.round);
  return [{ kind: "season", value: median, code: "leadTime", values: { median, low: low!, high: high! } }];
}

/** For a seasonal bundle: how much more its season sells, and when to offer it. */
export function explainSeason(
  market: Pick<BundleMarket, "occurrences" | "shopSeason">,
  bundle: BundleCandidate,
): Evidence[] {
  if (bundle.kind !== "seasonal") return [];
  const { days, seasonIndex } = bundle;
  const season = { kind: "season", value: seasonIndex } as const;
  const times = { seasonTimes: seasonIndex, shopTimes: market.shopSeason };
  const startsIn = days?.startsIn ?? 0;
  const lead = findLead(market, bundle);
  if (lead) {
    const seasonIn = startsIn + Math.round(lead.medianDays);
    return [{ ...season, code: "seasonBooked", values: { ...times, startsIn, seasonIn, days: EFFECT_DAYS } }];
  }
  return days
    ? [{ ...season, code: "seasonAhead", values: { ...times, startsIn, days: EFFECT_DAYS } }]
    : [{ ...season, code: "season", values: times }];
}

/** Hours or weekdays in which these orders concentrate. */
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

/** A part of the day or week in which a combination sells far more than the shop as a whole. */
interface DayPart {
  /** First slot of the part: hours 0 to 23 or days 0 (Monday) to 6. */
  readonly cycle: "hours" | "days";
  readonly from: number;
  /** Shares (0 to 1) of the combination's orders and of all orders in the part. */
  readonly share: number;
  readonly usualShare: number;
}

/** A cycle of equal slots, and the number of adjacent slots in a part. */
interface Cycle {
  readonly name: DayPart["cycle"];
  readonly slots: number;
  readonly width: number;
  slotOf(clockMs: number): number;
}

const CYCLES: readonly Cycle[] = [
  {
    name: "hours",
    slots: 24,
    width: 3,
    slotOf: (clockMs) => Math.floor((((clockMs % DAY_MS) + DAY_MS) % DAY_MS) / HOUR_MS),
  },
  {
    name: "days",
    slots: 7,
    width: 2,
    slotOf: (clockMs) => Math.floor((clockMs - weekStartMs(clockMs)) / DAY_MS),
  },
];
/** A part holds half of the combination's orders, and at the low end 1.3 times its share of all orders. */
const LEAST_SHARE = 0.5;
const LEAST_CONCENTRATION = 1.3;
/** Maximum p-value of the best part: a list has about forty bundles, each tested twice. */
const MOST_BY_CHANCE = 0.001;

/**
 * Finds the three hours of the day, else the two adjacent weekdays, in which a combination is concentrated.
 *
 * Known weakness: a log of dates without times shows all orders at one hour, and so says nothing about hours.
 * @param clockMs [baskets] local time of the shop, as milliseconds since 1970
 * @returns null if the combination has no such part
 */
function findDayPart(
  occurrences: Occurrences,
  clockMs: Float64Array,
  items: readonly number[],
): DayPart | null {
  const lists = items.map((item) => basketsOf(occurrences, item));
  const together = lists.slice(1).reduce(intersect, lists[0]!);
  for (const cycle of CYCLES) {
    const own = new Float64Array(cycle.slots);
    const all = new Float64Array(cycle.slots);
    for (const basket of together) own[cycle.slotOf(clockMs[basket]!)]! += 1;
    for (const atMs of clockMs) all[cycle.slotOf(atMs)]! += 1;
    const inPart = (counts: Float64Array, from: number) =>
      Array.from({ length: cycle.width }, (_, step) => counts[(from + step) % cycle.slots]!).reduce(
        (sum, value) => sum + value,
        0,
      );
    const starts = [...own.keys()].sort((a, b) => inPart(own, b) - inPart(own, a) || own[b]! - own[a]!);
    const from = starts[0]!;
    const count = inPart(own, from);
    const usualShare = inPart(all, from) / clockMs.length;
    const isConcentrated =
      count >= LEAST_SHARE * together.length &&
      cycle.slots * surpriseOf(count, together.length * usualShare) <= MOST_BY_CHANCE &&
      liftOf(count, together.length * usualShare).low >= LEAST_CONCENTRATION;
    if (isConcentrated) {
      const share = count / together.length;
      return { cycle: cycle.name, from, share, usualShare };
    }
  }
  return null;
}

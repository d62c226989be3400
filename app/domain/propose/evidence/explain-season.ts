import { sumUpLeads, type LeadTime } from "#app/domain/prepare/service-times.ts";
import { DAY_MS, HOUR_MS, weekStartMs } from "#app/domain/time.ts";
import type { BundleCandidate } from "#app/domain/propose/profit/bundle-candidate.ts";
import { EFFECT_DAYS, type BundleMarket } from "#app/domain/propose/profit/bundle-market.ts";
import type { Evidence } from "#app/domain/propose/proposal/bundle-proposal.ts";
import { basketsOf, intersect, type Occurrences } from "#app/domain/propose/together/occurrences.ts";
import { liftOf, surpriseOf } from "#app/domain/propose/together/pair-statistics.ts";

/**
 * How long ahead of what they are for the orders that hold all of it are placed; null unless most of them name a time:
 * goods may be sold beside what is booked.
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

/** How long ahead of what they are for the orders of a bundle are placed, where they name it. */
export function explainLead(
  market: Pick<BundleMarket, "occurrences">,
  bundle: Pick<BundleCandidate, "items" | "substitution">,
): Evidence[] {
  const lead = findLead(market, bundle);
  if (!lead) return [];
  // "At least" is true of what is rounded down.
  const median = Math.floor(lead.medianDays);
  const [low, high] = [lead.lowDays, lead.highDays].map(Math.round);
  return [{ kind: "season", value: median, code: "leadTime", values: { median, low: low!, high: high! } }];
}

/** Of a seasonal bundle, how much more its season sells, and when to offer it. */
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

/** When in the day or the week a combination is bought far more than the shop sells at all. */
interface DayPart {
  /** The first slot and its cycle, hours 0 to 23 or days 0 (Monday) to 6. */
  readonly cycle: "hours" | "days";
  readonly from: number;
  /** Shares (0 to 1) of the combination's orders then, and of all orders. */
  readonly share: number;
  readonly usualShare: number;
}

/** A cycle of equal slots, and how many neighbouring ones make a part. */
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
/** A part holds half of the combination's orders, at the low end 1.3 times the share that it has of all orders. */
const LEAST_SHARE = 0.5;
const LEAST_CONCENTRATION = 1.3;
/**
 * How often the best of all parts may hold as many by chance: a list has some forty bundles, each of them asked twice.
 */
const MOST_BY_CHANCE = 0.001;

/**
 * Finds the three hours of the day, else the two neighbouring weekdays, in which a combination is concentrated.
 *
 * Known weakness: a log of dates without times shows all orders at one hour, and so nothing of hours.
 * @param clockMs [baskets] what the shop's clock showed, as milliseconds since 1970
 * @returns null when the combination is bought whenever anything is
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

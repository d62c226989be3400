import { type Estimate, scaleEstimate } from "#app/domain/numbers/statistics.ts";
import { numberOf, type CohortDay } from "./cohort-day.ts";
import { deviationOf } from "./compare-arms.ts";
import { criticalValues, listInterimAnalyses, YEAR_SHARE } from "./interim-boundary.ts";
import { listMetrics, type MetricUplift } from "./metrics.ts";
import { drawPValue, provesBrokenDraw, type DrawnDay } from "./sample-ratio.ts";
import { standardiseArms, type StandardisedArms } from "./standardised-arms.ts";
import { judge } from "./verdict.ts";

interface UpliftInput {
  /** Visitors by the day of their first visit, in time, within one measuring period. */
  readonly days: readonly CohortDay[];
  /** Shares that were meant to be held out, for each of these days; checks the draw when given. */
  readonly holdoutRatioOf?: (day: number) => number;
  /** What no visitor counts above in the primary metric; see `cappedRevenueMinor`. */
  readonly capMinor?: number | null;
  /** Share of the visitors' orders still to come, 0 to 1; null while too few have come to tell. */
  readonly toComeRatio?: number | null;
  /** Days of the period so far of which nothing counts; see `countLeftOutDays`. */
  readonly leftOutDays?: number;
  /** Standard errors to either side at the last day; found from the days when absent. */
  readonly critical?: number | null;
}

/**
 * Treated minus holdout; every interval is 95 % over all days of the period, and reaches as far as orders still to come may
 * take it; infinite while the data are thin.
 */
export interface Uplift {
  /** Revenue a visitor, capped, minor units: the primary metric, by which the verdict is made. */
  readonly perVisitorMinor: Estimate;
  /** Revenue uplift times the treated visitors, minor units. */
  readonly incrementalRevenueMinor: Estimate;
  /** Everything that is compared, the primary metric first. The others were not chosen beforehand: hints, no proof. */
  readonly metrics: readonly MetricUplift[];
  readonly capMinor: number | null;
  /** Share of all revenue that lies above the cap and does not count in the primary metric, 0 to 1. */
  readonly cappedRatio: number;
  readonly visitors: { readonly treated: number; readonly holdout: number };
  /** Days of the period so far on which none of these came, since nothing of them counts. */
  readonly leftOutDays: number;
  /** Standard errors to either side at this analysis; null while the data are thin. */
  readonly critical: number | null;
  /** True when the interval excludes 0, or is so narrow that no effect of 5 % is left. */
  readonly isEnough: boolean;
  /** True when an interval that all periods of a year share one error of 5 % for excludes 0 too. */
  readonly holdsForYear: boolean;
  /** More visitors until that is expected, should the value stay; 0 when it is enough, null when it cannot be said. */
  readonly visitorsMissing: number | null;
  /** Share of the holdout's orders that offers could have changed, had there been any; 1 where that is not known. */
  readonly exposableRatio: number;
  /** Always-valid p-value of the arms' sizes under the intended shares; below 0.01 no figure counts. */
  readonly sampleRatioPValue: number | null;
  readonly isDrawBroken: boolean;
  /** Share of the visitors' orders that are still to come, 0 to 1; null while too few have come. */
  readonly toComeRatio: number | null;
}

const UNKNOWN: Estimate = { value: 0, low: -Infinity, high: Infinity };

/**
 * Step 8, evaluate: what the offers earned, as the difference of two arms that only the draw tells apart, whether or
 * not a visitor saw an offer (intention to treat). What a visitor bought before coming to where an offer could be seen is
 * the same in both arms but for luck, and that luck is left out; see `EXPOSABLE`.
 *
 * Known weakness: a visitor with two browsers is two visitors and may be in both arms, which hides some of the effect.
 * So does one whom a changed share moved into the other arm: the first arm counts.
 */
export function estimateUplift({
  days,
  holdoutRatioOf,
  capMinor = null,
  toComeRatio = null,
  leftOutDays = 0,
  critical: given,
}: UpliftInput): Uplift {
  const visitors = { treated: 0, holdout: 0 };
  for (const { treated, holdout } of days) {
    visitors.treated += treated.visitors;
    visitors.holdout += holdout.visitors;
  }
  // A width that is given comes of other analyses than these.
  const analyses = given === undefined ? listInterimAnalyses(days) : [];
  const critical = given === undefined ? (criticalValues(analyses).at(-1) ?? null) : given;
  const arms = standardiseArms(days);
  const metrics = arms ? listMetrics(arms, critical ?? Infinity, toComeRatio ?? 0) : [];
  const perVisitorMinor = metrics[0]?.difference ?? UNKNOWN;
  const pValue = holdoutRatioOf ? drawPValue(days.map(toDrawnDay), holdoutRatioOf) : null;
  const isDrawBroken = provesBrokenDraw(pValue);
  return {
    perVisitorMinor,
    incrementalRevenueMinor: scaleEstimate(perVisitorMinor, visitors.treated),
    metrics,
    capMinor,
    cappedRatio: arms ? cappedRatioOf(arms) : 0,
    exposableRatio: arms ? exposableRatioOf(arms) : 1,
    visitors,
    leftOutDays,
    critical,
    sampleRatioPValue: pValue,
    isDrawBroken,
    toComeRatio,
    holdsForYear: !isDrawBroken && critical !== null && holdsForYear(perVisitorMinor, critical, analyses),
    ...judge({
      revenue: perVisitorMinor,
      base: arms?.holdout.mean("cappedRevenueMinor") ?? 0,
      information: arms?.information ?? 0,
      deviation: arms ? deviationOf(arms, "cappedRevenueMinor") : 0,
      visitors,
      analyses,
      isThin: critical === null,
      isBroken: isDrawBroken,
    }),
  };
}

/** Whether the interval still excludes 0 when it reaches as far as one of a year's must. */
function holdsForYear(
  { value, low, high }: Estimate,
  critical: number,
  analyses: ReturnType<typeof listInterimAnalyses>,
): boolean {
  // Away from 0 it reaches for late orders too.
  const reach = value > 0 ? value - low : high - value;
  // A year's is the wider one, and takes its time to find.
  if (!(Math.abs(value) > reach)) return false;
  return Math.abs(value) > (reach / critical) * (criticalValues(analyses, YEAR_SHARE).at(-1) ?? Infinity);
}

/** As `drawPValue` looks at a day. */
function toDrawnDay({ day, treated, holdout }: CohortDay): DrawnDay {
  const exposable = numberOf("exposableVisitors");
  return {
    day,
    treated: treated.visitors,
    holdout: holdout.visitors,
    exposableTreated: treated.sums[exposable]!,
    exposableHoldout: holdout.sums[exposable]!,
  };
}

function exposableRatioOf({ holdout }: StandardisedArms): number {
  const orders = holdout.sum("orders");
  return orders > 0 ? holdout.sum("exposableOrders") / orders : 1;
}

function cappedRatioOf({ treated, holdout }: StandardisedArms): number {
  const all = treated.sum("revenueMinor") + holdout.sum("revenueMinor");
  const counted = treated.sum("cappedRevenueMinor") + holdout.sum("cappedRevenueMinor");
  return all > 0 ? Math.max(0, 1 - counted / all) : 0;
}

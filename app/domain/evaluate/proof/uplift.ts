import { type Estimate, scaleEstimate } from "#app/domain/numbers/statistics.ts";
import { numberOf, type CohortDay } from "./cohort-day.ts";
import { deviationOf } from "./compare-arms.ts";
import { criticalValues, listInterimAnalyses, YEAR_SHARE } from "./interim-boundary.ts";
import { listMetrics, type MetricUplift } from "./metrics.ts";
import { drawPValue, provesBrokenDraw, type DrawnDay } from "./sample-ratio.ts";
import { standardiseArms, type StandardisedArms } from "./standardised-arms.ts";
import { judge } from "./verdict.ts";

interface UpliftInput {
  /** Visitors by the day of their first visit, in order of time, within one measuring period. */
  readonly days: readonly CohortDay[];
  /** Intended holdout share for each of these days; checks the draw if given. */
  readonly holdoutRatioOf?: (day: number) => number;
  /** Cap of a visitor's revenue in the primary metric; see `cappedRevenueMinor`. */
  readonly capMinor?: number | null;
  /** Share of the visitors' orders still to come, 0 to 1; null while too few have come to estimate it. */
  readonly toComeRatio?: number | null;
  /** Days of the period so far that are left out; see `countLeftOutDays`. */
  readonly leftOutDays?: number;
  /** Standard errors to either side at the last day; computed from the days if absent. */
  readonly critical?: number | null;
}

/**
 * Treated minus holdout. Every interval is 95 % over all days of the period, widened for orders still to come, and
 * infinite while there is too little data or if the draw is broken.
 */
export interface Uplift {
  /** Revenue per visitor, capped, minor units: the primary metric, on which the verdict is based. */
  readonly perVisitorMinor: Estimate;
  /** Revenue uplift times the treated visitors, minor units. */
  readonly incrementalRevenueMinor: Estimate;
  /**
   * All compared metrics, the primary one first; none if the draw is broken. The others were not chosen beforehand:
   * hints, not proof.
   */
  readonly metrics: readonly MetricUplift[];
  readonly capMinor: number | null;
  /** Share of all revenue above the cap, which the primary metric does not count, 0 to 1. */
  readonly cappedRatio: number;
  readonly visitors: { readonly treated: number; readonly holdout: number };
  /** Days of the period so far that are left out, with their visitors. */
  readonly leftOutDays: number;
  /** Standard errors to either side at this analysis; null while there is too little data. */
  readonly critical: number | null;
  /** True if the interval excludes 0, or is so narrow that it excludes an effect of 5 %. */
  readonly isEnough: boolean;
  /** True if an interval under the error that all periods of a year share, 5 %, excludes 0 too. */
  readonly holdsForYear: boolean;
  /** More visitors until that is as likely as not; 0 if it is enough, null if unknown. */
  readonly visitorsMissing: number | null;
  /** Share of the holdout's orders that offers could have changed; 1 if unknown. */
  readonly exposableRatio: number;
  /** Always-valid p-value of the arms' sizes under the intended shares; below 0.01 no figure counts. */
  readonly sampleRatioPValue: number | null;
  readonly isDrawBroken: boolean;
  /** Share of the visitors' orders still to come, 0 to 1; null while too few have come. */
  readonly toComeRatio: number | null;
}

const UNKNOWN: Estimate = { value: 0, low: -Infinity, high: Infinity };

/**
 * Step 8, evaluate: what the offers earned, as the difference of two arms that only the draw separates, whether or not
 * a visitor saw an offer (intention to treat). Purchases from before a visitor could see an offer differ by chance
 * only, and are left out; see `EXPOSABLE`.
 *
 * Known weakness: a visitor with two browsers is two visitors and can be in both arms, which hides some of the effect.
 *   So does a visitor whom a changed share moved into the other arm: the first arm counts.
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
  // A given width comes from other analyses than these.
  const analyses = given === undefined ? listInterimAnalyses(days) : [];
  const critical = given === undefined ? (criticalValues(analyses).at(-1) ?? null) : given;
  const arms = standardiseArms(days);
  const pValue = holdoutRatioOf ? drawPValue(days.map(toDrawnDay), holdoutRatioOf) : null;
  const isDrawBroken = provesBrokenDraw(pValue);
  const metrics = arms && !isDrawBroken ? listMetrics(arms, critical ?? Infinity, toComeRatio ?? 0) : [];
  const perVisitorMinor = metrics[0]?.difference ?? UNKNOWN;
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
    holdsForYear: critical !== null && holdsForYear(perVisitorMinor, critical, analyses),
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

/** Whether the interval still excludes 0 at the width for periods that share a year's error. */
function holdsForYear(
  { value, low, high }: Estimate,
  critical: number,
  analyses: ReturnType<typeof listInterimAnalyses>,
): boolean {
  // Away from 0 it includes the widening for late orders.
  const reach = value > 0 ? value - low : high - value;
  // The year's interval is wider and slow to compute, so a narrower one that holds 0 decides first.
  if (!(Math.abs(value) > reach)) return false;
  return Math.abs(value) > (reach / critical) * (criticalValues(analyses, YEAR_SHARE).at(-1) ?? Infinity);
}

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

import type { Estimate } from "#app/domain/numbers/statistics.ts";
import { criticalValues, type InterimAnalysis } from "./interim-boundary.ts";
import { PERIOD_DAYS } from "./measuring-period.ts";

/** An effect smaller than this share of the holdout's revenue is not worth waiting for. */
const SMALLEST_EFFECT_RATIO = 0.05;
/**
 * Critical value at the end of a period of equal days, from `criticalValues`. A constant of the boundary, because it is
 * too slow to compute for every verdict. Used before the first analysis.
 */
export const LAST_CRITICAL = 2.3634;
const LEAST_VISITORS = 100;

interface Known {
  /** Revenue per visitor, treated minus holdout. */
  readonly revenue: Estimate;
  /** The holdout's revenue per visitor. */
  readonly base: number;
  readonly information: number;
  /** Standard deviation of the difference for one unit of information. */
  readonly deviation: number;
  readonly visitors: { readonly treated: number; readonly holdout: number };
  /** Taken so far in the period; empty while there is too little data. */
  readonly analyses: readonly InterimAnalysis[];
  readonly isThin: boolean;
  readonly isBroken: boolean;
}

interface Judgement {
  readonly isEnough: boolean;
  readonly visitorsMissing: number | null;
}

/** Whether there is an answer, and how many visitors are missing; `explainUplift` gives the answer. */
export function judge(known: Known): Judgement {
  const { revenue, base, visitors, isThin, isBroken } = known;
  if (isBroken || visitors.holdout === 0) return UNKNOWN;
  if (!isThin && (revenue.low > 0 || revenue.high < 0)) return ENOUGH;
  const smallest = SMALLEST_EFFECT_RATIO * base;
  if (!isThin && base > 0 && revenue.high < smallest && revenue.low > -smallest) return ENOUGH;

  // The widest interval that would give one of the answers above if the value stays.
  const reach = Math.max(Math.abs(revenue.value), smallest - Math.abs(revenue.value));
  const missing = visitorsMissing(known, reach);
  if (missing === null) return UNKNOWN;
  return { isEnough: false, visitorsMissing: isThin ? Math.max(missing, LEAST_VISITORS) : missing };
}

const UNKNOWN: Judgement = { isEnough: false, visitorsMissing: null };
const ENOUGH: Judgement = { isEnough: true, visitorsMissing: 0 };

/** Visitors until the interval is this narrow, at the current shares; null if never. */
function visitorsMissing(
  { information, deviation, visitors, analyses }: Known,
  reach: number,
): number | null {
  if (!(deviation > 0) || !(reach > 0) || !(information > 0)) return null;
  const seen = visitors.treated + visitors.holdout;
  // Early in a period an interval is wider than the same visitors make it at the end.
  const all = [...analyses, ...analysesAhead(analyses)];
  const critical = criticalValues(all);
  const first = all.find(
    (analysis, at) =>
      at >= analyses.length && critical[at]! * deviation <= reach * Math.sqrt(analysis.information),
  );
  const needed = first?.information ?? (((critical.at(-1) ?? LAST_CRITICAL) * deviation) / reach) ** 2;
  return Number.isFinite(needed) ? roundUp(seen * (needed / information - 1)) : null;
}

/** The remaining analyses of the period, if each day brings as much as the average day so far. */
function analysesAhead(analyses: readonly InterimAnalysis[]): InterimAnalysis[] {
  const now = analyses.at(-1);
  if (!now) return [];
  const days = Math.round(now.elapsedRatio * PERIOD_DAYS);
  const fresh = now.information / days;
  return Array.from({ length: PERIOD_DAYS - days }, (_, day) => ({
    information: now.information + (day + 1) * fresh,
    fresh,
    elapsedRatio: (days + day + 1) / PERIOD_DAYS,
  }));
}

/** Rounds up to two leading digits; more would suggest false precision. */
function roundUp(visitors: number): number {
  if (visitors <= 0) return 0;
  const step = 10 ** Math.max(0, Math.floor(Math.log10(visitors)) - 1);
  return Math.ceil(visitors / step) * step;
}

import { scaleEstimate, type Estimate } from "#app/domain/numbers/statistics.ts";
import { PERIOD_DAYS } from "./measuring-period.ts";
import type { Uplift } from "./uplift.ts";

/** What the offers are worth to the merchant, or the time until that is known. */
type MonthlyWorth =
  | { readonly kind: "known"; readonly minor: Estimate; readonly holdsForYear: boolean }
  | {
      readonly kind: "unknown";
      /** At the pace so far; null if the period ends before, because measuring then starts again. */
      readonly days: number | null;
      /** The same with this holdout share; null if that is no sooner or the period ends before. */
      readonly sooner: { readonly holdoutRatio: number; readonly days: number } | null;
    };

const MONTH_DAYS = 30;
/** A larger holdout to suggest: an answer comes sooner, at the cost of what the offers earn there. */
const SOONER_RATIO = 0.3;

/**
 * Scales a value per visitor to a month.
 *
 * @param visitors who came in `countedDays`
 * @param countedDays above 0
 */
export function toMonthly(
  perVisitorMinor: Estimate,
  { visitors, countedDays }: { visitors: number; countedDays: number },
) {
  return scaleEstimate(perVisitorMinor, (MONTH_DAYS * visitors) / countedDays);
}

/**
 * The verdict in a form to act on: the extra revenue per month from visitors who can see offers, minor units, or the
 * days until a verdict is as likely as not.
 *
 * @param day of the measuring period, from 1
 * @param countedDays so far, above 0
 * @param holdoutRatio share held out now, 0 to 1
 * @returns null if neither is known
 */
export function monthlyWorth(
  {
    isEnough,
    isDrawBroken,
    perVisitorMinor,
    visitors,
    visitorsMissing,
    holdsForYear,
  }: Pick<
    Uplift,
    "isEnough" | "isDrawBroken" | "perVisitorMinor" | "visitors" | "visitorsMissing" | "holdsForYear"
  >,
  {
    day,
    countedDays,
    holdoutRatio,
  }: { readonly day: number; readonly countedDays: number; readonly holdoutRatio: number },
): MonthlyWorth | null {
  if (isDrawBroken) return null;
  if (isEnough) {
    return {
      kind: "known",
      minor: toMonthly(perVisitorMinor, { visitors: visitors.treated, countedDays }),
      holdsForYear,
    };
  }
  const visitorsADay = (visitors.treated + visitors.holdout) / countedDays;
  if (visitorsMissing === null || !(visitorsADay > 0)) return null;
  const left = Math.ceil(visitorsMissing / visitorsADay);
  const leftOfPeriod = PERIOD_DAYS - day;
  // The comparison's information is proportional to the product of both shares.
  const factor = (holdoutRatio * (1 - holdoutRatio)) / (SOONER_RATIO * (1 - SOONER_RATIO));
  const sooner = { holdoutRatio: SOONER_RATIO, days: Math.ceil(left * factor) };
  return {
    kind: "unknown",
    days: left <= leftOfPeriod ? left : null,
    sooner: sooner.days < left && sooner.days <= leftOfPeriod ? sooner : null,
  };
}

import { scaleEstimate, type Estimate } from "#app/domain/numbers/statistics.ts";
import { PERIOD_DAYS } from "./measuring-period.ts";
import type { Uplift } from "./uplift.ts";

/** What the offers are worth to the merchant, or how long until that is known. */
type MonthlyWorth =
  | { readonly kind: "known"; readonly minor: Estimate; readonly holdsForYear: boolean }
  | {
      readonly kind: "unknown";
      /** At the pace so far; null where the period ends before, for then the measuring begins anew. */
      readonly days: number | null;
      /** With so many held out; null where that would be no sooner. */
      readonly sooner: { readonly holdoutRatio: number; readonly days: number } | null;
    };

const MONTH_DAYS = 30;
/** More held out tells sooner, and costs what the offers earn: this is what a merchant may still want. */
const SOONER_RATIO = 0.3;

/**
 * What a value for each visitor comes to in a month.
 *
 * @param visitors who came in so many days
 * @param days above 0, without those that are left out
 */
export function toMonthly(perVisitorMinor: Estimate, { visitors, days }: { visitors: number; days: number }) {
  return scaleEstimate(perVisitorMinor, (MONTH_DAYS * visitors) / days);
}

/**
 * The verdict as something to act on: the extra revenue of the visitors who come in a month and may see offers, minor
 * units, or the days until there is a verdict, should the value stay.
 *
 * @param days of the measuring period so far, above 0
 * @param holdoutRatio share held out now, 0 to 1
 * @returns null where neither can be said
 */
export function monthlyWorth(
  {
    isEnough,
    isDrawBroken,
    perVisitorMinor,
    visitors,
    leftOutDays,
    visitorsMissing,
    holdsForYear,
  }: Pick<
    Uplift,
    | "isEnough"
    | "isDrawBroken"
    | "perVisitorMinor"
    | "visitors"
    | "leftOutDays"
    | "visitorsMissing"
    | "holdsForYear"
  >,
  { days, holdoutRatio }: { days: number; holdoutRatio: number },
): MonthlyWorth | null {
  if (isDrawBroken) return null;
  if (isEnough) {
    return {
      kind: "known",
      minor: toMonthly(perVisitorMinor, { visitors: visitors.treated, days: days - leftOutDays }),
      holdsForYear,
    };
  }
  const visitorsADay = (visitors.treated + visitors.holdout) / (days - leftOutDays);
  if (visitorsMissing === null || !(visitorsADay > 0)) return null;
  const left = Math.ceil(visitorsMissing / visitorsADay);
  const leftOfPeriod = PERIOD_DAYS - days;
  // The comparison is worth as many visitors as the product of both shares of them.
  const factor = (holdoutRatio * (1 - holdoutRatio)) / (SOONER_RATIO * (1 - SOONER_RATIO));
  const sooner = { holdoutRatio: SOONER_RATIO, days: Math.ceil(left * factor) };
  return {
    kind: "unknown",
    days: left <= leftOfPeriod ? left : null,
    sooner: sooner.days < left && sooner.days <= leftOfPeriod ? sooner : null,
  };
}

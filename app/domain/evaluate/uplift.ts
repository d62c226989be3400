import { differenceOf, visitorsToSee } from "#app/domain/evaluate/always-valid.ts";
import { meanOf, varianceOf, type Moments } from "#app/domain/evaluate/moments.ts";
import { scaleEstimate } from "#app/domain/propose/bundle-market.ts";
import { normalTail } from "#app/domain/propose/pair-statistics.ts";
import type { Estimate } from "#app/domain/propose/bundle-proposal.ts";

/** What the visitors of one arm did, whether or not they saw an offer: intention to treat. */
export interface ArmOutcome {
  /** Revenue after discounts and refunds, minor units a visitor. */
  readonly revenueMinor: Moments;
  /** Orders a visitor. */
  readonly orders: Moments;
  /** Margin after discounts and refunds, minor units a visitor; absent while costs are not known. */
  readonly marginMinor?: Moments;
  /** Units of bundle components sold at full price, a visitor. */
  readonly fullPriceUnits?: Moments;
}

export interface UpliftInput {
  readonly treated: ArmOutcome;
  readonly holdout: ArmOutcome;
  /** Share of visitors meant to be held out, 0 to 1; checks the draw when given. */
  readonly holdoutRatio?: number;
}

/** Treated minus holdout; every interval is 95 % and may be looked at any day; infinite while the data are thin. */
export interface Uplift {
  /** Revenue a visitor, minor units. */
  readonly perVisitorMinor: Estimate;
  readonly marginPerVisitorMinor: Estimate | null;
  readonly ordersPerVisitor: Estimate;
  /** Revenue uplift over the holdout's revenue a visitor, 0.1 is 10 %; null while the holdout bought nothing. */
  readonly relative: Estimate | null;
  /** Revenue uplift times the treated visitors, minor units. */
  readonly incrementalRevenueMinor: Estimate;
  /** Full-price units of components lost (negative) a treated visitor; null when not counted. */
  readonly cannibalisedUnits: Estimate | null;
  readonly visitors: { readonly treated: number; readonly holdout: number };
  /** True when the interval excludes 0, or is so narrow that no effect of 5 % is left. */
  readonly isEnough: boolean;
  /** More visitors until that is expected; 0 when it is enough, null when it cannot be said. */
  readonly visitorsMissing: number | null;
  /** p-value of the arms' sizes under the intended shares; below 0.001 the draw is broken and no figure counts. */
  readonly sampleRatioPValue: number | null;
  readonly verdict: string;
}

/** An effect smaller than this share of the holdout's revenue is not worth waiting for. */
const SMALLEST_EFFECT_RATIO = 0.05;
const BROKEN_DRAW = 0.001;
/** Below this many visitors or orders in an arm the normal approximation says nothing. */
const LEAST_VISITORS = 100;
const LEAST_ORDERS = 20;

/**
 * Step 8, evaluate: what the offers earned, as the difference of two arms that only the draw tells apart.
 *
 * Known weakness: a visitor with two browsers is two visitors and may be in both arms, which hides some of the effect.
 */
export function estimateUplift({ treated, holdout, holdoutRatio }: UpliftInput): Uplift {
  const isThin =
    Math.min(treated.orders.visitors, holdout.orders.visitors) < LEAST_VISITORS ||
    Math.min(treated.orders.sum, holdout.orders.sum) < LEAST_ORDERS;
  const compare = (t: Moments, h: Moments): Estimate =>
    isThin ? { value: meanOf(t) - meanOf(h), low: -Infinity, high: Infinity } : differenceOf(t, h);
  const perVisitorMinor = compare(treated.revenueMinor, holdout.revenueMinor);
  const marginPerVisitorMinor =
    treated.marginMinor && holdout.marginMinor ? compare(treated.marginMinor, holdout.marginMinor) : null;
  const cannibalisedUnits =
    treated.fullPriceUnits && holdout.fullPriceUnits
      ? compare(treated.fullPriceUnits, holdout.fullPriceUnits)
      : null;
  const visitors = { treated: treated.revenueMinor.visitors, holdout: holdout.revenueMinor.visitors };
  const base = meanOf(holdout.revenueMinor);
  const relative = base > 0 ? scaleEstimate(perVisitorMinor, 1 / base) : null;
  const sampleRatioPValue = holdoutRatio === undefined ? null : checkDraw(visitors, holdoutRatio);
  const state = judge({ treated, holdout, isThin, perVisitorMinor, base, sampleRatioPValue });
  return {
    perVisitorMinor,
    marginPerVisitorMinor,
    ordersPerVisitor: compare(treated.orders, holdout.orders),
    relative,
    incrementalRevenueMinor: scaleEstimate(perVisitorMinor, visitors.treated),
    cannibalisedUnits,
    visitors,
    sampleRatioPValue,
    ...state,
  };
}

function judge(known: {
  treated: ArmOutcome;
  holdout: ArmOutcome;
  isThin: boolean;
  perVisitorMinor: Estimate;
  base: number;
  sampleRatioPValue: number | null;
}): Pick<Uplift, "isEnough" | "visitorsMissing" | "verdict"> {
  const { treated, holdout, isThin, perVisitorMinor, base, sampleRatioPValue } = known;
  if (sampleRatioPValue !== null && sampleRatioPValue < BROKEN_DRAW) {
    return {
      isEnough: false,
      visitorsMissing: null,
      verdict:
        "The two groups do not have the sizes that were drawn, so no comparison can be trusted. Check the theme block and the pixel.",
    };
  }
  const [t, h] = [treated.revenueMinor, holdout.revenueMinor];
  const seen = t.visitors + h.visitors;
  if (h.visitors === 0) {
    return {
      isEnough: false,
      visitorsMissing: null,
      verdict: "No visitor was held out, so there is nothing to compare with.",
    };
  }
  const { low, high } = perVisitorMinor;
  if (!isThin && low > 0)
    return { isEnough: true, visitorsMissing: 0, verdict: "The offers bring in more than no offers." };
  if (!isThin && high < 0)
    return {
      isEnough: true,
      visitorsMissing: 0,
      verdict: "The offers bring in less than no offers: take them back.",
    };
  const smallest = SMALLEST_EFFECT_RATIO * base;
  if (!isThin && base > 0 && high < smallest && low > -smallest)
    return { isEnough: true, visitorsMissing: 0, verdict: "The offers make no difference of 5 % or more." };

  const needed = visitorsNeeded(t, h, perVisitorMinor.value, smallest);
  const missing = Number.isFinite(needed) ? Math.max(0, roundUp(needed - seen)) : null;
  const atLeast = isThin ? Math.max(missing ?? 0, roundUp(LEAST_VISITORS)) : missing;
  return {
    isEnough: false,
    visitorsMissing: atLeast,
    verdict:
      atLeast === null || missing === null
        ? "Not enough data yet: too few orders to say how many visitors it takes."
        : `Not enough data yet: about ${atLeast.toLocaleString("en")} more visitors are needed.`,
  };
}

/** Enough to see the effect as it stands, or the smallest that matters when it stands below that. */
function visitorsNeeded(treated: Moments, holdout: Moments, effect: number, smallest: number): number {
  if (varianceOf(treated) === 0 && varianceOf(holdout) === 0) return Infinity;
  return visitorsToSee(Math.max(Math.abs(effect), smallest), treated, holdout);
}

/** Up to two leading digits: more would pretend to know. */
function roundUp(visitors: number): number {
  if (visitors <= 0) return 0;
  const step = 10 ** Math.max(0, Math.floor(Math.log10(visitors)) - 1);
  return Math.ceil(visitors / step) * step;
}

/**
 * Two-sided p-value of the holdout's size under a binomial with the intended share, by the normal approximation.
 * @see Fabijan et al. 2019, Diagnosing Sample Ratio Mismatch in Online Controlled Experiments
 */
function checkDraw(
  { treated, holdout }: { treated: number; holdout: number },
  holdoutRatio: number,
): number | null {
  const n = treated + holdout;
  if (n === 0 || holdoutRatio <= 0 || holdoutRatio >= 1) return null;
  const deviation = (holdout - n * holdoutRatio) / Math.sqrt(n * holdoutRatio * (1 - holdoutRatio));
  return Math.min(1, 2 * normalTail(Math.abs(deviation)));
}

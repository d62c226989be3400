import { chancesToSee, type InterimAnalysis } from "./interim-boundary.ts";
import { PERIOD_DAYS } from "./measuring-period.ts";

/** Visitors and their spending as known before the measuring. */
export interface ExpectedTraffic {
  readonly visitorsADay: number;
  /** Share of visitors held out, 0 to 1. */
  readonly holdoutRatio: number;
  /** Mean and standard deviation of spending per visitor, including visitors who buy nothing; minor units. */
  readonly meanMinor: number;
  readonly deviationMinor: number;
  /** Share of the orders whose visitor first came to a product with an offer, 0 to 1; only those are compared. */
  readonly exposableRatio: number;
}

export interface TimeToAnswer {
  /** Relative effect asked for; 0.1 is 10 %. */
  readonly effectRatio: number;
  /** Days until four of five shops with this effect have seen it; null if a period is too short. */
  readonly days: number | null;
}

/** Power: the share of shops that should see an existing effect. */
export const WANTED_CHANCE = 0.8;
/**
 * Standard errors that an effect must be worth at the end of a period of equal days to be seen by then with
 * `WANTED_CHANCE`, by `chancesToSee`. A constant of the boundary, because it is too slow to compute for every shop.
 */
export const WANTED_DRIFT = 3.03271;

/**
 * Days until a daily analysis sees an effect of a given size, at an even number of visitors a day. Exact for the
 * boundary of `criticalValues` and a normal mean, without simulation.
 *
 * @param effectRatio relative to the current spending per visitor; its sign does not matter
 * @param shareOn share held out on each day of the period from 0, if it changes
 * Known weakness: ignores that the first days have no analysis for lack of orders. Each order counts as its visitor's
 *   only one, placed on the day of the visit.
 */
export function timeToAnswer(
  traffic: ExpectedTraffic,
  effectRatio: number,
  shareOn: (day: number) => number = () => traffic.holdoutRatio,
): TimeToAnswer {
  const unit = driftOf({ ...traffic, holdoutRatio: 0.5 }, varianceOf(traffic), effectRatio);
  if (!(unit > 0)) return { effectRatio, days: null };
  const day = chancesToSee(analysesWith(shareOn), unit).findIndex((chance) => chance >= WANTED_CHANCE);
  return { effectRatio, days: day < 0 ? null : day + 1 };
}

/**
 * Smallest relative effect e that four of five shops would see by the end of a period: `e m √I = w √(a + b e)`, w
 * standard errors; null without visitors, orders or a holdout.
 */
export function smallestVisibleEffect(traffic: ExpectedTraffic): number | null {
  const { still, moved } = varianceOf(traffic);
  const reach = traffic.meanMinor ** 2 * informationOf(traffic);
  if (!(still > 0) || !(reach > 0)) return null;
  const wanted = WANTED_DRIFT ** 2;
  return (wanted * moved + Math.sqrt((wanted * moved) ** 2 + 4 * reach * wanted * still)) / (2 * reach);
}

/** Daily analyses of a period; the information sums to 1 if half of the visitors are held out throughout. */
function analysesWith(shareOn: (day: number) => number): InterimAnalysis[] {
  let information = 0;
  const analyses: InterimAnalysis[] = [];
  for (let day = 0; day < PERIOD_DAYS; day++) {
    const share = shareOn(day);
    const fresh = (4 * share * (1 - share)) / PERIOD_DAYS;
    information += fresh;
    analyses.push({ information, fresh, elapsedRatio: (day + 1) / PERIOD_DAYS });
  }
  return analyses;
}

/** Standard errors that the effect is worth at the end of the period. */
function driftOf(traffic: ExpectedTraffic, varied: Varied, effectRatio: number): number {
  const effect = Math.abs(effectRatio);
  const variance = varied.still + varied.moved * effect;
  if (!(varied.still > 0)) return 0;
  return effect * traffic.meanMinor * Math.sqrt(informationOf(traffic) / variance);
}

/** Visitors that the comparison of a whole period is worth. */
function informationOf({ visitorsADay, holdoutRatio }: ExpectedTraffic): number {
  return PERIOD_DAYS * visitorsADay * holdoutRatio * (1 - holdoutRatio);
}

/** Variance of the compared amount per visitor, without an effect and added by an effect of 1; squared minor units. */
interface Varied {
  readonly still: number;
  readonly moved: number;
}

/**
 * Only purchases after coming to an offer are compared. With exposable share ρ and all squares Q, their
 * variance is `ρ Q − (ρ m)²`. Sales won by offers are exposable too, and vary in the treated arm. The comparison takes
 * the holdout's variance to be at least that of both arms (see `standardiseArms`), so `h + (1 − h)²` of it counts.
 */
function varianceOf({ meanMinor, deviationMinor, exposableRatio, holdoutRatio }: ExpectedTraffic): Varied {
  if (deviationMinor <= 0) return { still: 0, moved: 0 };
  const squares = deviationMinor ** 2 + meanMinor ** 2;
  return {
    still: exposableRatio * squares - (exposableRatio * meanMinor) ** 2,
    moved: (holdoutRatio + (1 - holdoutRatio) ** 2) * squares,
  };
}

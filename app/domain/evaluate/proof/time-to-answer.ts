import { chancesToSee, type InterimAnalysis } from "./interim-boundary.ts";
import { PERIOD_DAYS } from "./measuring-period.ts";

/** What is known before the measuring: of visitors and of what they spend. */
export interface ExpectedTraffic {
  readonly visitorsADay: number;
  /** Share of visitors held out, 0 to 1. */
  readonly holdoutRatio: number;
  /** Mean and standard deviation of what a visitor spends, those who buy nothing included; minor units. */
  readonly meanMinor: number;
  readonly deviationMinor: number;
  /** Share of the orders whose visitor came to a product with an offer first, 0 to 1: only those are compared. */
  readonly exposableRatio: number;
}

export interface TimeToAnswer {
  /** Relative effect asked for, 0.1 is 10 %. */
  readonly effectRatio: number;
  /** Days until four of five shops with this effect have seen it; null when a period does not suffice. */
  readonly days: number | null;
}

/** As many shops of a hundred as are to see an effect that is there. */
export const WANTED_CHANCE = 0.8;
/**
 * Standard errors that an effect must be worth at the end of a period of even days to be seen by then with that chance,
 * where `chancesToSee(EVEN_LOOKS, drift).at(-1)` is it: a constant of the boundary, too slow to find for every shop.
 */
export const WANTED_DRIFT = 3.03271;

/**
 * How long until an effect of a given size would be seen by who looks every day, at an even number of visitors a day.
 * Exact for the boundary of `criticalValues` and a normal mean: no simulation.
 *
 * @param effectRatio relative to what a visitor spends now; its sign does not matter
 * @param shareOn share held out on each day of the period from 0, where it is not one and the same
 * Known weakness: says nothing of the first days, in which there is no analysis yet for lack of orders. Each order counts as
 *   a visitor's only one, and as placed on the day of the visit.
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
 * Smallest relative effect e that four of five shops would see by the end of a period, at which
 * `e m √I = w √(a + b e)`, w standard errors away; null without visitors, orders or a holdout.
 */
export function smallestVisibleEffect(traffic: ExpectedTraffic): number | null {
  const { still, moved } = varianceOf(traffic);
  const reach = traffic.meanMinor ** 2 * informationOf(traffic);
  if (!(still > 0) || !(reach > 0)) return null;
  const wanted = WANTED_DRIFT ** 2;
  return (wanted * moved + Math.sqrt((wanted * moved) ** 2 + 4 * reach * wanted * still)) / (2 * reach);
}

/** Analyses of a period, one a day, whose information comes to 1 if half of the visitors are held out all along. */
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

/** Standard errors that the effect will be worth at the end of the period. */
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

/** Variance of what is compared of a visitor, without an effect and what an effect of 1 adds to it; squared minor units. */
interface Varied {
  readonly still: number;
  readonly moved: number;
}

/**
 * Only what was bought after coming to an offer varies between the arms, with the reached share ρ of all squares Q:
 * `ρ Q − (ρ m)²`. What offers win is reached too, and varies in the treated arm; the comparison takes the holdout for as
 * varied as both arms together (see `standardiseArms`), so that `h + (1 − h)²` of it counts.
 */
function varianceOf({ meanMinor, deviationMinor, exposableRatio, holdoutRatio }: ExpectedTraffic): Varied {
  if (deviationMinor <= 0) return { still: 0, moved: 0 };
  const squares = deviationMinor ** 2 + meanMinor ** 2;
  return {
    still: exposableRatio * squares - (exposableRatio * meanMinor) ** 2,
    moved: (holdoutRatio + (1 - holdoutRatio) ** 2) * squares,
  };
}

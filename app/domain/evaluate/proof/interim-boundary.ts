import { normalTail } from "#app/domain/numbers/statistics.ts";
import { numberOf, type CohortDay } from "./cohort-day.ts";
import { PERIOD_DAYS } from "./measuring-period.ts";
import { comparisonSize } from "./standardised-arms.ts";

/** At most one shop in twenty ever sees an interval that misses the truth, over all interim analyses of a period. */
const ALPHA = 0.05;
/** 5 % of α is kept back for the error of the normal approximation and for late orders. */
export const ERROR_SPENT = 0.95 * ALPHA;
/**
 * Share of a period's error that each period of a year can spend, so that together they spend one period's error. A
 * year touches four periods and some days of a fifth, which spend next to nothing.
 */
export const YEAR_SHARE = 1 / 4.1;
/**
 * Error is spent as `0.95 α · s²`, where s is the share of the period that has passed. A power of 1 spends evenly:
 * early answers, but less power late. A power of 3 nearly waits for the end. A power of 2 detects almost as many
 * effects by the end as 3 (within a hundredth), and large ones as soon as 1.5.
 */
const SPENDING_POWER = 2;
/** Expected overshoot of a random walk beyond a boundary, in standard deviations of a step: `-ζ(½) / √(2π)`. */
const OVERSHOOT = 0.5826;
/** Below this share of the information so far, an analysis adds nothing worth spending error on. */
const LEAST_STEP = 1e-4;
/** Grid steps per standard deviation of an analysis's step; more changes the boundary by less than a thousandth. */
const STEPS_PER_DEVIATION = 1.6;

export interface InterimAnalysis {
  /** Information so far: visitors that the comparison is worth, in any unit; never falling. */
  readonly information: number;
  /** The part of it that the last day added. */
  readonly fresh: number;
  /** Share of the measuring period that has passed, above 0 to 1. */
  readonly elapsedRatio: number;
}

/**
 * With fewer visitors in an arm, or fewer orders that offers can have changed, the normal approximation does not hold
 * and no error is spent.
 */
const LEAST_VISITORS = 100;
const LEAST_ORDERS = 30;

/**
 * The interim analyses so far: one per day from the first day on which both arms had enough visitors and orders,
 * whether or not anyone viewed the figures.
 *
 * Known weakness: late orders of an early day's visitors count for the early day. The first analysis can be placed a
 *   little too early, and then has a little less error to spend.
 *
 * @param days in order of time
 * @returns empty while there are too few
 */
export function listInterimAnalyses(days: readonly CohortDay[]): InterimAnalysis[] {
  const analyses: InterimAnalysis[] = [];
  const orders = numberOf("exposableOrders");
  let information = 0;
  const seen = { treated: { visitors: 0, orders: 0 }, holdout: { visitors: 0, orders: 0 } };
  for (const { day, treated, holdout } of days) {
    const fresh = comparisonSize(treated.visitors, holdout.visitors);
    information += fresh;
    for (const [arm, sums] of [
      [seen.treated, treated],
      [seen.holdout, holdout],
    ] as const) {
      arm.visitors += sums.visitors;
      arm.orders += sums.sums[orders]!;
    }
    const visitors = Math.min(seen.treated.visitors, seen.holdout.visitors);
    const bought = Math.min(seen.treated.orders, seen.holdout.orders);
    if (visitors < LEAST_VISITORS || bought < LEAST_ORDERS || information === 0) continue;
    analyses.push({ information, fresh, elapsedRatio: Math.min(1, (day + 1) / PERIOD_DAYS) });
  }
  return analyses;
}

/**
 * Critical values of repeated confidence intervals under an error-spending function: the standard errors to either side
 * at each analysis, so that over all interim analyses together the interval misses the truth with probability 5 % at
 * most.
 *
 * The boundary of each analysis is found by carrying the density of the Brownian motion that has not crossed yet from
 * analysis to analysis. It is then widened by the expected overshoot of a motion watched continuously in between, so
 * the hour of the analysis does not matter. Future traffic need not be known.
 *
 * @param analyses at least one a day, in order of time, without analyses from before the data carry an interval
 * @param errorShare share of the period's error that can be spent, above 0 to 1; below 1 if several periods share one
 * @returns one number per analysis
 * @see Lan & DeMets 1983, Discrete sequential boundaries for clinical trials; Jennison & Turnbull 1989, Interim
 *   analyses: the repeated confidence interval approach; Armitage, McPherson & Rowe 1969 for the recursion; Siegmund
 *   1985 and Broadie, Glasserman & Kou 1997 for the step from daily to continuous monitoring
 * Known weakness: holds within one period. The next period spends an error of its own; see `YEAR_SHARE`.
 */
export function criticalValues(analyses: readonly InterimAnalysis[], errorShare = 1): Float64Array {
  return walk(analyses, 0, { errorShare }).critical;
}

/**
 * Probability that an effect has been detected by each analysis, in either direction.
 *
 * @param effectPerDeviation the true difference over the standard deviation of one unit of information; the statistic
 *   at an analysis is then normal with mean `effectPerDeviation · √information`
 */
export function chancesToSee(analyses: readonly InterimAnalysis[], effectPerDeviation: number): Float64Array {
  const boundary = walk(analyses, 0, {}).critical;
  return walk(analyses, effectPerDeviation, { given: boundary }).crossed;
}

/** Critical value of an analysis without information; no statistic reaches it. */
const NEVER = 40;

/**
 * Carries the density of the sum process over the analyses.
 *
 * @param drift of the process per unit of information
 * @param given critical values to use; found by the spending function if absent
 */
function walk(
  analyses: readonly InterimAnalysis[],
  drift: number,
  { given, errorShare = 1 }: { given?: Float64Array; errorShare?: number },
) {
  const critical = new Float64Array(analyses.length);
  const crossed = new Float64Array(analyses.length);
  let grid: Grid = { at: Float64Array.of(0), mass: Float64Array.of(1) };
  let time = 0;
  let outside = 0;
  for (const [index, { information, fresh, elapsedRatio }] of analyses.entries()) {
    const step = information - time;
    if (!(step > LEAST_STEP * information)) {
      // Too little new information: the width stays, and the error is kept for later.
      critical[index] = index === 0 ? NEVER : critical[index - 1]!;
      crossed[index] = outside;
      continue;
    }
    const deviation = Math.sqrt(step);
    const shift = drift * step;
    // The error is spent at the daily boundary; the reported value adds the overshoot.
    const overshoot = OVERSHOOT * Math.sqrt(fresh);
    const bound =
      given === undefined
        ? findBound(grid, deviation, errorShare * errorSpent(elapsedRatio) - outside)
        : given[index]! * Math.sqrt(information);
    critical[index] = given?.[index] ?? (bound + overshoot) / Math.sqrt(information);
    grid = advance(grid, { deviation, shift, bound });
    time = information;
    outside = 1 - grid.mass.reduce((sum, part) => sum + part, 0);
    crossed[index] = outside;
  }
  return { critical, crossed };
}

/** Error that can be spent by the time this share of the period has passed. */
function errorSpent(elapsedRatio: number): number {
  return ERROR_SPENT * Math.min(1, Math.max(0, elapsedRatio)) ** SPENDING_POWER;
}

/** A density as mass at equally spaced points. */
interface Grid {
  readonly at: Float64Array;
  readonly mass: Float64Array;
}

/** Newton's method on the logarithm, which is nearly a parabola, needs two to eight rounds. */
const MOST_ROUNDS = 20;

/** The bound that the next step crosses with probability `error`, by Newton's method on the exit probability. */
function findBound({ at, mass }: Grid, deviation: number, error: number): number {
  const reach = Math.abs(at[0]!);
  if (!(error > 1e-12)) return reach + NEVER * deviation;
  let [low, high] = [0, reach + 8 * deviation];
  let bound = reach + deviation;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    let exit = 0;
    let slope = 0;
    for (let index = 0; index < at.length; index++) {
      // The density is symmetric, so twice the upper side.
      const z = (bound - at[index]!) / deviation;
      exit += 2 * mass[index]! * normalTail(z);
      slope += 2 * mass[index]! * (normalDensity(z) / deviation);
    }
    const miss = Math.log(exit / error);
    if (Math.abs(miss) < 1e-7) break;
    if (miss > 0) low = bound;
    else high = bound;
    const middle = (low + high) / 2;
    const next = bound + (exit * miss) / slope;
    bound = Math.abs(next - middle) < high - middle ? next : middle;
  }
  return bound;
}

/** The density one step later, without the mass beyond the bound. */
function advance(
  { at, mass }: Grid,
  { deviation, shift, bound }: { deviation: number; shift: number; bound: number },
): Grid {
  const reach = Math.min(bound, Math.abs(at[0]!) + Math.abs(shift) + 8 * deviation);
  const points = Math.max(24, Math.ceil((2 * reach * STEPS_PER_DEVIATION) / deviation));
  const width = (2 * reach) / points;
  const next = new Float64Array(points);
  // Mid-points: the rule's error falls with the square of the width, and nothing is counted beyond the bound.
  const nextAt = Float64Array.from(next, (_, index) => -reach + (index + 0.5) * width);
  const scale = width / deviation;
  for (let from = 0; from < at.length; from++) {
    const weight = mass[from]! * scale;
    if (weight < 1e-14) continue;
    const centre = at[from]! + shift;
    const first = Math.max(0, Math.floor((centre - 7 * deviation + reach) / width));
    const end = Math.min(points, Math.ceil((centre + 7 * deviation + reach) / width));
    for (let to = first; to < end; to++)
      next[to]! += weight * normalDensity((nextAt[to]! - centre) / deviation);
  }
  return { at: nextAt, mass: next };
}

function normalDensity(z: number): number {
  return Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
}

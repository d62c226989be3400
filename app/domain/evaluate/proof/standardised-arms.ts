import { MEASURES, numberOf, productOf, PRODUCTS, type CohortDay, type Measure } from "./cohort-day.ts";

/** A weighted sum of measures, `Σ wᵢ mᵢ`. */
export type Combination = readonly (readonly [measure: Measure, weight: number])[];

/** One arm's means, and the spread within its days. */
export interface StandardisedArm {
  readonly visitors: number;
  readonly sum: (measure: Measure) => number;
  /** Mean per visitor, the days weighted alike in both arms. */
  readonly mean: (measure: Measure) => number;
  /**
   * Variance of a combination between visitors of one day, at least 0: the arm's own, but never less than that of both
   * arms together. Otherwise a small holdout that saw no large order by chance would look more certain just when its
   * mean is too low.
   *
   * @throws Error for a pair of measures that is not among `PRODUCTS`
   */
  readonly variance: (combination: Combination) => number;
  /** Variance of the arm's mean over the variance of a visitor. */
  readonly varianceFactor: number;
}

export interface StandardisedArms {
  readonly treated: StandardisedArm;
  readonly holdout: StandardisedArm;
  /**
   * Covariance of two measures between visitors of one day, both arms together.
   *
   * @throws Error for a pair that is not among `PRODUCTS`
   */
  readonly covariance: (a: Measure, b: Measure) => number;
  /** Visitors that the comparison is worth: `Σ n_t n_h / (n_t + n_h)` over the days. */
  readonly information: number;
}

/**
 * Reweights both arms as if each day had brought them visitors in one proportion: day d weighs `n_t n_h / (n_t + n_h)`
 * in both. Within a day only the draw separates the arms. Over days, a changed holdout share would give one arm more of
 * the good days (Simpson's paradox). The difference of the means equals that of a regression with a term for each day.
 * A day on which an arm had no visitor weighs nothing.
 *
 * @returns null while the arms share no day or the variance is unknown
 * @see Mantel & Haenszel 1959 for the weights; Kohavi, Tang & Xu 2020, Trustworthy Online Controlled Experiments, ch. 3
 */
export function standardiseArms(days: readonly CohortDay[]): StandardisedArms | null {
  const weights = days.map(({ treated, holdout }) => comparisonSize(treated.visitors, holdout.visitors));
  const information = weights.reduce((sum, weight) => sum + weight, 0);
  const [treated, holdout] = [sumArm(days, weights, "treated"), sumArm(days, weights, "holdout")];
  const freedom = treated.freedom + holdout.freedom;
  if (information === 0 || freedom < 2) return null;
  const both = Array.from(treated.within, (own, index) => (own + holdout.within[index]!) / freedom);
  return {
    treated: toArm(treated, both, information),
    holdout: toArm(holdout, both, information),
    covariance: (a, b) => both[placeOf(a, b)]!,
    information,
  };
}

/** Visitors that the comparison is worth; close to the smaller arm's size if the other is far larger. */
export function comparisonSize(treated: number, holdout: number): number {
  return treated + holdout === 0 ? 0 : (treated * holdout) / (treated + holdout);
}

function sumArm(days: readonly CohortDay[], weights: readonly number[], name: "treated" | "holdout") {
  const totals = new Float64Array(MEASURES.length);
  const weighted = new Float64Array(MEASURES.length);
  const within = new Float64Array(PRODUCTS.length);
  let visitors = 0;
  let freedom = 0;
  let squares = 0;
  for (let index = 0; index < days.length; index++) {
    const arm = days[index]![name];
    const weight = weights[index]!;
    if (arm.visitors === 0) continue;
    visitors += arm.visitors;
    freedom += arm.visitors - 1;
    squares += weight ** 2 / arm.visitors;
    for (let measure = 0; measure < totals.length; measure++) {
      totals[measure]! += arm.sums[measure]!;
      weighted[measure]! += (weight / arm.visitors) * arm.sums[measure]!;
    }
    for (let product = 0; product < within.length; product++) {
      const [a, b] = FACTORS[product]!;
      within[product]! += arm.products[product]! - (arm.sums[a]! * arm.sums[b]!) / arm.visitors;
    }
  }
  return { visitors, totals, weighted, within, freedom, squares };
}

const FACTORS = PRODUCTS.map(([a, b]) => [numberOf(a), numberOf(b)] as const);

function toArm(
  arm: ReturnType<typeof sumArm>,
  both: readonly number[],
  information: number,
): StandardisedArm {
  const own = arm.within.map((within) => (arm.freedom > 0 ? within / arm.freedom : 0));
  return {
    visitors: arm.visitors,
    sum: (measure) => arm.totals[numberOf(measure)]!,
    mean: (measure) => arm.weighted[numberOf(measure)]! / information,
    variance: (combination) =>
      // The larger of the two sums, not of each term: otherwise negative terms would no longer cancel.
      Math.max(0, varianceOf(combination, own), varianceOf(combination, both)),
    varianceFactor: arm.squares / information ** 2,
  };
}

function varianceOf(combination: Combination, covariances: ArrayLike<number>): number {
  let sum = 0;
  for (const [a, weightOfA] of combination)
    for (const [b, weightOfB] of combination) sum += weightOfA * weightOfB * covariances[placeOf(a, b)]!;
  return sum;
}

function placeOf(a: Measure, b: Measure): number {
  const product = productOf(a, b);
  if (product === undefined) throw new Error(`the products of ${a} and ${b} are not added up`);
  return product;
}

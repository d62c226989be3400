import { type Estimate, normalTail, Z90 } from "#app/domain/numbers/statistics.ts";

/**
 * How many times more often than by chance, `observed / expected`, with a 90 % interval from Byar's approximation
 * to the exact Poisson limits of as many baskets as tell something of their own.
 *
 * @param observed baskets counted, an integer at least 0
 * @param expected baskets by chance, above 0
 * @param effectiveSize from `effectiveSampleSize`: baskets of different shoppers that say as much, an integer at most `observed`
 * @param deviations that the interval reaches to either side, those of 90 % when absent
 * @see Breslow and Day 1987, Statistical Methods in Cancer Research II, equation 2.13
 * @throws RangeError if expected is not above 0
 */
export function liftOf(
  observed: number,
  expected: number,
  effectiveSize = observed,
  deviations = Z90,
): Estimate {
  if (!(expected > 0)) throw new RangeError(`lift over ${expected} expected baskets`);
  const upper = effectiveSize + 1;
  const low =
    effectiveSize === 0
      ? 0
      : effectiveSize * (1 - 1 / (9 * effectiveSize) - deviations / (3 * Math.sqrt(effectiveSize))) ** 3;
  const high = upper * (1 - 1 / (9 * upper) + deviations / (3 * Math.sqrt(upper))) ** 3;
  const expectedOfThem = observed === 0 ? expected : (expected * effectiveSize) / observed;
  return {
    value: observed / expected,
    low: Math.max(0, low) / expectedOfThem,
    high: high / expectedOfThem,
  };
}

/** Above so many baskets the exact tail and the likelihood ratio's agree to the second digit. */
const MOST_EXACT = 200;

/**
 * One-sided p-value of "more often than chance" of a Poisson count: the exact tail `P(N ≥ n)` up to 200 baskets; above,
 * the likelihood-ratio statistic `2 (n ln(n / E) − (n − E))` against half of χ² with one degree of freedom, which at
 * counts of four to ten would promise half the exact value.
 *
 * @returns 0.5 or nearly that and more when the count is at or below what chance gives
 * @see Dunning 1993, Accurate Methods for the Statistics of Surprise and Coincidence
 */
export function surpriseOf(observed: number, expected: number): number {
  if (expected <= 0) return observed > 0 ? 0 : 1;
  if (observed > expected && observed <= MOST_EXACT) return poissonTail(observed, expected);
  const statistic =
    2 * ((observed > 0 ? observed * Math.log(observed / expected) : 0) - (observed - expected));
  const tail = normalTail(Math.sqrt(Math.max(0, statistic)));
  return observed > expected ? tail : 1 - tail;
}

/**
 * Probability that other orders hold a pair at least `lift` times as often as by chance, after so many were counted: the
 * lift has an exponential prior, as if one order more had been seen where chance gives `1 / priorLift`; with the
 * Poisson count it is then a gamma variable, whose tail is a Poisson sum.
 *
 * @param effectiveSize from `effectiveSampleSize`, an integer at least 0
 * @param byChance how many of them by chance, at least 0
 * @param priorLift what is expected without the count, above 0
 * @returns exact from 0.5 up to 200 orders; below, nearly
 * @see DuMouchel 1999, Bayesian data mining in large frequency tables, with one gamma distribution in place of two
 */
export function oddsOfLift(
  lift: number,
  { effectiveSize, byChance, priorLift }: { effectiveSize: number; byChance: number; priorLift: number },
): number {
  return 1 - surpriseOf(effectiveSize + 1, lift * (byChance + 1 / priorLift));
}

/** P(N ≥ n) of a Poisson count with mean E below n: its largest term, and those after it, which only fall. */
function poissonTail(n: number, expected: number): number {
  let logFactorial = 0;
  for (let k = 2; k <= n; k++) logFactorial += Math.log(k);
  let term = Math.exp(n * Math.log(expected) - expected - logFactorial);
  let sum = 0;
  for (let k = n; term > sum * 1e-12; k++) {
    sum += term;
    term *= expected / (k + 1);
  }
  return sum;
}

/**
 * The largest p-value that may be called a discovery when `tests` hypotheses were tried and a share of at most
 * `falseShare` of the discoveries may be false: the step-up rule.
 *
 * @param pValues those that were computed; the other `tests − pValues.length` count as not significant
 * @returns 0 when nothing is
 * @see Benjamini & Hochberg 1995. Known weakness: the share is proved for independent tests and for tests that are
 *   positively dependent (Benjamini & Yekutieli 2001); pairs that share a product are, others may not be
 */
export function discoveryThreshold(pValues: Float64Array, tests: number, falseShare: number): number {
  const sorted = pValues.slice().sort();
  for (let rank = sorted.length; rank >= 1; rank--)
    if (sorted[rank - 1]! <= (rank / tests) * falseShare) return sorted[rank - 1]!;
  return 0;
}

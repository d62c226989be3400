import { type Estimate, normalTail, Z90 } from "#app/domain/numbers/statistics.ts";

/**
 * Lift, `observed / expected`, with a 90 % interval from Byar's approximation to the exact Poisson limits at the
 * effective sample size.
 *
 * @param observed baskets counted, an integer at least 0
 * @param expected baskets by chance, above 0
 * @param effectiveSize from `effectiveSampleSize`, an integer at most `observed`
 * @param deviations reach of the interval to either side, in standard deviations; 90 % if absent
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

/** Above this count, the exact tail and the likelihood ratio's agree to the second digit. */
const MOST_EXACT = 200;

/**
 * One-sided p-value of "more often than chance" for a Poisson count. Up to 200 baskets it is the exact tail `P(N ≥ n)`.
 * Above, it is half of the χ² tail, with one degree of freedom, of the likelihood-ratio statistic
 * `2 (n ln(n / E) − (n − E))`, which would give half the exact value at counts of four to ten.
 *
 * @returns about 0.5 or more if the count is at or below chance
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
 * Probability that other orders hold a pair at least `lift` times as often as by chance, given its counted orders. The
 * lift has an exponential prior, equivalent to one order where chance gives `1 / priorLift`. With the Poisson count,
 * its posterior is a gamma distribution, whose tail is a Poisson sum.
 *
 * @param effectiveSize from `effectiveSampleSize`, an integer at least 0
 * @param byChance how many of these chance gives, at least 0
 * @param priorLift expected lift without the count, above 0
 * @returns exact from 0.5 up, for up to 200 orders; approximate otherwise
 * @see DuMouchel 1999, Bayesian data mining in large frequency tables, with one gamma distribution in place of two
 */
export function oddsOfLift(
  lift: number,
  { effectiveSize, byChance, priorLift }: { effectiveSize: number; byChance: number; priorLift: number },
): number {
  return 1 - surpriseOf(effectiveSize + 1, lift * (byChance + 1 / priorLift));
}

/** P(N ≥ n) for a Poisson count with mean E below n: sums the terms from the largest, at n, on. */
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
 * The largest p-value that counts as a discovery among `tests` hypotheses, if at most a share `falseShare` of the
 * discoveries may be false: the step-up rule.
 *
 * @param pValues the computed ones; the other `tests − pValues.length` count as not significant
 * @returns 0 if nothing is significant
 * @see Benjamini & Hochberg 1995. Known weakness: proved for independent and for positively dependent tests (Benjamini
 *   & Yekutieli 2001); pairs that share a product are positively dependent, others may not be
 */
export function discoveryThreshold(pValues: Float64Array, tests: number, falseShare: number): number {
  const sorted = pValues.slice().sort();
  for (let rank = sorted.length; rank >= 1; rank--)
    if (sorted[rank - 1]! <= (rank / tests) * falseShare) return sorted[rank - 1]!;
  return 0;
}

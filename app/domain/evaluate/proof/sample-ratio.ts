import { logGamma } from "#app/domain/numbers/distributions.ts";

/** Visitors who came while one share was held out. */
export interface DrawnVisitors {
  readonly treated: number;
  readonly holdout: number;
  /** Share that was meant to be held out, 0 to 1. */
  readonly holdoutRatio: number;
}

/** How near the true share is thought to lie to the intended one, in visitors' worth: some percent off at the most. */
const CONCENTRATION = 1_000;
/** One shop in a hundred with a sound draw may ever see the alarm. */
export const BROKEN_DRAW = 0.01;

/**
 * Always-valid p-value of the arms' sizes: below `BROKEN_DRAW` visitors of one arm are lost or counted twice, and no
 * figure counts. It may be looked at any day, for it is the smallest inverse so far of a martingale: the likelihood of
 * the sizes under a share that may be any (Beta around the intended) over that under the intended one. Each stretch
 * with another intended share multiplies in.
 *
 * @param days in time; days on which nobody, or everybody, was to be held out say nothing and are passed over
 * @returns 0 to 1; null when no day says anything
 * @see Lindon & Malek 2020, Sequential testing of multinomial hypotheses with applications to detecting
 *   implementation errors and missing data in randomized experiments
 */
export function sampleRatioPValue(days: readonly DrawnVisitors[]): number | null {
  let settled = 0;
  let stretch = { treated: 0, holdout: 0, holdoutRatio: Number.NaN };
  let greatest = 0;
  let isAny = false;
  for (const { treated, holdout, holdoutRatio } of days) {
    if (holdoutRatio <= 0 || holdoutRatio >= 1 || treated + holdout === 0) continue;
    isAny = true;
    if (holdoutRatio !== stretch.holdoutRatio) {
      settled += logEvidence(stretch);
      stretch = { treated: 0, holdout: 0, holdoutRatio };
    }
    stretch = {
      treated: stretch.treated + treated,
      holdout: stretch.holdout + holdout,
      holdoutRatio,
    };
    greatest = Math.max(greatest, settled + logEvidence(stretch));
  }
  return isAny ? Math.exp(-greatest) : null;
}

/** Logarithm of the Beta-binomial over the binomial likelihood. */
function logEvidence({ treated, holdout, holdoutRatio }: DrawnVisitors): number {
  if (treated + holdout === 0) return 0;
  const [a, b] = [CONCENTRATION * holdoutRatio, CONCENTRATION * (1 - holdoutRatio)];
  return (
    logBeta(a + holdout, b + treated) -
    logBeta(a, b) -
    holdout * Math.log(holdoutRatio) -
    treated * Math.log(1 - holdoutRatio)
  );
}

function logBeta(a: number, b: number): number {
  return logGamma(a) + logGamma(b) - logGamma(a + b);
}

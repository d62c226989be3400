import { logGamma } from "#app/domain/numbers/statistics.ts";

/** Visitors who came while one share was held out. */
export interface DrawnVisitors {
  readonly treated: number;
  readonly holdout: number;
  /** Share that was meant to be held out, 0 to 1. */
  readonly holdoutRatio: number;
}

/** A fault of the storefront moves the share by some percent at the most. */
const CONCENTRATION = 1_000;
/** One shop in a hundred with a sound draw may ever see the alarm. */
const BROKEN_DRAW = 0.01;

/**
 * Always-valid p-value of the arms' sizes: below `BROKEN_DRAW` visitors of one arm are lost or counted twice, and no
 * figure counts. It may be looked at any day, for it is the smallest inverse so far of a martingale: the likelihood of
 * the sizes under a share that may be any (Beta around the intended) over that under the intended one. Each stretch
 * with another intended share multiplies in.
 *
 * @param concentration how near the true share is thought to lie to the intended one, in visitors' worth
 * @param days in time; days on which nobody, or everybody, was to be held out say nothing and are passed over
 * @returns 0 to 1; null when no day says anything
 * @see Lindon & Malek 2020, Sequential testing of multinomial hypotheses with applications to detecting
 *   implementation errors and missing data in randomized experiments
 */
export function sampleRatioPValue(
  days: readonly DrawnVisitors[],
  concentration = CONCENTRATION,
): number | null {
  let settled = 0;
  let stretch = { treated: 0, holdout: 0, holdoutRatio: Number.NaN };
  let greatest = 0;
  let isAny = false;
  for (const { treated, holdout, holdoutRatio } of days) {
    if (holdoutRatio <= 0 || holdoutRatio >= 1 || treated + holdout === 0) continue;
    isAny = true;
    if (holdoutRatio !== stretch.holdoutRatio) {
      settled += logEvidence(stretch, concentration);
      stretch = { treated: 0, holdout: 0, holdoutRatio };
    }
    stretch = {
      treated: stretch.treated + treated,
      holdout: stretch.holdout + holdout,
      holdoutRatio,
    };
    greatest = Math.max(greatest, settled + logEvidence(stretch, concentration));
  }
  return isAny ? Math.exp(-greatest) : null;
}

/** Visitors who first came on one day of a measuring period. */
export interface DrawnDay {
  /** From 0. */
  readonly day: number;
  readonly treated: number;
  readonly holdout: number;
  /** Those of them who could have been exposed to an offer. */
  readonly exposableTreated: number;
  readonly exposableHoldout: number;
}

/**
 * Of the sizes of the arms, and of those in them who could have been exposed to an offer: where these differ, whoever
 * was held out is seen less well. The smaller of the two, times two, for both are looked at.
 *
 * @param days in time
 * @param holdoutRatioOf share that was meant to be held out on a day, 0 to 1
 * @returns 0 to 1; null when no day says anything
 */
export function drawPValue(
  days: readonly DrawnDay[],
  holdoutRatioOf: (day: number) => number,
): number | null {
  const ofAll = sampleRatioPValue(
    days.map(({ day, treated, holdout }) => ({ treated, holdout, holdoutRatio: holdoutRatioOf(day) })),
  );
  const ofExposable = sampleRatioPValue(
    days.map(({ day, exposableTreated, exposableHoldout }) => ({
      treated: exposableTreated,
      holdout: exposableHoldout,
      holdoutRatio: holdoutRatioOf(day),
    })),
  );
  if (ofAll === null || ofExposable === null) return ofAll;
  return Math.min(1, 2 * Math.min(ofAll, ofExposable));
}

/** Whether such a p-value says that the draw is broken, and no figure counts. */
export function provesBrokenDraw(pValue: number | null): boolean {
  return pValue !== null && pValue < BROKEN_DRAW;
}

/** Whoever invents visitors may choose any share. */
const INVENTED_CONCENTRATION = 2;
/** Of ten thousand networks, or hours, whose visitors are drawn as they should be, one is ever taken for another. */
const DRAWN_OTHERWISE = 1e-4;

/**
 * Whether visitors that came together, from one network or in one hour, cannot have been drawn as all others are. It asks
 * for the arms' sizes alone and for no outcome, so that to leave them out bends no comparison.
 */
export function isDrawnOtherwise(visitors: DrawnVisitors): boolean {
  return (sampleRatioPValue([visitors], INVENTED_CONCENTRATION) ?? 1) < DRAWN_OTHERWISE;
}

/** Logarithm of the Beta-binomial over the binomial likelihood. */
function logEvidence({ treated, holdout, holdoutRatio }: DrawnVisitors, concentration: number): number {
  if (treated + holdout === 0) return 0;
  const [a, b] = [concentration * holdoutRatio, concentration * (1 - holdoutRatio)];
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

/** Visitors of one hour, by the arm of each. */
export interface CountedHour {
  readonly hour: number;
  readonly treated: number;
  readonly holdout: number;
}

/** Where more of the hours than this are drawn otherwise, the draw is at fault and no outsider. */
const MOST_FOREIGN_RATIO = 0.1;

/**
 * The hours whose new visitors cannot have been drawn as all others were: somebody brought visitors of a chosen arm. To
 * leave the hour out keeps the comparison fair, since only the arms' sizes choose it and both arms go. A storefront that
 * loses visitors of one arm does so in every hour: then none is left out, and the check of the whole draw says so.
 *
 * @param holdoutRatioOf share that was meant to be held out in an hour, 0 to 1
 * @returns of sound visitors one hour in ten thousand
 */
export function findForeignHours(
  hours: readonly CountedHour[],
  holdoutRatioOf: (hour: number) => number,
): number[] {
  const foreign = hours.filter(({ hour, ...arms }) =>
    isDrawnOtherwise({ ...arms, holdoutRatio: holdoutRatioOf(hour) }),
  );
  return foreign.length > MOST_FOREIGN_RATIO * hours.length ? [] : foreign.map(({ hour }) => hour);
}

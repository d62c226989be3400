import { logGamma } from "#app/domain/numbers/statistics.ts";

/** Visitors who came while one share was held out. */
export interface DrawnVisitors {
  readonly treated: number;
  readonly holdout: number;
  /** Intended share held out, 0 to 1. */
  readonly holdoutRatio: number;
}

/** A storefront fault moves the share by a few percent at most. */
const CONCENTRATION = 1_000;
/** At most one shop in a hundred with a sound draw ever sees the alarm. */
const BROKEN_DRAW = 0.01;

/**
 * Always-valid p-value of the arms' sizes. Below `BROKEN_DRAW`, visitors of one arm are lost or counted twice, and no
 * figure counts. It holds on every day, because it is the inverse of a martingale's running maximum: the likelihood of
 * the sizes under any share (Beta prior around the intended one) over the likelihood under the intended share. Each
 * stretch with another intended share multiplies in.
 *
 * @param concentration of the prior around the intended share, in visitors
 * @param days in order of time; days on which nobody or everybody was to be held out are skipped
 * @returns 0 to 1; null if no day counts
 * @see Lindon & Malek 2020, Sequential testing of multinomial hypotheses with applications to detecting implementation
 *   errors and missing data in randomized experiments
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
 * p-value of the arms' sizes, and of the exposable visitors in each: a gap in the second means that exposure is
 * detected worse in the holdout. The result is the smaller of the two times two, because there are two tests.
 *
 * @param days in order of time
 * @param holdoutRatioOf intended share held out on a day, 0 to 1
 * @returns 0 to 1; null if no day counts
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

/** Whether the p-value shows that the draw is broken, so that no figure counts. */
export function provesBrokenDraw(pValue: number | null): boolean {
  return pValue !== null && pValue < BROKEN_DRAW;
}

/** Weak prior: anyone who invents visitors can choose any share. */
const INVENTED_CONCENTRATION = 2;
/** False alarms: at most one in ten thousand networks, or hours, with a sound draw. */
const DRAWN_OTHERWISE = 1e-4;

/**
 * Whether visitors from one network or one hour cannot have been drawn as all others are. It uses only the arms' sizes
 * and no outcome, so leaving these visitors out does not bias a comparison.
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

export interface CountedHour {
  readonly hour: number;
  readonly treated: number;
  readonly holdout: number;
}

/** If more than this share of the hours is affected, the draw itself is at fault. */
const MOST_FOREIGN_RATIO = 0.1;

/**
 * Hours whose new visitors cannot have been drawn as all others were, because somebody brought visitors of a chosen
 * arm. Leaving such an hour out keeps the comparison fair: only the arms' sizes choose it, and both arms are left out.
 * A storefront that loses visitors of one arm does so in every hour. Then no hour is left out, and the check of the
 * whole draw reports it.
 *
 * @param holdoutRatioOf intended share held out in an hour, 0 to 1
 * @returns for sound visitors, one hour in ten thousand at most
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

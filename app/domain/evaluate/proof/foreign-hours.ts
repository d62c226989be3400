import { isDrawnOtherwise } from "./sample-ratio.ts";

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

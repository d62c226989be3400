const WEEKS_IN_YEAR = 52;
/** Orders of the wider growth, the shop's, that a narrower one is shrunk to. */
const SHRINK_ORDERS = 12;

/** Orders in some weeks, and how many ordinary weeks those were worth. */
export interface WeeksSold {
  readonly sold: number;
  readonly openWeeks: number;
}

/**
 * How many times as much is sold a week as in the same weeks a year before, so that the season is in both:
 * `(N₁ · e₀/e₁ + k·G) / (N₀ + k)` with N orders in e ordinary weeks, shrunk to the wider growth G by k = 12 orders.
 *
 * @returns above 0; G where the shop was closed in either year
 */
export function yearGrowth(then: WeeksSold, now: WeeksSold, wider = 1): number {
  if (then.openWeeks === 0 || now.openWeeks === 0) return wider;
  const soldNow = (now.sold * then.openWeeks) / now.openWeeks;
  return (soldNow + SHRINK_ORDERS * wider) / (then.sold + SHRINK_ORDERS);
}

/**
 * What has become of a rate of 1 after so many weeks, when a year makes `factor` of it. Of a growth every week adds as
 * much, for a shop grows fastest, in shares of itself, while it is small; a decline takes the same share every week.
 *
 * @param factor above 0
 * @param weeks may be more than a year
 * Known weakness: nobody knows the path between two years; a growth that keeps its percentage is told too slow.
 */
export function rateAfter(factor: number, weeks: number): number {
  const years = weeks / WEEKS_IN_YEAR;
  return factor >= 1 ? 1 + (factor - 1) * years : factor ** years;
}

/** A level that stands on so many weeks is no longer that of a shop's first ones. */
const RAMP_WEEKS = 13;

/**
 * How much more a shop's first weeks rose, from the middle of what its level a year ago stood on to the middle of the
 * window after it, than the same weeks rise a year later: that much of last year's ratio is the beginning and no season.
 *
 * @param factor growth of the year since
 * @param weeksKnown weeks before the level; from 13 on the answer is 1
 * @param weeksToMiddle weeks from the level to the middle of the window
 */
export function rampUp(factor: number, weeksKnown: number, weeksToMiddle: number): number {
  if (weeksKnown >= RAMP_WEEKS) return 1;
  const rise = rateAfter(factor, weeksKnown / 2 + weeksToMiddle);
  const riseNow = rateAfter(factor, WEEKS_IN_YEAR + weeksKnown / 2 + weeksToMiddle) / factor;
  return (rise / riseNow) ** (1 - weeksKnown / RAMP_WEEKS);
}

import { LEAST_OPEN, type DemandSeries } from "#app/domain/trends/demand-series.ts";

/**
 * Smoothing of sizes, intervals and chances once there are ten of them; before, each is the mean of what there is: the
 * first alone would count for years. @see Syntetos and Boylan 2005, who recommend 0.05 to 0.2
 */
const ALPHA = 0.1;

/** Orders per ordinary week as methods for rare sales see it, [items × (weeks + 1)]; column w knows weeks before w only. */
export interface IntermittentLevels {
  /** Croston's method with the correction of its bias by `1 − α/2`. */
  readonly sba: Float32Array;
  /** Chance of a sale times its size; unlike Croston's it also falls while nothing is sold. */
  readonly tsb: Float32Array;
}

/**
 * Levels for items that sell in few weeks: the size of a sale and how often there is one are smoothed apart.
 *
 * @see Syntetos and Boylan 2005, The accuracy of intermittent demand estimates (SBA)
 * @see Teunter, Syntetos and Babai 2011, Intermittent demand: linking forecasting to inventory obsolescence (TSB)
 * Known weakness: one parameter for all items; sales in most weeks are better served by plain smoothing.
 */
export function smoothIntermittent({
  items,
  weeks,
  orders,
  open,
  firstWeek,
}: DemandSeries): IntermittentLevels {
  const sba = new Float32Array(items * (weeks + 1));
  const tsb = new Float32Array(items * (weeks + 1));
  for (let item = 0; item < items; item++) {
    let [size, interval, chance] = [0, 1, 0];
    let [sales, seen, since] = [0, 0, 1];
    for (let week = firstWeek[item]!; week < weeks; week++) {
      const share = open[week]!;
      if (share >= LEAST_OPEN) {
        const sold = orders[item * weeks + week]! / share;
        if (sold > 0) {
          sales++;
          size += weightOf(sales) * (sold - size);
          // The first sale ends no interval: nobody knows how long the item had been waiting.
          if (sales > 1) interval += weightOf(sales - 1) * (since - interval);
          since = 1;
        } else since++;
        chance += weightOf(++seen) * ((sold > 0 ? 1 : 0) - chance);
      }
      const at = item * (weeks + 1) + week + 1;
      sba[at] = (1 - ALPHA / 2) * (size / interval);
      tsb[at] = chance * size;
    }
  }
  return { sba, tsb };
}

/** Weight of the n-th value in the mean of the first ten, and in the smoothing from then on. */
function weightOf(n: number): number {
  return Math.max(ALPHA, 1 / n);
}

import { LEAST_OPEN, type DemandSeries } from "#app/domain/trends/demand-series.ts";

/** Smoothing of sizes, intervals and chances. @see Syntetos and Boylan 2005, who recommend 0.05 to 0.2 */
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
    let [size, interval, chance, since] = [0, 1, 0, 1];
    let isStarted = false;
    for (let week = firstWeek[item]!; week < weeks; week++) {
      const share = open[week]!;
      if (share >= LEAST_OPEN) {
        const sold = orders[item * weeks + week]! / share;
        if (sold > 0) {
          size += (isStarted ? ALPHA : 1) * (sold - size);
          interval += (isStarted ? ALPHA : 1) * (since - interval);
          since = 1;
        } else since++;
        chance += (isStarted ? ALPHA : 1) * ((sold > 0 ? 1 : 0) - chance);
        isStarted = true;
      }
      const at = item * (weeks + 1) + week + 1;
      sba[at] = (1 - ALPHA / 2) * (size / interval);
      tsb[at] = chance * size;
    }
  }
  return { sba, tsb };
}

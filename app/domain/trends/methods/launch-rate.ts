import type { DemandSeries } from "#app/domain/trends/demand-series.ts";

/** Weeks after an item's first one that say how it sold when it was new, and how long the log must have run before it. */
const LAUNCH_WEEKS = 4;
/** Launches that the rate of all items is worth against what launches say. */
const PRIOR_LAUNCHES = 10;

/**
 * Orders in an ordinary week of an item that is just out, as known at the start of every week: the mean over the items
 * that came out before, of the four weeks after their first one, shrunk to the mean rate of all items so far.
 *
 * @returns [weeks + 1], at least 0; column w knows weeks before w only, and the first one nothing: the mean of the items
 *   in it
 */
export function listLaunchRates({ items, weeks, orders, open, firstWeek }: DemandSeries): Float64Array {
  const rates = new Float64Array(weeks + 1);
  // [weeks + 1] what becomes known at the start of a week.
  const launched = new Float64Array(weeks + 1);
  const launches = new Float64Array(weeks + 1);
  const sold = new Float64Array(weeks + 1);
  const offered = new Float64Array(weeks + 1);
  for (let item = 0; item < items; item++) {
    const first = firstWeek[item]!;
    let newOrders = 0;
    let newOpen = 0;
    for (let week = first; week < weeks; week++) {
      sold[week + 1]! += orders[item * weeks + week]!;
      offered[week + 1]! += open[week]!;
      if (week > first && week <= first + LAUNCH_WEEKS) {
        newOrders += orders[item * weeks + week]!;
        newOpen += open[week]!;
      }
    }
    const known = first + 1 + LAUNCH_WEEKS;
    if (first < LAUNCH_WEEKS || known > weeks || newOpen === 0) continue;
    launched[known]! += newOrders / newOpen;
    launches[known]! += 1;
  }
  let [sumLaunched, sumLaunches, sumSold, sumOffered] = [0, 0, 0, 0];
  for (let week = 0; week <= weeks; week++) {
    sumLaunched += launched[week]!;
    sumLaunches += launches[week]!;
    sumSold += sold[week]!;
    sumOffered += offered[week]!;
    const ofAll = sumOffered > 0 ? sumSold / sumOffered : 0;
    rates[week] = (sumLaunched + PRIOR_LAUNCHES * ofAll) / (sumLaunches + PRIOR_LAUNCHES);
  }
  rates[0] = rates[Math.min(1, weeks)]!;
  return rates;
}

import { LEAST_OPEN, type DemandSeries } from "#app/domain/trends/demand-series.ts";

const ALPHAS = [0.05, 0.1, 0.2, 0.3, 0.5] as const;

/**
 * Simple exponential smoothing of the weekly rate with its parameter chosen per item,
 * `level ← level + α · (orders / exposure − level)`, as it stood at the start of every week: one pass gives the
 * forecast of every origin without looking past it. α is the one of 0.05 … 0.5 whose one-week-ahead squared
 * error up to then is least. Weeks with less than 0.3 exposure are skipped.
 *
 * @param exposure [weeks] what a week offered: its open share (then the level is orders per ordinary week), or the
 *   shop's lines over their mean (then the level is the item's share of the market)
 * @returns [items × (weeks + 1)]; column w knows weeks before w only
 * @see Hyndman, Koehler, Ord, Snyder 2008, Forecasting with Exponential Smoothing
 * Known weakness: flat; a season or a trend comes from elsewhere.
 */
export function smoothLevels(series: DemandSeries, exposure: Float64Array): Float32Array {
  const { items, weeks, orders, firstWeek } = series;
  const levels = new Float32Array(items * (weeks + 1));
  for (let item = 0; item < items; item++) {
    const own = orders.subarray(item * weeks, (item + 1) * weeks);
    smoothOne(own, exposure, firstWeek[item]!, levels.subarray(item * (weeks + 1), (item + 1) * (weeks + 1)));
  }
  return levels;
}

/** The same for the shop's lines as a whole: the level of the market, [weeks + 1] lines per ordinary week. */
export function smoothMarket({ totalLines, open, weeks }: DemandSeries): Float32Array {
  const levels = new Float32Array(weeks + 1);
  smoothOne(Float32Array.from(totalLines), open, 0, levels);
  return levels;
}

function smoothOne(orders: Float32Array, exposure: Float64Array, first: number, levels: Float32Array): void {
  const level = new Float64Array(ALPHAS.length);
  const error = new Float64Array(ALPHAS.length);
  let isStarted = false;
  let best = 0;
  for (let week = first; week < orders.length; week++) {
    const share = exposure[week]!;
    if (share >= LEAST_OPEN) {
      const rate = orders[week]! / share;
      for (let k = 0; k < ALPHAS.length; k++) {
        const miss = rate - level[k]!;
        if (isStarted) error[k]! += miss * miss;
        level[k]! += (isStarted ? ALPHAS[k]! : 1) * miss;
      }
      isStarted = true;
      best = 0;
      for (let k = 1; k < ALPHAS.length; k++) if (error[k]! < error[best]!) best = k;
    }
    levels[week + 1] = level[best]!;
  }
}

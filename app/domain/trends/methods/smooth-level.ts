import type { DemandSeries } from "#app/domain/trends/demand-series.ts";

const ALPHAS = [0.05, 0.1, 0.2, 0.3, 0.5] as const;

/**
 * Simple exponential smoothing of the weekly rate with its parameter chosen per item,
 * `level ← level + max(α, e / E) · (orders / e − level)`, as it stood at the start of every week: one pass gives the
 * forecast of every origin without looking past it. e is the week's exposure and E the sum so far, so that an item's
 * first weeks are averaged, as long as there are fewer than 1 / α. α is the one of 0.05 … 0.5 whose one-week-ahead squared
 * error up to then is least. Weeks without exposure are skipped.
 *
 * An item's first week counts from its first order on, and E begins at the ordinary weeks in which an item that is just
 * out has an order: with N orders in E weeks the level is N / E, the mean of the posterior Gamma(N, E) of a rate whose
 * prior is exponential with the mean 1 / E₀, the first order having only begun the time. So neither a single order of
 * this morning nor ten of yesterday are taken for a whole week.
 *
 * @param exposure [weeks] what a week offered: its open share (then the level is orders per ordinary week), or the
 *   shop's lines over their mean (then the level is the item's share of the market); 0 of a week that measures nothing
 * @returns [items × (weeks + 1)]; column w knows weeks before w only
 * @see Hyndman, Koehler, Ord, Snyder 2008, Forecasting with Exponential Smoothing
 * @see `listLaunchRates` for E₀
 * Known weakness: flat; a season or a trend comes from elsewhere.
 */
export function smoothLevels(
  series: DemandSeries,
  exposure: Float64Array,
  launchRates: Float64Array,
): Float32Array {
  const { items, weeks, orders, open, firstWeek, firstOpen } = series;
  const levels = new Float32Array(items * (weeks + 1));
  for (let item = 0; item < items; item++) {
    const own = orders.subarray(item * weeks, (item + 1) * weeks);
    const first = firstWeek[item]!;
    // Of the log's first week nobody knows what was out before.
    const firstShare = first > 0 && open[first]! > 0 ? firstOpen[item]! / open[first]! : 1;
    const start = { first, firstShare, weeksBefore: 1 / Math.max(launchRates[first]!, LEAST_RATE) };
    smoothOne(own, exposure, start, levels.subarray(item * (weeks + 1), (item + 1) * (weeks + 1)));
  }
  return levels;
}

/** An order in a year. */
const LEAST_RATE = 1 / 52;

/** The same for the shop's lines as a whole: the level of the market, [weeks + 1] lines per ordinary week. */
export function smoothMarket({ totalLines, weeks }: DemandSeries, exposure: Float64Array): Float32Array {
  const levels = new Float32Array(weeks + 1);
  smoothOne(Float32Array.from(totalLines), exposure, { first: 0, firstShare: 1, weeksBefore: 0 }, levels);
  return levels;
}

interface Start {
  readonly first: number;
  /** Of the first week's exposure. */
  readonly firstShare: number;
  /** Weeks that the level 0 is worth before it. */
  readonly weeksBefore: number;
}

function smoothOne(
  orders: Float32Array,
  exposure: Float64Array,
  { first, firstShare, weeksBefore }: Start,
  levels: Float32Array,
): void {
  const level = new Float64Array(ALPHAS.length);
  const error = new Float64Array(ALPHAS.length);
  let sumShares = weeksBefore;
  let isStarted = false;
  let best = 0;
  for (let week = first; week < orders.length; week++) {
    const share = exposure[week]! * (week === first ? firstShare : 1);
    if (share > 0) {
      const rate = orders[week]! / share;
      sumShares += share;
      for (let k = 0; k < ALPHAS.length; k++) {
        const miss = rate - level[k]!;
        if (isStarted) error[k]! += miss * miss;
        level[k]! += Math.max(ALPHAS[k]!, share / sumShares) * miss;
      }
      isStarted = true;
      best = 0;
      for (let k = 1; k < ALPHAS.length; k++) if (error[k]! < error[best]!) best = k;
    }
    levels[week + 1] = level[best]!;
  }
}

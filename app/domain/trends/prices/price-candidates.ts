import { measureWapes, type DemandMetrics } from "#app/domain/trends/accuracy/back-test.ts";
import {
  listDemandCandidates,
  openLevels,
  SEASONAL_NAMES,
  type DemandCandidate,
} from "#app/domain/trends/methods/demand-candidates.ts";
import { type DemandPast, type DemandSeries, toWeeks } from "#app/domain/trends/demand-series.ts";
import {
  listPriceHistories,
  followPrices,
  meanLogPrices,
  poolElasticities,
  shopElasticity,
  type ItemPrices,
} from "./price-elasticity.ts";
import { meanOf } from "#app/domain/numbers/statistics.ts";
import type { Baskets } from "#app/domain/prepare/baskets.ts";
import { WEEK_MS } from "#app/domain/time.ts";

/** Prices and elasticities of the items whose price moves demand. */
interface PriceKnowledge {
  /** Item index → prices, for the items whose price is tracked. */
  readonly prices: ReadonlyMap<number, ItemPrices>;
  /** Own-price elasticity as a positive number, learned from the weeks before the first tested origin, and from all. */
  readonly earlyElasticity: ReadonlyMap<number, number>;
  readonly lateElasticity: ReadonlyMap<number, number>;
  /** Log of the planned price after the last week; null without a plan. */
  readonly plannedLogPrice: ReadonlyMap<number, number> | null;
}

/** Methods that get a price effect: the plain level, and the seasonal ones that are seldom beaten. */
const BASES = ["smoothing", ...SEASONAL_NAMES];
/** Price assumed for the days ahead: the usual one, as after a promotion, or the planned one. */
type PriceAhead = "usual" | "planned";
/** A stronger effect than fourfold, in either direction, is an error in the log. */
const MOST_LOG_EFFECT = Math.log(4);

/**
 * The methods with past promotions removed from the level and the price effect of the days ahead applied. A week's
 * orders are divided by `(p / u)^−ε`: p is its price, u the item's usual price then, ε its elasticity. The method
 * smooths the result, and its forecast is multiplied by the same term for the price ahead. A back-test of a plan uses
 * the actual prices, which had been planned.
 *
 * @param trust in the season, as for the methods without prices
 * @returns plain method name → candidate with prices, which differs for the known items only
 * @see Fildes, Ma and Kolassa 2022, Retail forecasting: research and practice ("baseline" and lift). Known weakness:
 *   the elasticity covers orders in the promotion's own week. It ignores purchases brought forward and advertising
 *   without a price change.
 */
export function listPriceCandidates(
  past: DemandPast,
  { prices, earlyElasticity, lateElasticity, plannedLogPrice }: PriceKnowledge,
  trust: number,
  ahead: PriceAhead,
): Map<string, DemandCandidate> {
  const adjust = (elasticity: ReadonlyMap<number, number>) => {
    const at = (origin: number) => {
      const series = past.at(origin);
      return { ...series, orders: takeOut(series, prices, elasticity) };
    };
    return { elasticity, methods: listDemandCandidates(openLevels({ at }), trust) };
  };
  const [early, late] = [adjust(earlyElasticity), adjust(lateElasticity)];
  const logPriceAhead = (item: number, own: ItemPrices, origin: number, days: number) => {
    if (ahead === "usual") return own.logUsual[origin - 1]!;
    if (origin === past.series.weeks) return plannedLogPrice?.get(item) ?? own.logPrice[origin - 1]!;
    return meanOf(own.logPrice.subarray(origin, origin + toWeeks(days)));
  };
  return new Map(
    BASES.map((base) => [
      base,
      {
        name: `${base}, ${ahead} price`,
        forecast(origin: number, days: number) {
          const { elasticity, methods } = origin === past.series.weeks ? late : early;
          const forecast = methods.find(({ name }) => name === base)!.forecast(origin, days);
          for (const [item, own] of prices)
            forecast[item]! *= effectOf(
              elasticity.get(item) ?? 0,
              logPriceAhead(item, own, origin, days) - own.logUsual[origin - 1]!,
            );
          return forecast;
        },
      },
    ]),
  );
}

/** Relative gain that prices must bring to be used: origins are few. */
const LEAST_GAIN = 0.01;

/**
 * Decides whether to use prices, and which price to assume for the days ahead. Uses the same windows as the methods,
 * but only the items with a known elasticity, because prices change nothing else.
 *
 * @returns `ahead` null unless prices clearly reduce the error; the metrics are means over the methods
 */
export function choosePriceAhead(
  past: DemandPast,
  plain: readonly DemandCandidate[],
  known: PriceKnowledge,
  { trust, horizonDays }: { readonly trust: number; readonly horizonDays: number },
): { readonly ahead: PriceAhead | null; readonly candidates: DemandMetrics[] } {
  const kinds = [null, known.plannedLogPrice ? "planned" : "usual"] as const;
  const tried = kinds.map((ahead) => {
    const methods = ahead
      ? [...listPriceCandidates(past, known, trust, ahead).values()]
      : plain.filter(({ name }) => BASES.includes(name));
    const wapes = measureWapes(past.series, methods, horizonDays, (item) => known.earlyElasticity.has(item));
    return { ahead, wape: wapes.reduce<number>((sum, wape) => sum + (wape ?? NaN), 0) / wapes.length };
  });
  const without = tried[0]!.wape;
  const best = tried.reduce((a, b) => (b.wape < a.wape ? b : a));
  const chosen = best.wape < without * (1 - LEAST_GAIN) ? best : tried[0]!;
  return {
    ahead: chosen.ahead,
    candidates: tried.map((one) => ({
      name: `moved prices (${known.earlyElasticity.size}): ${one.ahead ?? "none"}`,
      wape: Number.isFinite(one.wape) ? one.wape : null,
      isChosen: one === chosen,
    })),
  };
}

/** [items × weeks] orders expected at the usual price. */
function takeOut(
  { orders, weeks }: DemandSeries,
  prices: PriceKnowledge["prices"],
  elasticity: ReadonlyMap<number, number>,
): Float32Array {
  const baseline = orders.slice();
  for (const [item, { logPrice, logUsual }] of prices)
    for (let week = 0; week < weeks; week++)
      baseline[item * weeks + week]! /= effectOf(
        elasticity.get(item) ?? 0,
        logPrice[week]! - logUsual[week]!,
      );
  return baseline;
}

/** Factor on the usual orders; 1 if the price is unknown. */
function effectOf(elasticity: number, logRatio: number): number {
  if (!Number.isFinite(logRatio)) return 1;
  return Math.exp(Math.max(-MOST_LOG_EFFECT, Math.min(MOST_LOG_EFFECT, -elasticity * logRatio)));
}

/** Larger elasticities were never published for a product in a shop; below 0 a higher price would raise demand. */
const [LEAST_ELASTICITY, MOST_ELASTICITY] = [0, 6];

/**
 * Learns elasticities and weekly prices from a log. Each product whose price moved over time gets its elasticity,
 * shrunk to the shop's mean. A product with a planned price but no elasticity of its own gets the shop's, for the plan
 * only: its past price differences are between shoppers.
 *
 * @param earlyWeek elasticities for back-tested windows are learned from the weeks before it
 * @param plannedMinor item → price of the days ahead, minor units; null without a plan
 * @returns null without any elasticity or planned price
 */
export function learnPrices(
  baskets: Baskets,
  series: DemandSeries,
  { earlyWeek, plannedMinor }: { earlyWeek: number; plannedMinor: ReadonlyMap<number, number> | null },
): PriceKnowledge | null {
  const { weeks, openDays } = series;
  const { cutoffMs } = openDays;
  const fromMs = cutoffMs - weeks * WEEK_MS;
  const pooledBefore = (week: number) =>
    poolElasticities(listPriceHistories(baskets, fromMs, fromMs + week * WEEK_MS));
  const early = toElasticities(pooledBefore(earlyWeek));
  const pooled = pooledBefore(weeks);
  const late = toElasticities(pooled);
  const followed = new Set([...early.keys(), ...late.keys()]);
  if (followed.size === 0 && !plannedMinor?.size) return null;

  const means = meanLogPrices(baskets, series, cutoffMs);
  const pricesOf = (item: number) => followPrices(means.subarray(item * weeks, (item + 1) * weeks));
  const prices = new Map<number, ItemPrices>([...followed].map((item) => [item, pricesOf(item)]));
  const shop = shopElasticity(pooled).value;
  for (const item of plannedMinor?.keys() ?? []) {
    if (followed.has(item)) continue;
    const { logUsual } = pricesOf(item);
    prices.set(item, { logPrice: logUsual, logUsual });
    late.set(item, shop);
  }
  return {
    prices,
    earlyElasticity: early,
    lateElasticity: late,
    plannedLogPrice:
      plannedMinor &&
      new Map([...plannedMinor].map(([item, priceMinor]) => [item, Math.log(Math.max(1, priceMinor))])),
  };
}

function toElasticities(pooled: ReturnType<typeof poolElasticities>): Map<number, number> {
  return new Map(
    pooled.map(({ id, effect }) => [
      Number(id),
      Math.min(MOST_ELASTICITY, Math.max(LEAST_ELASTICITY, -effect.value)),
    ]),
  );
}

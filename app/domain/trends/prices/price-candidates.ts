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

/** What is known of the items whose price moves demand. */
interface PriceKnowledge {
  /** Items with a price that is followed, by their index. */
  readonly prices: ReadonlyMap<number, ItemPrices>;
  /** Their own-price elasticity as a positive number, learned from weeks before the first tested origin, and from all. */
  readonly earlyElasticity: ReadonlyMap<number, number>;
  readonly lateElasticity: ReadonlyMap<number, number>;
  /** Log of the price planned for the days after the last week; null when no plan is known. */
  readonly plannedLogPrice: ReadonlyMap<number, number> | null;
}

/** Methods that a price is put on: the plain level, and those with the season that are seldom beaten. */
const BASES = ["smoothing", ...SEASONAL_NAMES];
/** Which price the days ahead have: the usual one, as when promotions end, or the one that the shop has planned. */
type PriceAhead = "usual" | "planned";
/** Beyond a fourfold effect either way a price is a mistake of the log. */
const MOST_LOG_EFFECT = Math.log(4);

/**
 * The methods with the promotion removed from the level and that of the days ahead put back: a week's orders are divided
 * by `(p / u)^−ε`, p its price, u the item's usual price then and ε its elasticity; the method smooths what is left, and
 * its forecast is multiplied by the same for the price ahead. A plan is back-tested with the prices that then came, for
 * they had been planned too.
 *
 * @param trust how far the season is believed, as for the methods without prices
 * @returns for each method its name without prices, and the candidate with them, which differs in the known items alone
 * @see Fildes, Ma and Kolassa 2022, Retail forecasting: research and practice ("baseline" and lift)
 * Known weakness: an elasticity of orders in the promotion's own week; what is bought ahead and missing after is not
 *   told, nor is advertising that came without a price.
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

/** Prices are believed only when the methods with them miss this much less: origins are few. */
const LEAST_GAIN = 0.01;

/**
 * Whether prices are to be reckoned with, and which price the days ahead are taken to have: judged by the same windows
 * as the methods themselves, on the items whose price is known alone, as those are all that it changes.
 *
 * @returns `ahead` null where prices do not make the methods miss clearly less; the metrics are means over the methods
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

/** [items × weeks] orders as they would have been at the usual price. */
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

/** How many times the usual orders; 1 where the price is not known. */
function effectOf(elasticity: number, logRatio: number): number {
  if (!Number.isFinite(logRatio)) return 1;
  return Math.exp(Math.max(-MOST_LOG_EFFECT, Math.min(MOST_LOG_EFFECT, -elasticity * logRatio)));
}

/** Elasticities beyond these were never published for a product in a shop; below 0 a price would raise demand. */
const [LEAST_ELASTICITY, MOST_ELASTICITY] = [0, 6];

/**
 * What a log tells of prices: the elasticity of each product whose price moved in time, drawn towards what all of the
 * shop's have in common, and the prices of those products week by week. A product with a planned price but no
 * elasticity of its own takes the shop's, for the plan alone: where its past prices differ, shoppers differ.
 *
 * @param earlyWeek the elasticities for back-tested windows are learned from weeks before it
 * @param plannedMinor item → price of the days ahead, minor units; null where no plan is known
 * @returns null where no product's price tells, nor is any plan known
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

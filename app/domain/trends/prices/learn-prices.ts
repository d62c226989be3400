import { poolElasticities, shopElasticity } from "./price-elasticity.ts";
import { listPriceHistories, followPrices, meanLogPrices, type ItemPrices } from "./price-histories.ts";
import type { Baskets } from "#app/domain/prepare/baskets.ts";
import { WEEK_MS } from "#app/domain/time.ts";
import type { DemandSeries } from "#app/domain/trends/demand-series.ts";
import type { PriceKnowledge } from "./price-candidates.ts";

/** Elasticities beyond these were never published for a product in a shop; below 0 a price would raise demand. */
const [LEAST_ELASTICITY, MOST_ELASTICITY] = [0, 6];

/**
 * What a log tells of prices: the elasticity of each product whose price moved in time, drawn towards what all of the
 * shop's have in common, and the prices of those products week by week. A product with a planned price but no
 * elasticity of its own takes the shop's, for the plan alone: where its past prices differ, shoppers differ.
 *
 * @param earlyWeek the elasticities for back-tested windows are learned from weeks before it
 * @param plannedMinor item → price of the days ahead, minor units; null where no plan is known
 * @param askedMinor item → price at the cutoff, minor units; null where only orders tell prices
 * @returns null where no product's price tells, nor is any plan known
 */
export function learnPrices(
  baskets: Baskets,
  series: DemandSeries,
  {
    earlyWeek,
    plannedMinor,
    askedMinor,
  }: {
    earlyWeek: number;
    plannedMinor: ReadonlyMap<number, number> | null;
    askedMinor: ReadonlyMap<number, number> | null;
  },
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
    plannedLogPrice: plannedMinor && toLogs(plannedMinor),
    askedLogPrice: askedMinor && toLogs(askedMinor),
  };
}

function toLogs(pricesMinor: ReadonlyMap<number, number>): Map<number, number> {
  return new Map([...pricesMinor].map(([item, priceMinor]) => [item, Math.log(Math.max(1, priceMinor))]));
}

function toElasticities(pooled: ReturnType<typeof poolElasticities>): Map<number, number> {
  return new Map(
    pooled.map(({ id, effect }) => [
      Number(id),
      Math.min(MOST_ELASTICITY, Math.max(LEAST_ELASTICITY, -effect.value)),
    ]),
  );
}

import type { ItemSales } from "#app/domain/behaviour/methods/item-sales.ts";

/** What is told of an item alone, the same in every query. */
export const ITEM_FEATURES = [
  "sales_14",
  "sales_60",
  "sales_365",
  "sales_trend",
  "sales_short_trend",
  "age",
  "idle",
] as const;

type ItemFeatures = Readonly<Record<(typeof ITEM_FEATURES)[number], number>>;

/** Orders a day added before a logarithm: one in a hundred days is as little as can be told from none. A round guess. */
export const RATE_GRAIN = 0.01;
/** The same of a fortnight, in which fewer orders can be counted. A round guess. */
const FORTNIGHT_GRAIN = 0.03;

/** @returns [items × ITEM_FEATURES] computed once, read for every query */
export function describeItems(sales: ItemSales): Float32Array {
  const [recent14, recent60, recent365] = sales.recentPerDay;
  const features = new Float32Array(recent14.length * ITEM_FEATURES.length);
  for (let item = 0; item < recent14.length; item++) {
    const [perDay14, perDay60, perDay365] = [recent14[item]!, recent60[item]!, recent365[item]!];
    const own: ItemFeatures = {
      sales_14: Math.log(RATE_GRAIN + perDay14),
      sales_60: Math.log(RATE_GRAIN + perDay60),
      sales_365: Math.log(RATE_GRAIN + perDay365),
      sales_trend: Math.log((RATE_GRAIN + perDay60) / (RATE_GRAIN + perDay365)),
      sales_short_trend: Math.log((FORTNIGHT_GRAIN + perDay14) / (FORTNIGHT_GRAIN + perDay60)),
      age: Math.log1p(sales.ageDays[item]!),
      idle: Math.log1p(sales.idleDays[item]!),
    };
    ITEM_FEATURES.forEach((name, at) => (features[item * ITEM_FEATURES.length + at] = own[name]));
  }
  return features;
}

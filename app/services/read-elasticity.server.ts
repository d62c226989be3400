import type { Deps } from "#app/deps.server.ts";
import { readPricedWeeks, type WeekOfSales } from "#app/data/offer-trials.server.ts";
import {
  poolElasticities,
  shopElasticity,
  type PriceHistory,
} from "#app/domain/evaluate/price-elasticity.ts";
import type { Estimate } from "#app/domain/propose/bundle-proposal.ts";
import { DAY_MS } from "#app/domain/time.ts";

const HISTORY_DAYS = 365;
/** With fewer weeks of sales a regression on price and the shop's weeks says nothing. */
const LEAST_WEEKS = 12;

/**
 * What the shop's own price changes of a year say of its shoppers, joined with the published elasticities: of each
 * variant the weeks in which it sold, with the sales of all of these variants as what else moves demand.
 */
export async function readElasticity(
  { pool }: Pick<Deps, "pool">,
  { shop, now }: { shop: string; now: Date },
): Promise<Estimate> {
  const from = new Date(now.getTime() - HISTORY_DAYS * DAY_MS);
  const weeks = await readPricedWeeks(pool, { shop, from, to: now, leastWeeks: LEAST_WEEKS });
  return shopElasticity(poolElasticities(toHistories(weeks)));
}

function toHistories(weeks: readonly WeekOfSales[]): PriceHistory[] {
  const all = new Map<number, number>();
  const ofVariant = new Map<string, WeekOfSales[]>();
  for (const row of weeks) {
    all.set(row.week, (all.get(row.week) ?? 0) + row.units);
    const known = ofVariant.get(row.variantGid);
    if (known) known.push(row);
    else ofVariant.set(row.variantGid, [row]);
  }
  return [...ofVariant].map(([id, rows]) => ({
    id,
    logUnits: Float64Array.from(rows, ({ units }) => Math.log(units)),
    logPrice: Float64Array.from(rows, ({ priceMinor }) => Math.log(priceMinor)),
    // The others' sales: with its own among them a product would explain itself.
    controls: [Float64Array.from(rows, ({ week, units }) => Math.log1p(all.get(week)! - units))],
    place: new Int32Array(rows.length),
  }));
}

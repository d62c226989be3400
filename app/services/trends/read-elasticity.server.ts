import type { Deps } from "#app/services/deps.server.ts";
import {
  poolElasticities,
  shopElasticity,
  listPriceHistories,
} from "#app/domain/trends/prices/price-elasticity.ts";
import type { Estimate } from "#app/domain/numbers/statistics.ts";
import { WEEK_MS } from "#app/domain/time.ts";
import { readBaskets } from "#app/services/prepare/prepare-run.server.ts";

/** Of whole weeks: a day left over would be taken for a week of few orders. */
const HISTORY_WEEKS = 52;

/**
 * What the shop's own price changes of a year say of its shoppers, joined with the published elasticities; the same
 * reading of the same clean baskets that step 5 proposes discounts by.
 *
 * @throws AppError input_invalid when the shop has no row
 */
export async function readElasticity(
  deps: Pick<Deps, "db" | "pool" | "log">,
  { shop, now }: { shop: string; now: Date },
): Promise<Estimate> {
  const toMs = now.getTime();
  const fromMs = toMs - HISTORY_WEEKS * WEEK_MS;
  const { baskets } = await readBaskets(deps, { shop, fromMs, toMs });
  return shopElasticity(poolElasticities(listPriceHistories(baskets, fromMs, toMs)));
}

import type { Deps } from "#app/services/deps.server.ts";
import {
  poolElasticities,
  shopElasticity,
  listPriceHistories,
} from "#app/domain/trends/prices/price-elasticity.ts";
import type { Estimate } from "#app/domain/numbers/statistics.ts";
import { WEEK_MS } from "#app/domain/time.ts";
import { readBaskets } from "#app/services/prepare/prepare-run.server.ts";

/** Whole weeks: an extra day would count as a week with few orders. */
const HISTORY_WEEKS = 52;

/**
 * The shop's price elasticity, from its own price changes of a year combined with published elasticities. Uses the same
 * clean baskets as step 5 does for discounts.
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

import { listMeasuredPeriods, saveMeasuredPeriod } from "#app/data/experiment/measured-periods.server.ts";
import { findFirstApproval } from "#app/data/experiment/experiment.server.ts";
import { listKeptShops } from "#app/data/shops/shops.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { PERIOD_DAYS, periodOf } from "#app/domain/evaluate/proof/measuring-period.ts";
import { toPeriodResult } from "#app/domain/evaluate/proof/period-result.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { measureUplift } from "./read-uplift.server.ts";
import { tellResult } from "./tell-result.server.ts";

/** A period that ended longer ago may have lost page views, so its result would prove nothing. */
const LATEST_DAYS = 30;

/**
 * Step 8, evaluate: saves the result of each finished measuring period in every shop, while its page views and orders
 * still exist, and again a day later with late orders. Call it before retention deletes them. Logs a shop that fails
 * and goes on with the next one: the nightly job tries again, and retention does not wait.
 *
 * @returns how many results were saved
 */
export async function keepFinishedPeriods(deps: Deps, { now }: { now: Date }): Promise<number> {
  let kept = 0;
  for (const shop of await listKeptShops(deps.db)) {
    try {
      if (await keepLastPeriod(deps, { shop, now })) kept += 1;
    } catch (error) {
      deps.log.error("evaluate.period_not_kept", { shop, error });
    }
  }
  return kept;
}

async function keepLastPeriod(deps: Deps, { shop, now }: { shop: string; now: Date }): Promise<boolean> {
  const approvedAt = await findFirstApproval(deps.db, shop);
  if (!approvedAt) return false;
  const { startMs, number } = periodOf(now.getTime(), approvedAt.getTime());
  if (number === 0 || now.getTime() - startMs > LATEST_DAYS * DAY_MS) return false;
  const startedAt = new Date(startMs - PERIOD_DAYS * DAY_MS);
  const known = await listMeasuredPeriods(deps.db, shop);
  const kept = known.find((one) => one.startedAt.getTime() === startedAt.getTime());
  // Orders of its last hours can come a day late. In another currency they would all be left out.
  if (kept && (kept.measuredAt.getTime() >= startMs + DAY_MS || kept.result.currency)) return false;
  // The last instant of the period, where its window ends.
  const { uplift, period } = await measureUplift(deps, { shop, nowMs: startMs - 1 });
  await saveMeasuredPeriod(deps.db, shop, {
    startedAt,
    endedAt: new Date(startMs),
    measuredAt: now,
    result: toPeriodResult(uplift),
  });
  deps.log.info("evaluate.period_kept", { shop, startedAt });
  await tellResult(deps, { shop, startedAt, uplift, period });
  return true;
}

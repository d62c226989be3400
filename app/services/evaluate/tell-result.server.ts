import { claimResult } from "#app/data/experiment/measured-periods.server.ts";
import { findFirstApproval } from "#app/data/experiment/experiment.server.ts";
import { findShop } from "#app/data/shops/shops.server.ts";
import { periodOf } from "#app/domain/evaluate/proof/measuring-period.ts";
import { toMonthly } from "#app/domain/evaluate/proof/monthly-worth.ts";
import { askToStartWorkflows } from "#app/services/ask-workers.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { readUplift, type MeasuredUplift } from "./read-uplift.server.ts";

/**
 * Step 8, evaluate: starts the merchant's workflows for a known result, on the first day on which the interval of the
 * running period excludes zero. At most once per period, however often it is called.
 *
 * @throws AppError input_invalid when the shop has not installed the app
 */
export async function tellFirstResult(deps: Deps, { shop, now }: { shop: string; now: Date }): Promise<void> {
  const [approvedAt, row] = await Promise.all([findFirstApproval(deps.db, shop), findShop(deps.db, shop)]);
  if (!approvedAt || !row || row.uninstalledAt !== null) return;
  const startedAt = new Date(periodOf(now.getTime(), approvedAt.getTime()).startMs);
  if (row.resultStatedFor?.getTime() === startedAt.getTime()) return;
  const { uplift, period } = await readUplift(deps, { shop, nowMs: now.getTime() });
  const { low, high } = uplift.perVisitorMinor;
  if (uplift.isEnough && (low > 0 || high < 0)) {
    await tellResult(deps, { shop, startedAt, uplift, period });
  }
}

/** Reports the result of a period that has an interval, unless that was done before. */
export async function tellResult(
  deps: Pick<Deps, "db" | "jobs" | "log">,
  {
    shop,
    startedAt,
    uplift,
    period,
  }: { shop: string; startedAt: Date } & Pick<MeasuredUplift, "uplift" | "period">,
): Promise<void> {
  const { perVisitorMinor, visitors } = uplift;
  const pace = { ...period, visitors: visitors.treated };
  const { value, low, high } = toMonthly(perVisitorMinor, pace);
  if (!Number.isFinite(low) || !Number.isFinite(high)) return;
  if (!(await claimResult(deps.db, shop, startedAt))) return;
  const event = { shop, trigger: "result-known", worthMinor: { value, low, high } } as const;
  await askToStartWorkflows(deps, event, startedAt);
}

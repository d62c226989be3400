import {
  findFirstApproval,
  listHoldoutChanges,
  saveHoldoutChange,
} from "#app/data/experiment/experiment.server.ts";
import type { Db } from "#app/data/db.server.ts";
import { type HoldoutPlan, holdoutShareOn, periodOf } from "#app/domain/evaluate/proof/measuring-period.ts";
import { DAY_MS } from "#app/domain/time.ts";

/**
 * The share that is to be held out at an instant, noted when it is another than before: what was meant on each day is
 * needed to tell a broken draw from a changed share. A repeat notes nothing, nor does a pass that began before the
 * newest change, and so has read the settings of before it.
 *
 * @param before the settings until now, where they are being changed
 * @returns 0 to 1
 */
export async function noteHoldoutShare(
  { db }: { readonly db: Db },
  { shop, now, plan, before = plan }: { shop: string; now: Date; plan: HoldoutPlan; before?: HoldoutPlan },
): Promise<number> {
  const [approvedAt, changes] = await Promise.all([
    findFirstApproval(db, shop),
    listHoldoutChanges(db, shop),
  ]);
  const last = changes.at(-1);
  if (last && last.changedAt > now) return last.ratioAfter;
  const ratio = shareAt(plan, approvedAt, now);
  // Nothing was ramped before the first approval, and nothing was noted in a shop that never changed it.
  const ratioBefore = last?.ratioAfter ?? before.holdoutRatio;
  if (ratio !== ratioBefore)
    await saveHoldoutChange(db, shop, { changedAt: now, ratioBefore, ratioAfter: ratio });
  return ratio;
}

/** Before the first approval it is the share of the long run: there is nothing to hold back. */
function shareAt(plan: HoldoutPlan, approvedAt: Date | null, now: Date): number {
  if (approvedAt === null) return plan.holdoutRatio;
  const { startMs } = periodOf(approvedAt.getTime(), approvedAt.getTime());
  return holdoutShareOn(Math.max(0, Math.floor((now.getTime() - startMs) / DAY_MS)), plan);
}

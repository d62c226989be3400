import {
  findFirstApproval,
  listHoldoutChanges,
  saveHoldoutChange,
} from "#app/data/experiment/experiment.server.ts";
import type { Db } from "#app/data/db.server.ts";
import { type HoldoutPlan, holdoutShareOn, periodOf } from "#app/domain/evaluate/proof/measuring-period.ts";
import { DAY_MS } from "#app/domain/time.ts";

/**
 * The intended holdout share at an instant, saved if it has changed: the share of each day distinguishes a broken draw
 * from a changed share. A repeat saves nothing. Nor does a pass that began before the newest change, because it read
 * older settings.
 *
 * @param before the previous settings, if they are being changed
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
  // There is no ramp before the first approval, and nothing is saved in a shop that never changed its share.
  const ratioBefore = last?.ratioAfter ?? before.holdoutRatio;
  if (ratio !== ratioBefore)
    await saveHoldoutChange(db, shop, { changedAt: now, ratioBefore, ratioAfter: ratio });
  return ratio;
}

/** Before the first approval, the long-run share: there is nothing to hold out. */
function shareAt(plan: HoldoutPlan, approvedAt: Date | null, now: Date): number {
  if (approvedAt === null) return plan.holdoutRatio;
  const { startMs } = periodOf(approvedAt.getTime(), approvedAt.getTime());
  return holdoutShareOn(Math.max(0, Math.floor((now.getTime() - startMs) / DAY_MS)), plan);
}

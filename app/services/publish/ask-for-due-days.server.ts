import type { Deps } from "#app/services/deps.server.ts";
import { listShopsWithDueDays } from "#app/data/bundles/publication.server.ts";
import { tryEnqueue } from "#app/services/ask-workers.server.ts";

/** A bundle's last day ends at its last millisecond, so the pass runs a moment later. */
const AFTER_MS = 1_000;

/**
 * Requests a publishing pass for the second at which a bundle's first day begins or its last day ends. Reads only the
 * near future from the database, at every call. So no job waits in Redis for weeks, an edited day leaves no job behind,
 * and a Redis that lost its data costs at most one interval.
 *
 * @param aheadMs how far to look ahead; at least the time to the next call
 * @returns number of shops with a request
 */
export async function askForDueDays(
  deps: Deps,
  { now, aheadMs }: { now: Date; aheadMs: number },
): Promise<number> {
  const due = await listShopsWithDueDays(deps.pool, { now, until: new Date(now.getTime() + aheadMs) });
  for (const { shop, dueAt } of due) {
    // The job of a day long overdue was lost, so its request gets a new key every hour.
    const overdueHours = Math.max(0, Math.floor((now.getTime() - dueAt.getTime()) / 3_600_000));
    const delayMs = Math.max(0, dueAt.getTime() + AFTER_MS - now.getTime());
    const dedupeKey = `${shop}-day-${dueAt.getTime()}-${overdueHours}`;
    await tryEnqueue(deps, "publish.reconcile", { shop }, { dedupeKey, lane: "live", delayMs });
  }
  return due.length;
}

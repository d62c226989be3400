import type { Deps } from "#app/services/deps.server.ts";
import { listShopsWithDueDays } from "#app/data/bundles/publication.server.ts";
import { tryEnqueue } from "#app/services/ask-workers.server.ts";

/** A bundle's last day ends at its last millisecond: the pass must come after it. */
const AFTER_MS = 1_000;

/**
 * Asks for a publishing pass at the very second at which a bundle's first day begins or its last one ends. Only the
 * near future is asked for, again and again, from the database: so no job waits in Redis for weeks, an edited day
 * leaves none behind, and a Redis that lost everything costs at most one interval.
 *
 * @param aheadMs how far to look; at least the time until this is called again
 * @returns how many shops were asked for
 */
export async function askForDueDays(
  deps: Deps,
  { now, aheadMs }: { now: Date; aheadMs: number },
): Promise<number> {
  const due = await listShopsWithDueDays(deps.pool, { now, until: new Date(now.getTime() + aheadMs) });
  for (const { shop, dueAt } of due) {
    // What is long overdue has been asked for before and was lost; it gets a key of its own every hour.
    const overdueHours = Math.max(0, Math.floor((now.getTime() - dueAt.getTime()) / 3_600_000));
    const delayMs = Math.max(0, dueAt.getTime() + AFTER_MS - now.getTime());
    const dedupeKey = `${shop}-day-${dueAt.getTime()}-${overdueHours}`;
    await tryEnqueue(deps, "publish.reconcile", { shop }, { dedupeKey, lane: "live", delayMs });
  }
  return due.length;
}

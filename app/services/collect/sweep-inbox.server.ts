import { listShopsOfDeadLetters } from "#app/data/inbox/dead-letters.server.ts";
import { listOpenErasures } from "#app/data/erasure/history-erasure.server.ts";
import {
  deleteAppliedInboxRows,
  listShopsWithDueInbox,
  readInboxLoad,
} from "#app/data/inbox/inbox.server.ts";
import { listShopsWithoutBackfill } from "#app/data/shops/shops.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { askToApply } from "#app/services/ask-workers.server.ts";

/** The queue applies a row within seconds; one that waits longer was never queued, or failed. */
const WAITING_MS = 60_000;
/** A first reading takes minutes; one that is unfinished by now has lost its job. */
const BACKFILL_MS = 15 * 60_000;
/** Sweeps request a back-fill or an erasure at most once per such period; a job that failed for good rests as long. */
const STRETCH_MS = 15 * 60_000;
const KEPT_DAYS = 7;

/**
 * Step 1, collect: requests work of every shop that the queue lost or never got (inbox turns, back-fills, erasures),
 * and deletes inbox rows that were applied a week ago.
 *
 * @returns number of shops that get a turn
 * @throws AppError queue_down; the next sweep goes on
 */
export async function sweepInbox(deps: Deps, { now }: { now: Date }): Promise<number> {
  const { stuck, stuckRequests } = await readInboxLoad(deps.pool);
  if (stuck > 0) deps.log.error("collect.stuck", { rows: stuck, privacyRequests: stuckRequests });
  const due = await listShopsWithDueInbox(deps.db, {
    now,
    receivedBefore: new Date(now.getTime() - WAITING_MS),
  });
  for (const shop of due) await askToApply(deps, { shop, now });
  const lost = await listShopsWithoutBackfill(deps.db, new Date(now.getTime() - BACKFILL_MS));
  await askAgain(deps, "collect.backfill", lost, now);
  const open = await listOpenErasures(deps.db, new Date(now.getTime() - WAITING_MS));
  await askAgain(deps, "collect.erase", open, now);
  const forgotten = await deleteAppliedInboxRows(deps.db, new Date(now.getTime() - KEPT_DAYS * DAY_MS));
  if (due.length > 0 || forgotten > 0) deps.log.info("collect.swept", { shops: due.length, forgotten });
  return due.length;
}

/** A job that failed for good has left the queue, which would accept its key again: its dead letter counts, too. */
async function askAgain(
  { db, jobs }: Pick<Deps, "db" | "jobs">,
  name: "collect.backfill" | "collect.erase",
  shops: string[],
  now: Date,
): Promise<void> {
  const since = new Date(now.getTime() - STRETCH_MS);
  const resting = await listShopsOfDeadLetters(db, { shops, name, since });
  const stretch = Math.floor(now.getTime() / STRETCH_MS);
  for (const shop of shops) {
    if (!resting.has(shop)) await jobs.enqueue(name, { shop }, { dedupeKey: `${shop}-sweep-${stretch}` });
  }
}

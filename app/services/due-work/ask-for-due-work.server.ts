import {
  claimDueWork,
  listFreeKinds,
  listShopsWithoutDueWork,
  saveDueWork,
} from "#app/data/due-work/due-work.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { DUE_KINDS, FLEET, FLEET_WORK, nextDueMs, SHOP_WORK, type DueKind } from "#app/domain/due-work.ts";
import { MINUTE_MS, usableTimeZone } from "#app/domain/time.ts";

/**
 * Maximum of one kind in the queue. The rest waits in the database, where it costs no memory and survives a lost queue.
 */
const QUEUED_AT_ONCE = 200;
/** Work that waits longer in the queue is enqueued again, which has no effect while the queue has it. */
export const QUEUED_MS = 10 * MINUTE_MS;
/** Nobody waits for hourly and nightly work. */
const LANE = "nightly";
/** Shops that get their first rows in one pass. */
const SHOPS_AT_ONCE = 1_000;

/** Gives each installed shop the rows that it lacks, so the sweep notices new installations. */
export async function keepDueWork({ pool }: Pick<Deps, "pool">, { now }: { now: Date }): Promise<void> {
  const keep = (shop: string, timeZone: string, kinds: readonly DueKind[]) => {
    const of = { shop, timeZone: usableTimeZone(timeZone) };
    const first = kinds.map((kind) => ({ kind, dueAt: new Date(nextDueMs(kind, of, now.getTime())) }));
    return saveDueWork(pool, shop, first);
  };
  await keep(FLEET, "UTC", [FLEET_WORK]);
  for (;;) {
    const shops = await listShopsWithoutDueWork(pool, { kinds: SHOP_WORK, limit: SHOPS_AT_ONCE });
    for (const { shop, timeZone } of shops) await keep(shop, timeZone, SHOP_WORK);
    if (shops.length < SHOPS_AT_ONCE) return;
  }
}

/**
 * Enqueues due work: work whose time has come, and work that was claimed and never finished. The key is the time at
 * which it was due, so the same work is in the queue once. Any number of processes can do this at once.
 *
 * @returns how many were enqueued; what does not fit into the queue follows later
 * @throws AppError queue_down; the claimed work is enqueued again once the claim expires
 */
export async function askForDueWork(
  { pool, jobs }: Pick<Deps, "pool" | "jobs">,
  { now }: { now: Date },
): Promise<number> {
  let asked = 0;
  for (const kind of await listFreeKinds(pool, DUE_KINDS, now)) {
    const limit = QUEUED_AT_ONCE - (await jobs.countWaiting(kind, LANE));
    if (limit <= 0) continue;
    const until = new Date(now.getTime() + QUEUED_MS);
    const claimed = await claimDueWork(pool, { kind, now, until, limit });
    await Promise.all(
      claimed.map(({ shop, dueAt }) =>
        jobs.enqueue(kind, shop === FLEET ? {} : { shop }, {
          dedupeKey: `${shop}-${dueAt.getTime()}`,
          lane: LANE,
          dueAt,
        }),
      ),
    );
    asked += claimed.length;
  }
  return asked;
}

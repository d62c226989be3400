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
 * So much of one kind waits in the queue; the rest waits in the database, where it costs no memory and a queue that is
 * lost does not take it along.
 */
const QUEUED_AT_ONCE = 200;
/** What waits longer in the queue than this is asked for again, which changes nothing while the queue has it. */
export const QUEUED_MS = 10 * MINUTE_MS;
/** Nobody waits for what comes back every night or hour. */
const LANE = "nightly";
/** Shops that are asked for together, to get their first rows. */
const SHOPS_AT_ONCE = 1_000;

/** Gives each installed shop the rows that it lacks: the sweep notices who installed the app. */
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
 * Hands due work to the queue: what is due, and what was claimed and never finished. Its key is the instant at which it
 * was due, so that the same work asked for twice is in the queue once. Any number of processes may do this at once.
 *
 * @returns how much was asked for; what the queue has no room for is asked for later
 * @throws AppError queue_down; what was claimed then is asked for again once the claim has run out
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

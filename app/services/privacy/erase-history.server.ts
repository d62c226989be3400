import { tryShopLock } from "#app/data/shop-lock.server.ts";
import {
  deleteHistory,
  findErasure,
  saveErasureEnd,
  saveErasureProgress,
} from "#app/data/erasure/history-erasure.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { askToPublish } from "#app/services/ask-workers.server.ts";

/** How long an erasure waits for the first reading of the shop, which would bring back what is deleted. */
const WAIT_MS = 30_000;

/**
 * Deletes what a merchant asked to be erased. Offers whose bundles are gone are removed from the shop by the usual pass
 * of publishing. Does nothing when nobody asked; may be killed anywhere and run again.
 */
export async function eraseHistory(
  deps: Deps,
  { shop, now, signal }: { shop: string; now(): Date; signal?: AbortSignal },
): Promise<void> {
  const erasure = await findErasure(deps.db, shop);
  if (!erasure || erasure.finishedAt) return;
  const erased = await tryShopLock(deps.pool, { shop, name: "backfill" }, () =>
    deleteHistory(deps.pool, shop, {
      onProgress: (ratio) => saveErasureProgress(deps.db, shop, ratio),
      signal,
    }),
  );
  if (!erased.ok) {
    const dedupeKey = `${shop}-${now().getTime()}`;
    await deps.jobs.enqueue("collect.erase", { shop }, { dedupeKey, delayMs: WAIT_MS });
    return;
  }
  await saveErasureEnd(deps.db, shop, { askedAt: erasure.askedAt, finishedAt: now() });
  await askToPublish(deps, { shop, now: now() });
  deps.log.info("collect.history_erased", { shop, rows: erased.value });
}

import { tryShopLock } from "#app/data/db.server.ts";
import {
  deleteHistory,
  findErasure,
  saveErasureEnd,
  saveErasureProgress,
  openErasure,
} from "#app/data/erasure/history-erasure.server.ts";
import { endOrderImport } from "#app/data/orders/order-imports.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { askToPublish } from "#app/services/ask-workers.server.ts";
import { saveAuditEntry } from "#app/data/shops/staff.server.ts";
import { findActiveRun } from "#app/data/runs/runs.server.ts";
import { cancelRun } from "#app/services/runs/start-run.server.ts";
import { pauseAllBundles } from "#app/services/validate/pause-all-bundles.server.ts";

/** How long an erasure waits for a reading of the shop, which would bring deleted rows back. */
const WAIT_MS = 30_000;

/**
 * Deletes the history that a merchant asked to erase. The next publishing pass removes offers of deleted bundles from
 * the shop. Does nothing without a request; can be killed at any time and run again.
 */
export async function eraseHistory(
  deps: Deps,
  { shop, now, signal }: { shop: string; now(): Date; signal?: AbortSignal },
): Promise<void> {
  const erasure = await findErasure(deps.db, shop);
  if (!erasure || erasure.finishedAt) return;
  // An import that is being read would add its orders afterwards.
  await endOrderImport(deps.pool, { shop, state: "cancelled" });
  const erased = await tryShopLock(deps.pool, { shop, name: "backfill" }, () =>
    tryShopLock(deps.pool, { shop, name: "reconcile" }, () =>
      deleteHistory(deps.pool, shop, {
        onProgress: (ratio) => saveErasureProgress(deps.db, shop, ratio),
        signal,
      }),
    ),
  );
  if (!erased.ok || !erased.value.ok) {
    const dedupeKey = `${shop}-${now().getTime()}`;
    await deps.jobs.enqueue("collect.erase", { shop }, { dedupeKey, delayMs: WAIT_MS });
    return;
  }
  await saveErasureEnd(deps.db, shop, { askedAt: erasure.askedAt, finishedAt: now() });
  await askToPublish(deps, { shop });
  deps.log.info("collect.history_erased", { shop, rows: erased.value.value });
}

/** A training worker notices a cancelled run within about a second. */
const STOP_MS = 3_000;

/**
 * Requests the erasure of the shop's history and everything learned from it. Takes offers down at once, stops the run
 * and the autopilot, and has the workers delete the rest. Another request in the meantime changes nothing.
 *
 * @returns false if it was requested already
 * @throws AppError queue_down; offers are down by then, and another request goes on
 * @throws AppError input_invalid if the shop has not installed the app
 */
export async function askToErase(
  deps: Deps,
  { shop, askedBy, now }: { shop: string; askedBy: string; now: Date },
): Promise<boolean> {
  const { erasure, isNew } = await openErasure(deps.db, { shop, askedAt: now });
  if (isNew) await saveAuditEntry(deps.db, { shop, staffId: askedBy, action: "shop-erase", at: now });
  const run = await findActiveRun(deps.db, shop);
  if (run) await cancelRun(deps, { shop, runId: run.id, now });
  await pauseAllBundles(deps, { shop, decidedBy: askedBy, now });
  const dedupeKey = `${shop}-${erasure.askedAt.getTime()}`;
  await deps.jobs.enqueue("collect.erase", { shop }, { dedupeKey, delayMs: STOP_MS });
  deps.log.info("collect.erase_asked", { shop, isNew });
  return isNew;
}

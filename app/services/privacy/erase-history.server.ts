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

/** How long an erasure waits for a reading of the shop, which would bring back what is deleted. */
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
  // A file that is being read would bring its orders in after this.
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

/** A worker that learns notices within about a second that its run is cancelled. */
const STOP_MS = 3_000;

/**
 * The merchant wants the shop's history and everything learned from it gone: offers are taken down at once, the run and
 * the autopilot stop, and the workers delete the rest. Asking again while that goes on changes nothing.
 *
 * @returns whether it was not asked for already
 * @throws AppError queue_down; offers are down by then, and asking again goes on
 * @throws AppError input_invalid when the shop has not installed the app
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

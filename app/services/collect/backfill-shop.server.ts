import { countForPlanner, joinImportToCatalogue } from "#app/data/orders/imported-orders.server.ts";
import { tryShopLock } from "#app/data/db.server.ts";
import { findShop, measureIncludedTax, saveBackfilled, saveShopNote } from "#app/data/shops/shops.server.ts";
import { findActiveRun } from "#app/data/runs/runs.server.ts";
import { cutText } from "#app/domain/message.ts";
import type { Deps } from "#app/services/deps.server.ts";
import type { ShopRequest } from "#app/shopify/graphql-request.ts";
import { readShop } from "#app/shopify/read-shop.ts";
import { askToPublish, askToReread } from "#app/services/ask-workers.server.ts";
import { ReadingState, rereadShop } from "./reread-shop.server.ts";
import { cancelRun, startRun } from "#app/services/runs/start-run.server.ts";

interface Backfill extends ShopRequest {
  /** The caller's clock: a reading takes minutes, and its follow-up work is requested at its end. */
  now(): Date;
}

/** Orders take longer, and their number is unknown beforehand: the progress only grows. */
const PRODUCT_SHARE = 0.3;

/**
 * Step 1, collect: the first reading of a shop, of its products and the orders that the API gives (60 days), followed
 * by its first run. Safe to repeat. Does nothing once it is done or while another process does it; the queue and the
 * sweep notice if that one dies. The shop's row has the progress.
 *
 * @throws AppError from the Admin API or the queue; the row has the reason, and the next attempt resumes after the last
 *   saved batch of products or orders
 */
export async function backfillShop(deps: Deps, backfill: Backfill): Promise<void> {
  const { shop } = backfill;
  await tryShopLock(deps.pool, { shop, name: "backfill" }, async () => {
    const row = await findShop(deps.db, shop);
    if (!row || row.uninstalledAt || row.backfilledAt) return;
    try {
      await read(deps, backfill, row);
    } catch (error) {
      const reason = cutText(error instanceof Error ? error.message : String(error), 300);
      const backfillMessage = { code: "history.failed", values: { reason } } as const;
      await saveShopNote(deps.db, shop, { backfillProgress: 0, backfillMessage });
      throw error;
    }
  });
}

async function read(
  deps: Deps,
  { shop, graphql, now, signal }: Backfill,
  { currency, timeZone, backfillState }: { currency: string; timeZone: string; backfillState: unknown },
): Promise<void> {
  const done = ReadingState.parse(backfillState);
  const startedAt = now();
  const onProgress = async (phase: "products" | "orders", count: number) => {
    // Half after a thousand, three quarters after three thousand.
    const share = count / (count + 1_000);
    const backfillProgress =
      phase === "products" ? PRODUCT_SHARE * share : PRODUCT_SHARE + (1 - PRODUCT_SHARE) * share;
    const backfillMessage = { code: `history.${phase}`, values: { number: count } } as const;
    await saveShopNote(deps.db, shop, { backfillProgress, backfillMessage });
  };
  const { productsReadAt, ...counts } = await rereadShop(deps, {
    shop,
    currency,
    graphql,
    changedSince: null,
    readAt: startedAt,
    signal,
    onProgress,
    done,
    onDone: (backfillState) => saveShopNote(deps.db, shop, { backfillState }),
  });
  await joinImportToCatalogue(deps.pool, shop);
  await countForPlanner(deps.pool);
  await measureIncludedTax(deps.db, shop, now());
  // A run requested while orders were still being read has only some of them.
  const early = await findActiveRun(deps.db, shop);
  if (early) await cancelRun(deps, { shop, runId: early.id, now: now() });
  // Before the row says that all is done: a repeat starts only one run again.
  await startRun(deps, { shop, now: now() });
  const present = await readShop({ graphql, log: deps.log });
  // The first reconciliation reads what changed since the products were read.
  await saveBackfilled(deps.db, shop, new Date(productsReadAt), now());
  // A reading that `shop/update` requested earlier found no first reading to reconcile with.
  if (present.currency !== currency || present.timeZone !== timeZone)
    await askToReread(deps, { shop, now: now() });
  // The pixel and the storefront's settings are needed before the first bundle is approved.
  await askToPublish(deps, { shop });
  deps.log.info("collect.backfilled", { shop, ...counts });
}

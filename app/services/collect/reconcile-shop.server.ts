import { forgetFormerAmounts } from "#app/data/bundles/bundle-edits.server.ts";
import { joinImportToCatalogue } from "#app/data/orders/imported-orders.server.ts";
import { findShop, measureIncludedTax, saveShopNote } from "#app/data/shops/shops.server.ts";
import { tryShopLock } from "#app/data/db.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { HOUR_MS } from "#app/domain/time.ts";
import type { ShopRequest } from "#app/shopify/graphql-request.ts";
import { readShop } from "#app/shopify/read-shop.ts";
import { askToPublish, askToReread } from "#app/services/ask-workers.server.ts";
import { rereadOrders, rereadShop } from "./reread-shop.server.ts";

/** Shopify's search index lags behind its orders, so each reading overlaps the last by this much. */
const OVERLAP_MS = HOUR_MS;

/**
 * Step 1, collect: reads again what changed in Shopify since the last reading, in case a webhook was lost: all products
 * with their stock, the changed orders, the shop's currency and time zone. Does nothing before the first reading.
 * Idempotent. If another reading of the shop is running, which may have passed the change already, requests one after
 * it.
 *
 * @param ordersSince reads only the orders that changed at or after this instant
 * @param now the caller's clock: a reading takes minutes, and publishing is requested at its end
 * @throws AppError from the Admin API or the queue; the next reading starts from the same instant
 */
export async function reconcileShop(
  deps: Deps,
  { shop, graphql, now, signal, ordersSince }: ShopRequest & { now(): Date; ordersSince?: Date | undefined },
): Promise<void> {
  const read = await tryShopLock(deps.pool, { shop, name: "reconcile" }, async () => {
    const row = await findShop(deps.db, shop);
    if (!row || row.uninstalledAt || !row.reconciledAt) return;
    if (ordersSince) {
      const { currency } = row;
      const changedSince = new Date(ordersSince.getTime() - OVERLAP_MS);
      const reading = { shop, currency, graphql, changedSince, readAt: now(), signal };
      deps.log.info("collect.orders_reread", { shop, orders: await rereadOrders(deps, reading) });
      return;
    }
    // A merchant can change the shop's time zone, which determines when days of bundles begin and end.
    const { currency, timeZone } = await readShop({ graphql, log: deps.log });
    // Before the reading: webhooks that come during it are read in the currency of the shop's row.
    await deps.db.$transaction(async (tx) => {
      await forgetFormerAmounts(tx, { shop, currency });
      await saveShopNote(tx, shop, { currency, timeZone });
    });
    const startedAt = now();
    const { products, orders } = await rereadShop(deps, {
      shop,
      currency,
      graphql,
      changedSince: new Date(row.reconciledAt.getTime() - OVERLAP_MS),
      readAt: startedAt,
      signal,
    });
    // An import killed after its orders were written did not get here, and products have got their SKUs since.
    await joinImportToCatalogue(deps.pool, shop);
    await measureIncludedTax(deps.db, shop, startedAt);
    await askToPublish(deps, { shop, lane: "live" });
    await saveShopNote(deps.db, shop, { reconciledAt: startedAt });
    deps.log.info("collect.reconciled", { shop, products, orders });
  });
  if (!read.ok) await askToReread(deps, { shop, now: now(), ordersSince: ordersSince ?? null });
}

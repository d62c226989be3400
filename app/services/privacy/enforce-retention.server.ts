import { deleteBrowseEventsBefore } from "#app/data/visits/browse-events.server.ts";
import { keepMonthsOfVisits } from "#app/data/visits/months.server.ts";
import { deleteDeadLettersBefore } from "#app/data/inbox/dead-letters.server.ts";
import { deleteDataRequestsBefore, deleteShopRows } from "#app/data/erasure/erasures.server.ts";
import { deleteStuckInboxRows } from "#app/data/inbox/inbox.server.ts";
import { forgetOrderImport } from "#app/data/orders/order-imports.server.ts";
import { deleteOrdersBefore } from "#app/data/orders/orders.server.ts";
import { deleteRunsBefore } from "#app/data/runs/runs.server.ts";
import { deleteAuditEntriesBefore } from "#app/data/shops/staff.server.ts";
import { readSettings, listKeptShops, listShopsUninstalledBefore } from "#app/data/shops/shops.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { DAY_MS } from "#app/domain/time.ts";
import type { ShopSettings } from "#app/domain/shop-settings.ts";
import { AppError } from "#app/process/errors.ts";

/** A merchant has 30 days to answer a customer's request; the answer then lies with them. */
const DATA_REQUEST_DAYS = 30;
/** A job that nobody asked for again in so long is not wanted any more. */
const DEAD_LETTER_DAYS = 30;
/** So long a merchant may ask for a webhook again that could not be applied. */
const STUCK_INBOX_DAYS = 30;
/** By then a merchant has sent the file again without the rows that could not be used. */
const IMPORT_DAYS = 30;
/** A year and some: what the app learned a year ago may be compared with today's. */
const RUN_DAYS = 400;
/** What people did beside decisions about bundles, which are kept with their evidence. */
const AUDIT_DAYS = 730;
/** Shopify asks for a shop's erasure after 2 days; when that message is lost, nobody asks again. */
const UNINSTALLED_DAYS = 3;

/**
 * Step 1, collect: forgets, in every shop, browsing and orders after the days that its merchant has set, answers to
 * data requests, failed jobs, webhooks that could not be applied and what came of a file of orders after 30, runs with the
 * metrics of their models after 400, the log of what staff did after two years, and all of a shop that removed the app
 * three days ago. Applied inbox rows go with the sweep after 7 days. A shop whose settings cannot be read keeps its rows
 * until they can.
 *
 * @throws AggregateError of the shops of which something could not be forgotten, once all others are done: the job is
 *   tried again
 */
export async function enforceRetention(
  { db, pool, log }: Pick<Deps, "db" | "pool" | "log">,
  { now }: { now: Date },
): Promise<{ browseEvents: number; orders: number; dataRequests: number }> {
  const failures: unknown[] = [];
  const inShop = (shop: string, forget: () => Promise<void>) =>
    forget().catch((error: unknown) => {
      log.error("collect.not_retained", { shop, error });
      failures.push(error);
    });
  const removedBefore = daysBefore(now, UNINSTALLED_DAYS);
  for (const shop of await listShopsUninstalledBefore(db, removedBefore)) {
    await inShop(shop, async () => {
      log.info("collect.shop_erased", { shop, rows: await deleteShopRows(pool, shop, { removedBefore }) });
    });
  }
  const shops = await listKeptShops(db);
  const settingsOf = new Map<string, ShopSettings>();
  for (const shop of shops) {
    try {
      settingsOf.set(shop, await readSettings(db, shop));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      log.error("collect.not_retained", { shop, error });
    }
  }
  const keptDays = Math.max(...[...settingsOf.values()].map(({ browseKeptDays }) => browseKeptDays));
  const forgetBefore =
    settingsOf.size > 0 && settingsOf.size === shops.length ? daysBefore(now, keptDays) : null;
  await keepMonthsOfVisits(pool, { now, forgetBefore }).catch((error: unknown) =>
    log.warn("collect.months_not_kept", { error }),
  );
  const forgotten = { browseEvents: 0, orders: 0, dataRequests: 0 };
  for (const [shop, settings] of settingsOf) {
    await inShop(shop, async () => {
      const browsedBefore = daysBefore(now, settings.browseKeptDays);
      forgotten.browseEvents += await deleteBrowseEventsBefore(db, shop, browsedBefore);
      forgotten.orders += await deleteOrdersBefore(db, shop, daysBefore(now, settings.ordersKeptDays));
      await deleteDeadLettersBefore(db, shop, daysBefore(now, DEAD_LETTER_DAYS));
      await forgetOrderImport(pool, { shop, before: daysBefore(now, IMPORT_DAYS) });
      const stuck = await deleteStuckInboxRows(db, shop, daysBefore(now, STUCK_INBOX_DAYS));
      if (stuck > 0) log.warn("collect.stuck_forgotten", { shop, rows: stuck });
      await deleteRunsBefore(db, shop, daysBefore(now, RUN_DAYS));
      await deleteAuditEntriesBefore(db, shop, daysBefore(now, AUDIT_DAYS));
      forgotten.dataRequests += await deleteDataRequestsBefore(db, shop, daysBefore(now, DATA_REQUEST_DAYS));
    });
  }
  log.info("collect.retained", forgotten);
  if (failures.length > 0)
    throw new AggregateError(failures, `${failures.length} shops keep what was to be forgotten`);
  return forgotten;
}

function daysBefore(now: Date, days: number): Date {
  return new Date(now.getTime() - days * DAY_MS);
}

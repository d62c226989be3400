import { keepMonthsOfVisits } from "#app/data/visits/months.server.ts";
import { deleteShopRows } from "#app/data/erasure/erasures.server.ts";
import { deleteOldRows } from "#app/data/erasure/old-rows.server.ts";
import { readSettings, listKeptShops, listShopsUninstalledBefore } from "#app/data/shops/shops.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { DAY_MS } from "#app/domain/time.ts";
import type { ShopSettings } from "#app/domain/shop-settings.ts";
import { AppError } from "#app/process/errors.ts";

/** Retention that merchants cannot set, in days. */
const KEPT_DAYS = {
  /** A merchant has this long to answer a customer's request, and then keeps the answer. */
  dataRequests: 30,
  /** A failed job that nobody has retried by then is no longer needed. */
  deadLetters: 30,
  /** A merchant can retry a failed webhook for this long. */
  stuckInbox: 30,
  /** By then a merchant has sent the order file again without the unusable rows. */
  orderImport: 30,
  /** More than a year, so that models can be compared with last year's. */
  runs: 400,
  /** Staff actions other than decisions about bundles, which stay with their evidence. */
  audit: 730,
} as const;
/** Shopify requests a shop's erasure after 2 days; a lost message is not repeated. */
const UNINSTALLED_DAYS = 3;

/**
 * Step 1, collect: deletes the rows of every shop that are past their retention. Browsing and orders go after the days
 * that the merchant set; the rest after `KEPT_DAYS`; everything of a shop that removed the app three days ago. The
 * sweep deletes applied inbox rows after 7 days. A shop with unreadable settings keeps its rows until they can be read.
 *
 * @throws AggregateError of the shops with failures, once all others are done: the job is retried
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
      const days = { ...KEPT_DAYS, browsing: settings.browseKeptDays, orders: settings.ordersKeptDays };
      const deleted = await deleteOldRows(db, shop, days, now);
      if (deleted.stuck > 0) log.warn("collect.stuck_forgotten", { shop, rows: deleted.stuck });
      forgotten.browseEvents += deleted.browseEvents;
      forgotten.orders += deleted.orders;
      forgotten.dataRequests += deleted.dataRequests;
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

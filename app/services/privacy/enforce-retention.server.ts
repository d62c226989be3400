import { keepMonthsOfVisits } from "#app/data/visits/months.server.ts";
import { deleteShopRows } from "#app/data/erasure/erasures.server.ts";
import { deleteOldRows } from "#app/data/erasure/old-rows.server.ts";
import { readSettings, listKeptShops, listShopsUninstalledBefore } from "#app/data/shops/shops.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { DAY_MS } from "#app/domain/time.ts";
import type { ShopSettings } from "#app/domain/shop-settings.ts";
import { AppError } from "#app/process/errors.ts";

/** Of what no merchant sets. */
const KEPT_DAYS = {
  /** A merchant has so long to answer a customer's request; the answer then lies with them. */
  dataRequests: 30,
  /** A job that nobody asked for again in so long is not wanted any more. */
  deadLetters: 30,
  /** So long a merchant may ask for a webhook again that could not be applied. */
  stuckInbox: 30,
  /** By then a merchant has sent the file of orders again without the rows that could not be used. */
  orderImport: 30,
  /** A year and some: what the app learned a year ago may be compared with today's. */
  runs: 400,
  /** What people did beside decisions about bundles, which are kept with their evidence. */
  audit: 730,
} as const;
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

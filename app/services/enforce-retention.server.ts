import { deleteBrowseEventsBefore } from "#app/data/browse-events.server.ts";
import { deleteDataRequestsBefore } from "#app/data/erasures.server.ts";
import { listKeptShops } from "#app/data/shops.server.ts";
import type { Deps } from "#app/deps.server.ts";
import { DAY_MS } from "#app/domain/time.ts";

/** Half a year of browsing is more than any model or experiment looks back. */
const BROWSE_DAYS = 180;
/** A merchant has 30 days to answer a customer's request; the answer then lies with them. */
const DATA_REQUEST_DAYS = 30;

/**
 * Step 1, collect: forgets, in every shop, browsing older than 180 days and answers to data requests older than 30.
 * Applied inbox rows go with the sweep after 7 days; orders stay, as sums and pseudonyms, until the shop leaves.
 */
export async function enforceRetention(
  { db, log }: Pick<Deps, "db" | "log">,
  { now }: { now: Date },
): Promise<{ browseEvents: number; dataRequests: number }> {
  const forgotten = { browseEvents: 0, dataRequests: 0 };
  for (const shop of await listKeptShops(db)) {
    forgotten.browseEvents += await deleteBrowseEventsBefore(db, shop, daysBefore(now, BROWSE_DAYS));
    forgotten.dataRequests += await deleteDataRequestsBefore(db, shop, daysBefore(now, DATA_REQUEST_DAYS));
  }
  log.info("collect.retained", forgotten);
  return forgotten;
}

function daysBefore(now: Date, days: number): Date {
  return new Date(now.getTime() - days * DAY_MS);
}

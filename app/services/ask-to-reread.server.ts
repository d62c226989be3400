import type { Deps } from "#app/deps.server.ts";
import { HOUR_MS } from "#app/domain/time.ts";

/** What is asked for within one such stretch is read together, after its end: a reading of the shop is not for each. */
const STRETCH_MS = 60_000;

/**
 * Asks for what Shopify changed to be read from the API, within a minute: something changed that no message tells.
 *
 * @param ordersSince when an order changed: only orders that did so then or later are read, instead of everything
 * @throws AppError queue_down
 */
export async function askToReread(
  { jobs }: Pick<Deps, "jobs">,
  { shop, now, ordersSince = null }: { shop: string; now: Date; ordersSince?: Date | null },
): Promise<void> {
  const stretch = Math.floor(now.getTime() / STRETCH_MS);
  const delayMs = (stretch + 1) * STRETCH_MS - now.getTime();
  if (ordersSince === null) {
    await jobs.enqueue("collect.reconcile", { shop }, { dedupeKey: `${shop}-${stretch}`, delayMs });
    return;
  }
  // A message that comes late is of another hour than those of today, and so has a reading of its own.
  const since = new Date(Math.floor(ordersSince.getTime() / HOUR_MS) * HOUR_MS);
  const dedupeKey = `${shop}-orders-${since.getTime()}-${stretch}`;
  await jobs.enqueue("collect.reconcile", { shop, ordersSince: since.toISOString() }, { dedupeKey, delayMs });
}

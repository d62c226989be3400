import type { Deps } from "#app/deps.server.ts";

/** What is asked for within one such stretch is read together, after its end: a reading of the shop is not for each. */
const STRETCH_MS = 60_000;

/**
 * Asks for what Shopify changed to be read from the API, within a minute: something changed that no message tells.
 *
 * @throws AppError queue_down
 */
export async function askToReread(
  { jobs }: Pick<Deps, "jobs">,
  { shop, now }: { shop: string; now: Date },
): Promise<void> {
  const stretch = Math.floor(now.getTime() / STRETCH_MS);
  const delayMs = (stretch + 1) * STRETCH_MS - now.getTime();
  await jobs.enqueue("collect.reconcile", { shop }, { dedupeKey: `${shop}-${stretch}`, delayMs });
}

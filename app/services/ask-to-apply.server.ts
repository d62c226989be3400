import type { Deps } from "#app/deps.server.ts";

/**
 * One turn of a shop is asked for in so much time, and no more than one waits in the queue. Were the key the shop
 * alone, the job of a worker that died would block the shop until it is found to be stalled.
 */
const STRETCH_MS = 5_000;

/**
 * Asks for a turn of a shop's inbox, after the delay or at once. Asking again within the stretch changes nothing.
 *
 * @throws AppError queue_down
 */
export async function askToApply(
  { jobs }: Pick<Deps, "jobs">,
  { shop, now, delayMs = 0 }: { shop: string; now: Date; delayMs?: number },
): Promise<void> {
  const stretch = Math.floor((now.getTime() + delayMs) / STRETCH_MS);
  const when = delayMs > 0 ? "later" : "now";
  await jobs.enqueue("collect.apply", { shop }, { dedupeKey: `${shop}-${when}-${stretch}`, delayMs });
}

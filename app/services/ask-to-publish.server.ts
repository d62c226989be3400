import type { Deps } from "#app/deps.server.ts";
import { AppError } from "#app/errors.ts";

/** Decisions of one such stretch of time share a job, so that fifty approvals at once make one pass. */
const TOGETHER_MS = 1_000;
/** A pass that found another one at work is asked for again after so long; many such share a job as well. */
const BUSY_TOGETHER_MS = 2_000;
/** The job starts so long after its stretch, because an `enqueue` takes a moment to reach Redis. */
const SLACK_MS = 250;

/**
 * Asks the workers to bring the storefront to what is approved now. Call it after the decision is committed.
 *
 * BullMQ ignores a job whose key is still known, also while that job runs. So the key is a stretch of time
 * and the job starts after its end: it sees every decision that was folded into it.
 *
 * @param isBusy whether a pass of this shop is at work now, after which the asked one must come
 * @returns false when Redis does not answer: the decision stands, and the hourly pass publishes it
 */
export async function askToPublish(
  { jobs, log }: Pick<Deps, "jobs" | "log">,
  { shop, now, isBusy = false }: { shop: string; now: Date; isBusy?: boolean },
): Promise<boolean> {
  const togetherMs = isBusy ? BUSY_TOGETHER_MS : TOGETHER_MS;
  const stretch = Math.floor(now.getTime() / togetherMs);
  const dedupeKey = isBusy ? `${shop}-busy-${stretch}` : `${shop}-${stretch}`;
  const delayMs = (stretch + 1) * togetherMs + SLACK_MS - now.getTime();
  try {
    await jobs.enqueue("publish.reconcile", { shop }, { dedupeKey, delayMs });
    return true;
  } catch (error) {
    if (!(error instanceof AppError && error.code === "queue_down")) throw error;
    log.warn("publish.not_enqueued", { shop, reason: error.message });
    return false;
  }
}

import type { Deps } from "./deps.server.ts";
import { HOUR_MS } from "#app/domain/time.ts";
import { AppError } from "#app/process/errors.ts";
import type { JobPayload } from "#app/queue/catalog.ts";

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

/** What is asked for within one such stretch is read together, after its end: a reading of the shop is not for each. */
const REREAD_STRETCH_MS = 60_000;

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
  const stretch = Math.floor(now.getTime() / REREAD_STRETCH_MS);
  const delayMs = (stretch + 1) * REREAD_STRETCH_MS - now.getTime();
  if (ordersSince === null) {
    await jobs.enqueue("collect.reconcile", { shop }, { dedupeKey: `${shop}-${stretch}`, delayMs });
    return;
  }
  // A message that comes late is of another hour than those of today, and so has a reading of its own.
  const since = new Date(Math.floor(ordersSince.getTime() / HOUR_MS) * HOUR_MS);
  const dedupeKey = `${shop}-orders-${since.getTime()}-${stretch}`;
  await jobs.enqueue("collect.reconcile", { shop, ordersSince: since.toISOString() }, { dedupeKey, delayMs });
}

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
 * and the job starts after its end: it sees every decision that was folded into it. The stretch is that of the call,
 * by the clock that BullMQ delays by: a hundred decisions of one request are committed later than it began.
 *
 * @param lane whom the pass waits with: a merchant who decided, unless it only keeps offers right that are live
 * @param isBusy whether a pass of this shop is at work now, after which the asked one must come
 * @returns false when Redis does not answer: the decision stands, and the hourly pass publishes it
 */
export async function askToPublish(
  { jobs, log }: Pick<Deps, "jobs" | "log">,
  { shop, lane = "merchant", isBusy = false }: { shop: string; lane?: "merchant" | "live"; isBusy?: boolean },
): Promise<boolean> {
  const togetherMs = isBusy ? BUSY_TOGETHER_MS : TOGETHER_MS;
  const askedAtMs = Date.now();
  const stretch = Math.floor(askedAtMs / togetherMs);
  const dedupeKey = isBusy ? `${shop}-busy-${stretch}` : `${shop}-${stretch}`;
  const delayMs = (stretch + 1) * togetherMs + SLACK_MS - askedAtMs;
  return tryEnqueue({ jobs, log }, "publish.reconcile", { shop }, { dedupeKey, lane, delayMs });
}

/**
 * Asks the workers to start the merchant's workflows that wait for what has happened. Call it after it is committed.
 * Where Redis does not answer, no workflow starts: what happened stands all the same.
 *
 * @param at tells this happening from others of its kind
 */
export async function askToStartWorkflows(
  deps: Pick<Deps, "jobs" | "log">,
  event: JobPayload<"publish.flow">,
  at: Date,
): Promise<void> {
  const key = "bundleId" in event ? `${event.bundleId}-${at.getTime()}` : at.getTime();
  await tryEnqueue(deps, "publish.flow", event, { dedupeKey: `${event.shop}-${event.trigger}-${key}` });
}

/**
 * Asks for work that is found again without the queue, or is not worth a failure.
 *
 * @returns false when Redis does not answer, which the log tells
 */
export async function tryEnqueue<N extends "publish.reconcile" | "publish.flow">(
  { jobs, log }: Pick<Deps, "jobs" | "log">,
  name: N,
  payload: JobPayload<N>,
  options: Parameters<Deps["jobs"]["enqueue"]>[2],
): Promise<boolean> {
  try {
    await jobs.enqueue(name, payload, options);
    return true;
  } catch (error) {
    if (!(error instanceof AppError && error.code === "queue_down")) throw error;
    log.warn("publish.not_enqueued", { shop: payload.shop, job: name, reason: error.message });
    return false;
  }
}

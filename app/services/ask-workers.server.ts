import type { Deps } from "./deps.server.ts";
import { HOUR_MS } from "#app/domain/time.ts";
import { AppError } from "#app/process/errors.ts";
import type { JobPayload } from "#app/queue/catalog.ts";

/**
 * A shop asks for at most one turn per stretch of time. With the shop alone as the key, the job of a worker that died
 * would block the shop until BullMQ finds it stalled.
 */
const STRETCH_MS = 5_000;

/**
 * Asks for a turn of a shop's inbox, now or after the delay. Asking again within the same stretch has no effect.
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

/** Requests within one such stretch share one reading of the shop, at the end of the stretch. */
const REREAD_STRETCH_MS = 60_000;

/**
 * Asks to read what changed from the API within a minute, after a change that no webhook reports.
 *
 * @param ordersSince read only orders that changed at or after this instant; without it, read everything
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
  // A late message belongs to an earlier hour and so gets a reading of its own.
  const since = new Date(Math.floor(ordersSince.getTime() / HOUR_MS) * HOUR_MS);
  const dedupeKey = `${shop}-orders-${since.getTime()}-${stretch}`;
  await jobs.enqueue("collect.reconcile", { shop, ordersSince: since.toISOString() }, { dedupeKey, delayMs });
}

/** Decisions within one such stretch share a job, so that fifty approvals at once make one pass. */
const TOGETHER_MS = 1_000;
/** Delay before a pass that found another one running is asked for again; several such requests share a job as well. */
const BUSY_TOGETHER_MS = 2_000;
/** The job starts this long after its stretch, because an `enqueue` takes a moment to reach Redis. */
const SLACK_MS = 250;

/**
 * Asks the workers to publish what is approved now. Call it after the decision is committed.
 *
 * BullMQ ignores a job whose key it still knows, even while that job runs. So the key is a stretch of time, and the job
 * starts after the end of the stretch: it sees every decision that shares it. The stretch is that of the call, by the
 * clock that BullMQ delays by, because a hundred decisions of one request commit later than the request began.
 *
 * @param lane a merchant's decision, unless the pass only corrects live offers
 * @param isBusy whether a pass of this shop runs now, which the new one must follow
 * @returns false when Redis does not answer: the decision is kept, and the hourly pass publishes it
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
 * Asks the workers to start the merchant's workflows for an event. Call it after the event is committed. If Redis does
 * not answer, no workflow starts.
 *
 * @param at distinguishes this event from others of its kind
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
 * Enqueues work that a sweep finds again, or that is not worth failing for.
 *
 * @returns false when Redis does not answer, which it logs
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

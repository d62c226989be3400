import type { Deps } from "#app/deps.server.ts";

/** Decisions of one such stretch of time share a job, so that fifty approvals at once make one pass. */
const TOGETHER_MS = 1_000;
/** The job starts so long after its stretch, because an `enqueue` takes a moment to reach Redis. */
const SLACK_MS = 250;

/**
 * Asks the workers to bring the storefront to what is approved now. Call it after the decision is committed.
 *
 * BullMQ ignores a job whose key is still known, also while that job runs. So the key is a stretch of time
 * and the job starts after its end: it sees every decision that was folded into it.
 *
 * @throws AppError queue_down when Redis does not answer; the hourly pass publishes then
 */
export async function askToPublish(
  { jobs }: Pick<Deps, "jobs">,
  { shop, now }: { shop: string; now: Date },
): Promise<void> {
  const stretch = Math.floor(now.getTime() / TOGETHER_MS);
  await jobs.enqueue(
    "publish.reconcile",
    { shop },
    {
      dedupeKey: `${shop}-${stretch}`,
      delayMs: (stretch + 1) * TOGETHER_MS + SLACK_MS - now.getTime(),
    },
  );
}

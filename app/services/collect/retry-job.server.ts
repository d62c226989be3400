import {
  findDeadLetter,
  markDeadLetterRetried,
  type DeadLetterKey,
} from "#app/data/inbox/dead-letters.server.ts";
import { reviveInboxRow } from "#app/data/inbox/inbox.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import type { Result } from "#app/domain/result.ts";
import { isJobName, jobCatalog } from "#app/queue/catalog.ts";
import { askToApply } from "#app/services/ask-workers.server.ts";

/**
 * Retries a job that failed for good. Two calls in a row queue it once.
 *
 * @returns reason "gone" if it was retried already, or is of another version of the app
 * @throws AppError queue_down; the job stays in the list
 */
export async function retryDeadLetter(
  deps: Pick<Deps, "db" | "jobs" | "log">,
  { now, ...key }: DeadLetterKey & { now: Date },
): Promise<Result<null, "gone">> {
  const letter = await findDeadLetter(deps.db, key);
  if (!letter || !isJobName(letter.name)) return { ok: false, reason: "gone" };
  const payload = jobCatalog[letter.name].schema.safeParse(letter.payload);
  if (!payload.success) return { ok: false, reason: "gone" };
  await deps.jobs.enqueue(letter.name, payload.data as never, {
    dedupeKey: `${key.shop}-retry-${key.failedAt.getTime()}`,
    lane: "merchant",
  });
  await markDeadLetterRetried(deps.db, key, now);
  deps.log.info("collect.job_retried", { shop: key.shop, job: letter.name });
  return { ok: true, value: null };
}

/**
 * Resets the attempts of a failing webhook and has it applied at once.
 *
 * @returns reason "gone" if it has been applied since
 * @throws AppError queue_down; the sweep then finds it
 */
export async function retryInboxRow(
  deps: Pick<Deps, "db" | "jobs">,
  { shop, webhookId, now }: { shop: string; webhookId: string; now: Date },
): Promise<Result<null, "gone">> {
  if (!(await reviveInboxRow(deps.db, { shop, webhookId }))) return { ok: false, reason: "gone" };
  await askToApply(deps, { shop, now });
  return { ok: true, value: null };
}

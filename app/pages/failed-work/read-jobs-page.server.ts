import { listDeadLetters } from "#app/data/inbox/dead-letters.server.ts";
import { listFailingInboxRows } from "#app/data/inbox/inbox.server.ts";
import type { Words } from "#app/locales/words.server.ts";
import { openShop } from "#app/pages/open-shop.server.ts";
import type { Deps } from "#app/services/deps.server.ts";

/** More than a person reads; the next ones appear once these are dealt with. */
const MAX_ROWS = 100;

export interface FailedWork {
  readonly kind: "job" | "webhook";
  /** A job's name of app/queue/catalog.ts, or a webhook's topic. */
  readonly name: string;
  /** What to send back to have it tried again. */
  readonly id: string;
  /** When the job failed for the last time, or the webhook came. */
  readonly at: string;
  readonly attempts: number;
  readonly problem: string;
}

/**
 * A shop's work that failed and needs a person: jobs that were given up, and webhooks that keep failing, at most a
 * hundred of each, the newest first.
 */
export async function readJobsPage(
  { db }: Pick<Deps, "db">,
  { shop, words }: { shop: string; words: Words },
): Promise<FailedWork[]> {
  const { format } = await openShop({ db }, { shop, words });
  const [letters, rows] = await Promise.all([
    listDeadLetters(db, shop, MAX_ROWS),
    listFailingInboxRows(db, shop, MAX_ROWS),
  ]);
  const jobs = letters.map(({ name, jobId, failedAt, attempts, problem }) => ({
    kind: "job" as const,
    name,
    id: `${failedAt.toISOString()} ${jobId}`,
    at: failedAt,
    attempts,
    problem,
  }));
  const webhooks = rows.map(({ topic, webhookId, receivedAt, attempts, problem }) => ({
    kind: "webhook" as const,
    name: topic,
    id: webhookId,
    at: receivedAt,
    attempts,
    problem: problem ?? "",
  }));
  return [...jobs, ...webhooks]
    .toSorted((a, b) => b.at.getTime() - a.at.getTime())
    .map((work) => ({ ...work, at: format.dateTime(work.at) }));
}

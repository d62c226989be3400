import { listDeadLetters } from "#app/data/inbox/dead-letters.server.ts";
import { listFailingInboxRows } from "#app/data/inbox/inbox.server.ts";
import type { Words } from "#app/locales/words.server.ts";
import { openShop } from "#app/pages/open-shop.server.ts";
import type { Deps } from "#app/services/deps.server.ts";

/** The next ones appear once these are handled. */
const MAX_ROWS = 100;

export interface FailedWork {
  readonly kind: "job" | "webhook";
  /** A job's name in app/queue/catalog.ts, or a webhook topic. */
  readonly name: string;
  /** The id to send for a retry. */
  readonly id: string;
  /** When the job failed for good, or the webhook arrived. */
  readonly at: string;
  readonly attempts: number;
  readonly problem: string;
}

/**
 * Failed work of a shop that needs a person: jobs given up and webhooks that keep failing, at most a hundred of each,
 * newest first.
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

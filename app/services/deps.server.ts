import { openJobQueue, type JobQueue } from "#app/queue/job-queue.server.ts";
import { openDatabase, type Database } from "#app/data/db.server.ts";
import { openProgressNotices, type ProgressNotices } from "#app/data/runs/progress-notices.server.ts";
import { env } from "#app/process/env.server.ts";
import { createLog, type Log } from "#app/process/log.server.ts";
import { createSlowAnswers, type SlowAnswers } from "#app/process/slow-answers.server.ts";
import { openSecretBox, type SecretBox } from "#app/process/secret-box.server.ts";

/** What a use case works with; services take it as their first argument, tests build their own. */
export interface Deps extends Pick<Database, "db" | "pool"> {
  readonly log: Log;
  readonly jobs: JobQueue;
  readonly secrets: SecretBox;
  readonly slowAnswers: SlowAnswers;
}

let notices: ProgressNotices | undefined;

/** Which shops' progress changes, heard by one connection of this process that no pool counts. */
export function progressNotices(): ProgressNotices {
  const { DATABASE_URL, DATABASE_DIRECT_URL } = env();
  notices ??= openProgressNotices(DATABASE_DIRECT_URL ?? DATABASE_URL);
  return notices;
}

let opened: (Deps & { close(): Promise<void> }) | undefined;

/**
 * The dependencies of this process, opened at first use and shared by every request.
 *
 * @param maxConnections of the pool; what the first call says holds
 */
export function deps(maxConnections?: number): Deps & { close(): Promise<void> } {
  if (opened) return opened;
  const { DATABASE_URL, REDIS_URL, LOG_LEVEL, ENCRYPTION_KEYS } = env();
  const secrets = openSecretBox(ENCRYPTION_KEYS);
  const database = openDatabase(DATABASE_URL, maxConnections);
  const jobs = openJobQueue(REDIS_URL);
  opened = {
    db: database.db,
    pool: database.pool,
    log: createLog(LOG_LEVEL),
    jobs,
    secrets,
    slowAnswers: createSlowAnswers(() => performance.now()),
    async close() {
      await jobs.close();
      await notices?.close();
      await database.close();
    },
  };
  return opened;
}

import { openJobQueue, type JobQueue } from "#app/queue/job-queue.server.ts";
import type { Words } from "#app/locales/words.server.ts";
import { openDatabase, type Database } from "#app/data/db.server.ts";
import { env } from "#app/process/env.server.ts";
import { createLog, type Log } from "#app/process/log.server.ts";
import { openSecretBox, type SecretBox } from "#app/process/secret-box.server.ts";

/** What a use case works with; services take it as their first argument, tests build their own. */
export interface Deps extends Pick<Database, "db" | "pool"> {
  readonly log: Log;
  readonly jobs: JobQueue;
  readonly secrets: SecretBox;
  readonly slowAnswers: SlowAnswers;
}

/** What a person asks for: of which shop, when, and in which words the answer is. */
export interface Asked {
  readonly shop: string;
  readonly now: Date;
  readonly words: Words;
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
      await database.close();
    },
  };
  return opened;
}

/** An answer within this time is read anew whenever it is asked for; of a page it is half of what it may take. */
const SLOW_MS = 100;
/** A slow answer is handed out again for so many times as long as it took: reading takes a hundredth of the time at most. */
const REUSE_FACTOR = 100;

/**
 * Asks a question under its key: reads the answer anew, or hands out the one that is kept. A key has one type of answer.
 * `of` is what the answer depends on and is known beforehand: none is handed out that was read of something else.
 */
type SlowAnswers = <T>(key: string, read: () => Promise<T>, of?: string) => Promise<T>;

/**
 * Answers of slow questions, kept in this process. Whoever asks while one is being read waits for the same reading; a
 * failure is told to all who wait, and kept for nobody.
 *
 * @param clock milliseconds, never falling
 */
export function createSlowAnswers(clock: () => number): SlowAnswers {
  const kept = new Map<string, { readonly answer: Promise<unknown>; readonly of: string; untilMs: number }>();
  return async <T>(key: string, read: () => Promise<T>, of = "") => {
    const known = kept.get(key);
    if (known && known.of === of && clock() < known.untilMs) return known.answer as Promise<T>;
    const startedMs = clock();
    for (const [other, { untilMs }] of kept) if (untilMs <= startedMs) kept.delete(other);
    const answer = read();
    const entry = { answer, of, untilMs: Infinity };
    kept.set(key, entry);
    const settle = (tookMs: number) => {
      if (tookMs >= SLOW_MS) entry.untilMs = clock() + REUSE_FACTOR * tookMs;
      else if (kept.get(key) === entry) kept.delete(key);
    };
    return answer.then(
      (value) => {
        settle(clock() - startedMs);
        return value;
      },
      (error: unknown) => {
        settle(0);
        throw error;
      },
    );
  };
}

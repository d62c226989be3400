import { openJobQueue, type JobQueue } from "#app/queue/job-queue.server.ts";
import type { Words } from "#app/locales/words.server.ts";
import { openDatabase, type Database } from "#app/data/db.server.ts";
import { env } from "#app/process/env.server.ts";
import { createLog, type Log } from "#app/process/log.server.ts";
import { openSecretBox, type SecretBox } from "#app/process/secret-box.server.ts";

/** The dependencies of a use case. Services take them as their first argument; tests build their own. */
export interface Deps extends Pick<Database, "db" | "pool"> {
  readonly log: Log;
  readonly jobs: JobQueue;
  readonly secrets: SecretBox;
  readonly slowAnswers: SlowAnswers;
}

/** A person's request: the shop, the time, and the language of the answer. */
export interface Asked {
  readonly shop: string;
  readonly now: Date;
  readonly words: Words;
}

let opened: (Deps & { close(): Promise<void> }) | undefined;

/**
 * The dependencies of this process, opened at first use and shared by every request.
 *
 * @param maxConnections of the pool; only the first call sets it
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

/** A faster answer is not cached; half of the time budget of a page. */
const SLOW_MS = 100;
/** A slow answer is cached for this many times as long as it took: at most a hundredth of the time goes into it. */
const REUSE_FACTOR = 100;

/**
 * Answers a question under a key, from the cache or by `read`. A key has one type of answer. `of` is the state that the
 * answer depends on: an answer for another state is never reused.
 */
type SlowAnswers = <T>(key: string, read: () => Promise<T>, of?: string) => Promise<T>;

/**
 * A cache of slow answers in this process. Concurrent callers share one computation. A failure reaches all of them and
 * is not cached.
 *
 * @param clock milliseconds, monotonic
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

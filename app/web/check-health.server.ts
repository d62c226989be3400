import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { pingDatabase } from "#app/data/pool.server.ts";
import type { Deps } from "#app/services/deps.server.ts";

const TIMEOUT_MS = 2_000;

/** What the app cannot work without. */
export type Part = "database" | "redis";

/**
 * What asks PostgreSQL and Redis for a sign of life, at most two seconds each, and tells which does not answer. Who
 * asks during that gets the same answer: anybody may ask, and each question opens a connection of its own.
 */
export function openHealthCheck({ pool }: Pick<Deps, "pool">, redisUrl: string): () => Promise<Part[]> {
  let asked: Promise<Part[]> | undefined;
  return () => (asked ??= askBoth(pool, redisUrl).finally(() => (asked = undefined)));
}

async function askBoth(pool: Deps["pool"], redisUrl: string): Promise<Part[]> {
  const [database, redis] = await Promise.all([answers(pingDatabase(pool)), answers(pingRedis(redisUrl))]);
  return [...(database ? [] : (["database"] as const)), ...(redis ? [] : (["redis"] as const))];
}

/** Asks Redis for a sign of life. @throws what the driver reports when there is none in time */
export async function pingRedis(redisUrl: string, timeoutMs = TIMEOUT_MS): Promise<void> {
  // Its own connection: a shared one would answer for an outage that it has not noticed yet.
  const redis = new Redis(redisUrl, {
    lazyConnect: true,
    connectTimeout: timeoutMs,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  redis.on("error", () => {}); // The command below reports.
  // A server that takes the connection and says nothing would keep it for as long as it likes.
  const late = setTimeout(() => redis.disconnect(), timeoutMs);
  try {
    await redis.connect();
    await redis.ping();
  } finally {
    clearTimeout(late);
    redis.disconnect();
  }
}

function answers(asked: Promise<void>): Promise<boolean> {
  const isAnswered = asked.then(
    () => true,
    () => false,
  );
  return Promise.race([isAnswered, sleep(TIMEOUT_MS, false, { ref: false })]);
}

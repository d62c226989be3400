import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { pingDatabase } from "#app/data/pool.server.ts";
import type { Deps } from "#app/services/deps.server.ts";

const TIMEOUT_MS = 2_000;

export type Part = "database" | "redis";

/**
 * Returns a check that pings PostgreSQL and Redis, with a timeout of two seconds each, and lists those that do not
 * answer. Concurrent callers share one check: the endpoint is public, and each Redis ping opens a connection.
 */
export function openHealthCheck({ pool }: Pick<Deps, "pool">, redisUrl: string): () => Promise<Part[]> {
  let asked: Promise<Part[]> | undefined;
  return () => (asked ??= askBoth(pool, redisUrl).finally(() => (asked = undefined)));
}

async function askBoth(pool: Deps["pool"], redisUrl: string): Promise<Part[]> {
  const [database, redis] = await Promise.all([answers(pingDatabase(pool)), answers(pingRedis(redisUrl))]);
  return [...(database ? [] : (["database"] as const)), ...(redis ? [] : (["redis"] as const))];
}

/**
 * Checks that Redis takes writes: when it is full, or became a replica, it still answers a ping.
 *
 * @throws the driver's error if it does not write in time
 */
export async function pingRedis(redisUrl: string, timeoutMs = TIMEOUT_MS): Promise<void> {
  // Its own connection, because a shared one reports an outage late.
  const redis = new Redis(redisUrl, {
    lazyConnect: true,
    connectTimeout: timeoutMs,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  let reason: unknown;
  redis.on("error", (error) => (reason = error));
  // A server can accept the connection and never answer.
  const late = setTimeout(() => redis.disconnect(), timeoutMs);
  try {
    await redis.connect();
    await redis.set("bundlesmith:health", "", "PX", timeoutMs);
  } catch (error) {
    // What `connect` throws only tells that the connection is closed.
    throw reason ?? error;
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

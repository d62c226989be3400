import { Redis } from "ioredis";
import { pingDatabase } from "#app/data/pool.server.ts";
import type { Deps } from "#app/services/deps.server.ts";

const TIMEOUT_MS = 2_000;

interface Health {
  readonly ok: boolean;
  /** Which of the two does not answer. */
  readonly down: readonly ("database" | "redis")[];
}

/** Questions under way, by the pool that asks PostgreSQL, and Redis's address. */
const underWay = new WeakMap<Deps["pool"], Map<string, Promise<Health>>>();

/**
 * Asks PostgreSQL and Redis for a sign of life, at most two seconds each. Who asks during that gets the same answer:
 * anybody may ask, and each question opens a connection of its own.
 */
export async function checkHealth({ pool }: Pick<Deps, "pool">, redisUrl: string): Promise<Health> {
  const ofPool = underWay.get(pool) ?? new Map<string, Promise<Health>>();
  underWay.set(pool, ofPool);
  const asked = ofPool.get(redisUrl) ?? askBoth(pool, redisUrl).finally(() => ofPool.delete(redisUrl));
  ofPool.set(redisUrl, asked);
  return asked;
}

async function askBoth(pool: Deps["pool"], redisUrl: string): Promise<Health> {
  const [database, redis] = await Promise.all([
    answers(() => pingDatabase(pool)),
    answers(() => pingRedis(redisUrl)),
  ]);
  const down = [...(database ? [] : (["database"] as const)), ...(redis ? [] : (["redis"] as const))];
  return { ok: down.length === 0, down };
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

async function answers(ask: () => Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), TIMEOUT_MS);
  });
  const asked = ask().then(
    () => true,
    () => false,
  );
  const isAnswered = await Promise.race([asked, late]);
  clearTimeout(timer);
  return isAnswered;
}

import { Redis } from "ioredis";
import type { Deps } from "#app/deps.server.ts";

const TIMEOUT_MS = 2_000;

interface Health {
  readonly ok: boolean;
  /** Which of the two does not answer. */
  readonly down: readonly ("database" | "redis")[];
}

/** Asks PostgreSQL and Redis for a sign of life, at most two seconds each. */
export async function checkHealth({ pool }: Pick<Deps, "pool">, redisUrl: string): Promise<Health> {
  const [database, redis] = await Promise.all([
    answers(async () => {
      await pool.query("SELECT 1");
    }),
    answers(() => pingRedis(redisUrl)),
  ]);
  const down = [...(database ? [] : (["database"] as const)), ...(redis ? [] : (["redis"] as const))];
  return { ok: down.length === 0, down };
}

async function pingRedis(redisUrl: string): Promise<void> {
  // Its own connection: a shared one would answer for an outage that it has not noticed yet.
  const redis = new Redis(redisUrl, {
    lazyConnect: true,
    connectTimeout: TIMEOUT_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  redis.on("error", () => {}); // The command below reports.
  try {
    await redis.connect();
    await redis.ping();
  } finally {
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

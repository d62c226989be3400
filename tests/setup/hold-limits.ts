import { Redis } from "ioredis";
import type { TestDeps } from "./test-deps.ts";

const AN_HOUR_MS = 3_600_000;

/** Keeps what senders are counted by now from ending while the test counts on, however slowly. */
export async function holdLimits({ redisUrl }: Pick<TestDeps, "redisUrl">): Promise<void> {
  const redis = new Redis(redisUrl);
  for (const key of await redis.keys("*:limit:address:*")) await redis.pexpire(key, AN_HOUR_MS);
  redis.disconnect();
}

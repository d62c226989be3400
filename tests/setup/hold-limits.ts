import { Redis } from "ioredis";
import type { TestDeps } from "./test-deps.ts";

const AN_HOUR_MS = 3_600_000;

/**
 * Extends the current rate-limit windows of all addresses, so that they do not expire during a slow test.
 *
 * @param count new number of requests per address; null keeps the current number
 * @returns number of addresses
 */
export async function holdLimits(
  { redisUrl }: Pick<TestDeps, "redisUrl">,
  count: number | null = null,
): Promise<number> {
  const redis = new Redis(redisUrl);
  const keys = await redis.keys("*:limit:address:*");
  for (const key of keys) {
    if (count !== null) await redis.set(key, count);
    await redis.pexpire(key, AN_HOUR_MS);
  }
  redis.disconnect();
  return keys.length;
}

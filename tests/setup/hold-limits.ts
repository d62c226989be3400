import { Redis } from "ioredis";
import type { TestDeps } from "./test-deps.ts";

const AN_HOUR_MS = 3_600_000;

/**
 * Keeps what senders are counted by now from ending while the test counts on, however slowly.
 *
 * @param count what each of them has sent from now on; as it is where it is not said
 * @returns how many senders there are
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

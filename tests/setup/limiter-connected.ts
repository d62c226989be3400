import { Redis } from "ioredis";
import type { browseLimiter } from "#app/web/rate-limit.server.ts";
import { until } from "./patience.ts";

/** Waits until the limiter of a process counts in Redis. Before its connection is open it counts in memory, from 0. */
export async function untilLimiterConnected(
  limiter: ReturnType<typeof browseLimiter>,
  redisUrl: string,
): Promise<void> {
  const redis = new Redis(redisUrl);
  const isCounted = async () => {
    await limiter.take("waiting.myshopify.com", "192.0.2.1");
    return (await redis.keys("bundlesmith:limit:shop:*")).length > 0;
  };
  await until(isCounted, "the limiter counts in Redis");
  redis.disconnect();
}

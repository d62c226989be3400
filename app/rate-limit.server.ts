import { Redis } from "ioredis";
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from "rate-limiter-flexible";
import { env } from "./env.server.ts";
import type { BrowseLimiter } from "./services/record-browse-batch.server.ts";

const WINDOW_SECONDS = 10;
/** Batches of one shop in a window: five hundred a second is a busy sale. */
const PER_SHOP = 5_000;
/** Batches of one address in a window: an office shares one, a page sends one a second. */
const PER_ADDRESS = 200;

/**
 * Limits batches per shop and per address, in all web processes together by Redis. While Redis is down each process
 * counts for itself, because browsing must not fail with it.
 */
function createBrowseLimiter(redisUrl: string): BrowseLimiter & { close(): void } {
  const storeClient = new Redis(redisUrl, { enableOfflineQueue: false, maxRetriesPerRequest: 1 });
  storeClient.on("error", () => {}); // The limiter then counts in memory.
  const limit = (keyPrefix: string, points: number) =>
    new RateLimiterRedis({
      storeClient,
      keyPrefix: `bundlesmith:limit:${keyPrefix}`,
      points,
      duration: WINDOW_SECONDS,
      insuranceLimiter: new RateLimiterMemory({ points, duration: WINDOW_SECONDS }),
    });
  const perShop = limit("shop", PER_SHOP);
  const perAddress = limit("address", PER_ADDRESS);
  return {
    async take(shop, address) {
      try {
        // The address first, so that one sender can't use up what the shop's shoppers share.
        await perAddress.consume(`${shop} ${address}`);
        await perShop.consume(shop);
        return true;
      } catch (refused) {
        if (refused instanceof RateLimiterRes) return false;
        throw refused;
      }
    },
    close: () => storeClient.disconnect(),
  };
}

let opened: ReturnType<typeof createBrowseLimiter> | undefined;

/** The limiter of this process, opened at first use. */
export function browseLimiter(): BrowseLimiter & { close(): void } {
  opened ??= createBrowseLimiter(env().REDIS_URL);
  return opened;
}

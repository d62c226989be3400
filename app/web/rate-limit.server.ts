import { createHmac } from "node:crypto";
import { isIPv6 } from "node:net";
import { Redis } from "ioredis";
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from "rate-limiter-flexible";
import { env } from "#app/process/env.server.ts";
import type { BrowseLimiter } from "#app/services/collect/record-browse-batch.server.ts";

const WINDOW_SECONDS = 10;
/** Batches of one shop in a window: five hundred a second is a busy sale. */
const PER_SHOP = 5_000;
/** Batches of one address in a window: an office shares one, a page sends one a second. */
const PER_ADDRESS = 200;

/**
 * What a sender is counted under. An address is personal, and Redis may write its keys to a disk: so they hold a hash
 * under a key of this app alone, and of an IPv6 address the network that one household has to choose from.
 */
function toSenderKey(secret: string, address: string): string {
  const plain = address.replace(/^::ffff:(?=[\d.]+$)/i, "");
  const network = isIPv6(plain) ? toGroups(plain).slice(0, 4).join(":") : plain;
  return createHmac("sha256", secret).update(network).digest("base64url").slice(0, 22);
}

/** The groups of an IPv6 address, those written out that "::" stands for. */
function toGroups(address: string): string[] {
  const [before, after] = address.split("::").map((part) => (part === "" ? [] : part.split(":")));
  if (after === undefined) return before!;
  return [...before!, ...Array<string>(8 - before!.length - after.length).fill("0"), ...after];
}

/**
 * Limits batches per shop and per address, in all web processes together by Redis. While Redis is down each process
 * counts for itself, because browsing must not fail with it.
 */
function createBrowseLimiter(redisUrl: string, secret: string): BrowseLimiter & { close(): void } {
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
        await perAddress.consume(`${shop} ${toSenderKey(secret, address)}`);
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
  opened ??= createBrowseLimiter(env().REDIS_URL, env().SHOPIFY_API_SECRET);
  return opened;
}

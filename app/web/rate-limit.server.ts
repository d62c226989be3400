import { createHmac } from "node:crypto";
import { Redis } from "ioredis";
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from "rate-limiter-flexible";
import { isDrawnOtherwise } from "#app/domain/evaluate/proof/sample-ratio.ts";
import { env } from "#app/process/env.server.ts";
import type { TicketLimiter } from "#app/services/collect/issue-visit-ticket.server.ts";
import type { BrowseLimiter } from "#app/services/collect/record-browse-batch.server.ts";
import { isIPv4, isIPv6 } from "node:net";

const WINDOW_SECONDS = 10;
const HOUR_SECONDS = 3_600;
const DAY_SECONDS = 86_400;
/** Batches per shop and window; 500 per second is a busy sale. */
const PER_SHOP = 5_000;
/** Batches per network and window. An office shares a network, and a page sends one batch per second. */
const PER_NETWORK = 200;
/** Events per network, shop and hour, of visitors with and without a ticket. */
const ROWS_OF_NETWORK = { vouched: 5_000, unvouched: 1_000 } as const;
/** Visitors per network, shop and hour. Visitors of a mobile carrier share a few networks. */
const TICKETS_OF_NETWORK = 500;
/** For counters without a limit; the caller judges the count. */
const NO_LIMIT = Number.MAX_SAFE_INTEGER;

type Limiter = BrowseLimiter & TicketLimiter & { close(): void };

/**
 * Limits storefront requests per shop and per network, shared by all web processes through Redis. While Redis is down,
 * each process counts for itself, because browsing must go on.
 */
function createStorefrontLimiter(redisUrl: string, secret: string): Limiter {
  const storeClient = new Redis(redisUrl, { enableOfflineQueue: false, maxRetriesPerRequest: 1 });
  storeClient.on("error", () => {}); // The limiter then counts in memory.
  const limit = (keyPrefix: string, points: number, duration: number) =>
    new RateLimiterRedis({
      storeClient,
      keyPrefix: `bundlesmith:limit:${keyPrefix}`,
      points,
      duration,
      insuranceLimiter: new RateLimiterMemory({ points, duration }),
    });
  const shopBatches = limit("shop", PER_SHOP, WINDOW_SECONDS);
  const networkBatches = limit("address", PER_NETWORK, WINDOW_SECONDS);
  const networkRows = {
    vouched: limit("rows", ROWS_OF_NETWORK.vouched, HOUR_SECONDS),
    unvouched: limit("unvouched", ROWS_OF_NETWORK.unvouched, HOUR_SECONDS),
  };
  const shopRows = limit("unvouched-shop", NO_LIMIT, DAY_SECONDS);
  const networkTickets = limit("tickets", TICKETS_OF_NETWORK, HOUR_SECONDS);
  const networkDraws = {
    treated: limit("drawn-treated", NO_LIMIT, DAY_SECONDS),
    holdout: limit("drawn-holdout", NO_LIMIT, DAY_SECONDS),
  };
  // IP addresses are personal data and Redis can write keys to disk, so keys hold an HMAC of the network.
  const toKey = (shop: string, address: string) => {
    const hash = createHmac("sha256", secret).update(networkOf(address)).digest("base64url");
    return `${shop} ${hash.slice(0, 22)}`;
  };
  return {
    take: (shop, address) =>
      unlessTooMany(async () => {
        // The network comes first, so that one sender cannot use up the shop's limit.
        await networkBatches.consume(toKey(shop, address));
        await shopBatches.consume(shop);
      }),
    takeRows: (shop, address, { rows, isVouched, shopAllowance }) =>
      unlessTooMany(async () => {
        const key = toKey(shop, address);
        if (isVouched) return void (await networkRows.vouched.consume(key, rows));
        await networkRows.unvouched.consume(key, rows);
        const sum = await shopRows.consume(shop, rows);
        if (sum.consumedPoints > shopAllowance) throw sum;
      }),
    takeTicket: (shop, address, { arm, holdoutRatio }) =>
      unlessTooMany(async () => {
        if (address === null) return;
        const key = toKey(shop, address);
        await networkTickets.consume(key);
        const sum = await networkDraws[arm].consume(key);
        const other = await networkDraws[arm === "treated" ? "holdout" : "treated"].get(key);
        const [own, others] = [sum.consumedPoints, other?.consumedPoints ?? 0];
        const [treated, holdout] = arm === "treated" ? [own, others] : [others, own];
        if (isDrawnOtherwise({ treated, holdout, holdoutRatio })) throw sum;
      }),
    close: () => storeClient.disconnect(),
  };
}

async function unlessTooMany(consume: () => Promise<void>): Promise<boolean> {
  try {
    await consume();
    return true;
  } catch (refused) {
    if (refused instanceof RateLimiterRes) return false;
    throw refused;
  }
}

let opened: Limiter | undefined;

/** The limiter of this process, opened on first use. */
export function browseLimiter(): Limiter {
  opened ??= createStorefrontLimiter(env().REDIS_URL, env().SHOPIFY_API_SECRET);
  return opened;
}

/**
 * The network from which a sender can pick addresses: /24 of IPv4, /64 of IPv6 (one household). Any other text is its
 * own network.
 */
function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=[\d.]+$)/i, "");
  if (isIPv4(plain)) return plain.split(".").slice(0, 3).join(".");
  return isIPv6(plain) ? toGroups(plain).slice(0, 4).join(":") : plain;
}

/** The groups of an IPv6 address, with "::" expanded. */
function toGroups(address: string): string[] {
  const [before, after] = address.split("::").map((part) => (part === "" ? [] : part.split(":")));
  if (after === undefined) return before!;
  return [...before!, ...Array<string>(8 - before!.length - after.length).fill("0"), ...after];
}

/**
 * The shopper's address in a request that Shopify forwarded and signed. Shopify puts it at the end of the list, before
 * its own address, which trusted proxies can append.
 *
 * @param clientAddress the sender of the request: Shopify
 * @returns null if Shopify did not send it
 */
export function shopperAddress(forwardedFor: string | null, clientAddress: string): string | null {
  const listed = (forwardedFor ?? "").split(",").flatMap((part) => part.trim() || []);
  const own = listed.lastIndexOf(clientAddress);
  return (own < 0 ? listed.at(-1) : listed[Math.max(0, own - 1)]) ?? null;
}

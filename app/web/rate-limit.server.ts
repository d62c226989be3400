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
/** Batches of one shop in a window: five hundred a second is a busy sale. */
const PER_SHOP = 5_000;
/** Batches of one network in a window: an office shares one, a page sends one a second. */
const PER_NETWORK = 200;
/** Events of one network and shop in an hour, of visitors whom a ticket speaks for, and of others. */
const ROWS_OF_NETWORK = { vouched: 5_000, unvouched: 1_000 } as const;
/** Visitors of one network and shop in an hour: those of a mobile carrier share a few networks. */
const TICKETS_OF_NETWORK = 500;
/** Of what is only counted; what is too much is decided by the count. */
const NO_LIMIT = Number.MAX_SAFE_INTEGER;

type Limiter = BrowseLimiter & TicketLimiter & { close(): void };

/**
 * Limits what comes from storefronts, per shop and per network, in all web processes together by Redis. While Redis is
 * down each process counts for itself, because browsing must not fail with it.
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
  // An address is personal, and Redis may write its keys to a disk: so they hold a hash under a key of this app alone.
  const toKey = (shop: string, address: string) => {
    const hash = createHmac("sha256", secret).update(networkOf(address)).digest("base64url");
    return `${shop} ${hash.slice(0, 22)}`;
  };
  return {
    take: (shop, address) =>
      unlessTooMany(async () => {
        // The network first, so that one sender can't use up what the shop's shoppers share.
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

/** The limiter of this process, opened at first use. */
export function browseLimiter(): Limiter {
  opened ??= createStorefrontLimiter(env().REDIS_URL, env().SHOPIFY_API_SECRET);
  return opened;
}

/**
 * The network that a sender can choose addresses from: of IPv4 the /24, of IPv6 the /64, which one household has. What is
 * no address stands for itself.
 */
function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=[\d.]+$)/i, "");
  if (isIPv4(plain)) return plain.split(".").slice(0, 3).join(".");
  return isIPv6(plain) ? toGroups(plain).slice(0, 4).join(":") : plain;
}

/** The groups of an IPv6 address, those written out that "::" stands for. */
function toGroups(address: string): string[] {
  const [before, after] = address.split("::").map((part) => (part === "" ? [] : part.split(":")));
  if (after === undefined) return before!;
  return [...before!, ...Array<string>(8 - before!.length - after.length).fill("0"), ...after];
}

/**
 * The shopper's address in a request that Shopify handed on and signed: what Shopify put at the end of the list, before
 * its own, which the proxies in front of this process may have added.
 *
 * @param clientAddress who spoke to us, or to the proxy that we trust: Shopify
 * @returns null where Shopify did not say
 */
export function shopperAddress(forwardedFor: string | null, clientAddress: string): string | null {
  const listed = (forwardedFor ?? "").split(",").flatMap((part) => part.trim() || []);
  const own = listed.lastIndexOf(clientAddress);
  return (own < 0 ? listed.at(-1) : listed[Math.max(0, own - 1)]) ?? null;
}

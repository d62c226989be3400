import { isbot } from "isbot";
import { saveBrowseEvents } from "#app/data/visits/browse-events.server.ts";
import { findShop } from "#app/data/shops/shops.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { BrowseBatch, toBrowseEvents } from "#app/domain/collect/messages/browse-batch.ts";
import { parseJsonKeepingIds } from "#app/domain/collect/messages/shopify-values.ts";
import type { Result } from "#app/domain/result.ts";

/** Says whether one more batch of this shop and address may be taken; counts it when it may. */
export interface BrowseLimiter {
  take(shop: string, address: string): Promise<boolean>;
}

interface ReceivedBatch {
  /** The body as it came; untrusted. */
  readonly text: string;
  readonly userAgent: string;
  /** Where it came from; used for the limit alone and not kept. */
  readonly address: string;
  readonly now: Date;
}

/**
 * Step 1, collect: keeps a batch of the pixel's events. Nobody signs these, so the schema is strict, the shop must
 * be installed and the rate is limited. An event id that the shop has seen changes nothing. Robots are passed over.
 *
 * @returns how many events were new, or why the batch was refused
 */
export async function recordBrowseBatch(
  { db, log }: Pick<Deps, "db" | "log">,
  limiter: BrowseLimiter,
  { text, userAgent, address, now }: ReceivedBatch,
): Promise<Result<number, "not_a_batch" | "shop_unknown" | "too_many">> {
  const batch = parseBatch(text);
  if (!batch.ok) return batch;
  const { shop } = batch.value;
  if (isCrawler(userAgent)) return { ok: true, value: 0 };
  if (!(await limiter.take(shop, address))) return { ok: false, reason: "too_many", detail: shop };
  const row = await findShop(db, shop);
  if (!row || row.uninstalledAt) return { ok: false, reason: "shop_unknown", detail: shop };
  const count = await saveBrowseEvents(db, shop, toBrowseEvents(batch.value, now));
  log.debug("collect.browsed", { shop, count });
  return { ok: true, value: count };
}

/**
 * Robots that run a page's scripts, and so its pixel, announce themselves inside a browser's name. A client that
 * claims no browser is none of them.
 */
function isCrawler(userAgent: string): boolean {
  return /mozilla|opera/i.test(userAgent) && isbot(userAgent);
}

function parseBatch(text: string): Result<BrowseBatch, "not_a_batch"> {
  let value: unknown;
  try {
    value = parseJsonKeepingIds(text);
  } catch {
    return { ok: false, reason: "not_a_batch", detail: "the body is not JSON" };
  }
  const parsed = BrowseBatch.safeParse(value);
  if (parsed.success) return { ok: true, value: parsed.data };
  const { path, message } = parsed.error.issues[0]!;
  return { ok: false, reason: "not_a_batch", detail: `${path.join(".") || "body"}: ${message}` };
}

import { isbot } from "isbot";
import { findVisitDraw } from "#app/data/experiment/experiment.server.ts";
import { countOrdersSince } from "#app/data/orders/orders.server.ts";
import { saveBrowseEvents } from "#app/data/visits/browse-events.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { BrowseBatch, toBrowseEvents } from "#app/domain/collect/messages/browse-batch.ts";
import type { BrowseEvent } from "#app/domain/collect/browse-event.ts";
import { parseJsonKeepingIds } from "#app/domain/collect/messages/shopify-values.ts";
import type { Result } from "#app/domain/result.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { openShopSecret } from "#app/services/install/shop-secret.server.ts";
import { readVisitTicket } from "./visit-ticket.server.ts";

/** Rate limiter by shop and address; counts what it admits. */
export interface BrowseLimiter {
  /** One more batch, whatever its contents. */
  take(shop: string, address: string): Promise<boolean>;
  /** This many events of visitors with a ticket, or without. */
  takeRows(
    shop: string,
    address: string,
    events: {
      readonly rows: number;
      readonly isVouched: boolean;
      /** Events without a ticket that the shop accepts in a day. */
      readonly shopAllowance: number;
    },
  ): Promise<boolean>;
}

/** Daily events of a small shop, and events per order; both twice the usual. */
const ALLOWANCE = { least: 3_000, anOrder: 300 } as const;
const ALLOWANCE_DAYS = 28;
const ALLOWANCE_HELD_MS = 3_600_000;
const allowances = new Map<string, { readonly readAtMs: number; readonly rows: number }>();

interface ReceivedBatch {
  /** The raw body; untrusted. */
  readonly text: string;
  readonly userAgent: string;
  /** The sender's address; only for the limit, not stored. */
  readonly address: string;
  readonly now: Date;
}

/**
 * Step 1, collect: saves a batch of the pixel's events. Batches are unsigned, so the schema is strict and the rate
 * limited. Only a visitor with a ticket has an arm and counts for the proof. Events without a ticket serve only the
 * learning; a shop accepts a number of them per day that follows from its orders, which Shopify signs. Known event ids
 * change nothing. Bots are skipped, and so are shops without the app: the answer does not reveal which shops have it.
 *
 * @returns number of new events, or the reason for refusing the batch
 */
export async function recordBrowseBatch(
  deps: Pick<Deps, "pool" | "secrets" | "log">,
  limiter: BrowseLimiter,
  { text, userAgent, address, now }: ReceivedBatch,
): Promise<Result<number, "not_a_batch" | "too_many">> {
  const batch = parseBatch(text);
  if (!batch.ok) return batch;
  const { shop, ticket } = batch.value;
  if (isCrawler(userAgent)) return { ok: true, value: 0 };
  if (!(await limiter.take(shop, address))) return { ok: false, reason: "too_many", detail: shop };
  const row = await findVisitDraw(deps.pool, shop);
  if (row === null) return { ok: true, value: 0 };
  const secret = ticket ? openShopSecret(deps, { ...row, shop }) : "";
  const findArm = (visitorKey: string) =>
    ticket ? readVisitTicket(secret, ticket, { shop, visitorKey, nowMs: now.getTime() }) : null;
  const events = toBrowseEvents(batch.value, { now, findArm });
  const shopAllowance = await readAllowance(deps, { shop, now });
  const taken: BrowseEvent[] = [];
  for (const isVouched of [true, false]) {
    const some = events.filter(({ arm }) => (arm !== null) === isVouched);
    if (some.length === 0) continue;
    if (await limiter.takeRows(shop, address, { rows: some.length, isVouched, shopAllowance })) {
      taken.push(...some);
    }
  }
  const count = await saveBrowseEvents(deps.pool, shop, taken);
  deps.log.debug("collect.browsed", { shop, count, refused: events.length - taken.length });
  return { ok: true, value: count };
}

async function readAllowance(
  { pool }: Pick<Deps, "pool">,
  { shop, now }: { shop: string; now: Date },
): Promise<number> {
  const held = allowances.get(shop);
  if (held && Math.abs(now.getTime() - held.readAtMs) < ALLOWANCE_HELD_MS) return held.rows;
  const since = new Date(now.getTime() - ALLOWANCE_DAYS * DAY_MS);
  const orders = await countOrdersSince(pool, { shop, since });
  const rows = Math.max(ALLOWANCE.least, (orders / ALLOWANCE_DAYS) * ALLOWANCE.anOrder);
  allowances.set(shop, { readAtMs: now.getTime(), rows });
  return rows;
}

/**
 * Bots that run scripts, and so the pixel, name themselves in a browser's user agent; other clients are none of them.
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

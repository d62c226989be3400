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

/** Says whether more of this shop and address may be taken, and counts it. */
export interface BrowseLimiter {
  /** One more batch, whatever is in it. */
  take(shop: string, address: string): Promise<boolean>;
  /** So many events of visitors whom a ticket speaks for, or of others. */
  takeRows(
    shop: string,
    address: string,
    events: {
      readonly rows: number;
      readonly isVouched: boolean;
      /** Events of the others that the shop keeps in a day. */
      readonly shopAllowance: number;
    },
  ): Promise<boolean>;
}

/** Of a shop that sells little, and what a shopper who buys stands for; both are twice what is usual. */
const ALLOWANCE = { least: 3_000, anOrder: 300 } as const;
const ALLOWANCE_DAYS = 28;
const ALLOWANCE_HELD_MS = 3_600_000;
const allowances = new Map<string, { readonly readAtMs: number; readonly rows: number }>();

interface ReceivedBatch {
  /** The body as it came; untrusted. */
  readonly text: string;
  readonly userAgent: string;
  /** Where it came from; used for the limit alone and not kept. */
  readonly address: string;
  readonly now: Date;
}

/**
 * Step 1, collect: keeps a batch of the pixel's events. Nobody signs these, so the schema is strict, the rate is limited,
 * and only a visitor whom a ticket speaks for has an arm and so counts for the proof. Of the others a shop keeps in a day
 * what its orders, which Shopify signs, let expect; they feed the learning alone. An event id that the shop has seen
 * changes nothing. Robots are passed over, and so is a shop that has not installed the app: the answer does not tell who has.
 *
 * @returns how many events were new, or why the batch was refused
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

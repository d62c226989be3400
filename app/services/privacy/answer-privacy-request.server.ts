import {
  deleteShopRows,
  eraseCustomerRows,
  readCustomerTrace,
  saveDataRequest,
  findDataRequest,
} from "#app/data/erasure/erasures.server.ts";
import { endOrderImport, forgetOrderImport } from "#app/data/orders/order-imports.server.ts";
import { findShop, hasTokenSince } from "#app/data/shops/shops.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { HOUR_MS } from "#app/domain/time.ts";
import type { CustomerSubject } from "#app/domain/collect/messages/privacy-payload.ts";

/**
 * Shopify asks 48 hours after the app was removed, and a token lives for one: no token of the removed installation is
 * good in the last 47 of them, whereas the workers renew that of a present one every hour.
 */
export const ERASURE_ASKED_AFTER_MS = 47 * HOUR_MS;

/**
 * Answers `shop/redact`: deletes every row of the shop, secrets included. A shop that has installed the app again, by
 * then or since, keeps what it has: it came back before Shopify asked, or lost all of before as it was installed. Its
 * token tells, not whether we heard of the removal: that message may have been lost, and the shop be gone all the same.
 *
 * @param requestedAt when Shopify asked
 */
export async function eraseShop(
  { db, pool, log }: Deps,
  { shop, requestedAt }: { shop: string; requestedAt: Date },
): Promise<void> {
  const row = await findShop(db, shop);
  const isBack = row !== null && row.uninstalledAt === null;
  if (isBack && (await hasTokenSince(db, shop, new Date(requestedAt.getTime() - ERASURE_ASKED_AFTER_MS)))) {
    log.warn("collect.shop_not_erased", { shop, reason: "installed again" });
    return;
  }
  const rows = await deleteShopRows(pool, shop);
  log.info("collect.shop_erased", { shop, rows });
}

/** Answers `customers/redact`: forgets which orders and which browsing were this customer's. Idempotent. */
export async function eraseCustomer(
  { pool, log }: Deps,
  { shop, subject, now }: { shop: string; subject: CustomerSubject; now: Date },
): Promise<void> {
  // The file may hold the customer, and what is read of it now would be kept after this.
  await endOrderImport(pool, { shop, state: "cancelled" });
  await forgetOrderImport(pool, shop);
  const orders = await eraseCustomerRows(pool, shop, { ...subject, erasedAt: now });
  log.info("collect.customer_erased", { shop, orders });
}

/**
 * Answers `customers/data_request`: writes down all that is kept of one customer, for the merchant to hand on. It
 * holds order lines, times and pseudonyms; names and addresses are not kept. Idempotent per request.
 */
export async function exportCustomerData(
  { db, pool, log }: Deps,
  { shop, subject, requestedAt }: { shop: string; subject: CustomerSubject; requestedAt: Date },
): Promise<void> {
  const { requestId, customerKeys } = subject;
  const trace = await readCustomerTrace(pool, shop, subject);
  // Dates as text, as the file that the merchant receives has them.
  const answer = JSON.parse(JSON.stringify(trace)) as object;
  const customerKey = customerKeys[0] ?? null;
  await saveDataRequest(db, { shop, requestId, customerKey, requestedAt, answer });
  log.info("collect.data_exported", { shop, requestId, orders: trace.orders.length });
}

/** The answer to one request as a file for the merchant to hand on, JSON; null when there is none. */
export async function readDataRequestFile(
  { db }: Pick<Deps, "db">,
  { shop, requestId }: { shop: string; requestId: string },
): Promise<string | null> {
  const request = await findDataRequest(db, { shop, requestId });
  if (!request) return null;
  const { requestedAt, answer } = request;
  return `${JSON.stringify({ shop, requestId, requestedAt, ...(answer as object) }, null, 2)}\n`;
}

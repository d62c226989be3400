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
 * Shopify requests the erasure 48 hours after the app was removed, and a token is valid for one hour. So no token of
 * the removed installation is valid in the last 47 hours, while the workers renew a present one every hour.
 */
export const ERASURE_ASKED_AFTER_MS = 47 * HOUR_MS;

/**
 * Answers `shop/redact`: deletes every row of the shop, secrets included. A shop that has the app again keeps its data:
 * it either came back before the request, or lost its old data at the new installation. The shop's token decides this,
 * because the message about the removal may have been lost.
 *
 * @param requestedAt when Shopify sent the request
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

/** Answers `customers/redact`: removes the link from orders and browsing to this customer. Idempotent. */
export async function eraseCustomer(
  { pool, log }: Deps,
  { shop, subject, now }: { shop: string; subject: CustomerSubject; now: Date },
): Promise<void> {
  // The file can hold the customer, and orders read from it now would stay after this.
  await endOrderImport(pool, { shop, state: "cancelled" });
  await forgetOrderImport(pool, shop);
  const orders = await eraseCustomerRows(pool, shop, { ...subject, erasedAt: now });
  log.info("collect.customer_erased", { shop, orders });
}

/**
 * Answers `customers/data_request`: stores all data of one customer for the merchant to hand on. They are order lines,
 * times and pseudonyms; the app has no names or addresses. Idempotent per request.
 */
export async function exportCustomerData(
  { db, pool, log }: Deps,
  { shop, subject, requestedAt }: { shop: string; subject: CustomerSubject; requestedAt: Date },
): Promise<void> {
  const { requestId, customerKeys } = subject;
  const trace = await readCustomerTrace(pool, shop, subject);
  // Dates as text, as in the merchant's file.
  const answer = JSON.parse(JSON.stringify(trace)) as object;
  const customerKey = customerKeys[0] ?? null;
  await saveDataRequest(db, { shop, requestId, customerKey, requestedAt, answer });
  log.info("collect.data_exported", { shop, requestId, orders: trace.orders.length });
}

/** The answer to one request as a JSON file for the merchant; null without one. */
export async function readDataRequestFile(
  { db }: Pick<Deps, "db">,
  { shop, requestId }: { shop: string; requestId: string },
): Promise<string | null> {
  const request = await findDataRequest(db, { shop, requestId });
  if (!request) return null;
  const { requestedAt, answer } = request;
  return `${JSON.stringify({ shop, requestId, requestedAt, ...(answer as object) }, null, 2)}\n`;
}

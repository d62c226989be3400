import { deleteShopRows } from "#app/data/erasures.server.ts";
import { findShop, hasTokenSince } from "#app/data/shops.server.ts";
import type { Deps } from "#app/deps.server.ts";
import { HOUR_MS } from "#app/domain/time.ts";

/**
 * Shopify asks 48 hours after the app was removed, and a token lives for one: no token of the removed installation is
 * good in the last 47 of them, whereas the workers renew that of a present one every hour.
 */
const NO_TOKEN_HOURS = 47;

/**
 * Answers `shop/redact`: deletes every row of the shop, secrets included. A shop that has installed the app again by
 * then keeps what it has, since that belongs to the new installation. Its token tells, not whether we heard of the
 * removal: that message may have been lost, and the shop be gone all the same.
 *
 * @param requestedAt when Shopify asked
 */
export async function eraseShop(
  { db, pool, log }: Deps,
  { shop, requestedAt }: { shop: string; requestedAt: Date },
): Promise<void> {
  const row = await findShop(db, shop);
  const isBack = row !== null && row.uninstalledAt === null && row.installedAt < requestedAt;
  if (isBack && (await hasTokenSince(db, shop, new Date(requestedAt.getTime() - NO_TOKEN_HOURS * HOUR_MS)))) {
    log.warn("collect.shop_not_erased", { shop, reason: "installed again" });
    return;
  }
  const rows = await deleteShopRows(pool, shop);
  log.info("collect.shop_erased", { shop, rows });
}

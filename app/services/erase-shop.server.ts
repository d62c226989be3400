import { deleteShopRows } from "#app/data/erasures.server.ts";
import { findShop } from "#app/data/shops.server.ts";
import type { Deps } from "#app/deps.server.ts";

/**
 * Answers `shop/redact`: deletes every row of the shop, secrets included. Shopify asks 48 hours after the app was
 * removed; a shop that has installed it again by then keeps what it has, since that belongs to the new installation.
 *
 * @param requestedAt when Shopify asked
 */
export async function eraseShop(
  { db, pool, log }: Deps,
  { shop, requestedAt }: { shop: string; requestedAt: Date },
): Promise<void> {
  const row = await findShop(db, shop);
  const isBack = row !== null && row.uninstalledAt === null && row.installedAt < requestedAt;
  if (isBack && (await db.session.count({ where: { shop } })) > 0) {
    log.warn("collect.shop_not_erased", { shop, reason: "installed again" });
    return;
  }
  const rows = await deleteShopRows(pool, shop);
  log.info("collect.shop_erased", { shop, rows });
}

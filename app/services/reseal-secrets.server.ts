import { listShopSecrets, replaceShopSecret } from "#app/data/shops.server.ts";
import type { Deps } from "#app/deps.server.ts";
import { shopSecretPlace } from "./open-shop-secret.server.ts";

/**
 * Seals anew every shop's secret that is not sealed under the current key, so that an old key can be taken away.
 * Tokens need no such pass: Shopify's expire within the hour, and their successors are sealed when they are stored.
 *
 * @returns how many were sealed
 * @throws AppError config_invalid when one does not open
 */
export async function resealSecrets({
  db,
  secrets,
  log,
}: Pick<Deps, "db" | "secrets" | "log">): Promise<number> {
  let sealed = 0;
  for (const { shop, customerKeySecret } of await listShopSecrets(db)) {
    if (secrets.isCurrent(customerKeySecret)) continue;
    const place = shopSecretPlace(shop);
    const renewed = secrets.seal(secrets.open(customerKeySecret, place), place);
    sealed += await replaceShopSecret(db, shop, { known: customerKeySecret, renewed });
  }
  if (sealed > 0) log.info("collect.secrets_sealed", { shops: sealed });
  return sealed;
}

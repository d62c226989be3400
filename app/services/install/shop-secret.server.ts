import { createHmac } from "node:crypto";
import type { Deps } from "#app/services/deps.server.ts";
import { listShopSecrets, replaceShopSecret } from "#app/data/shops/shops.server.ts";

/** Where a shop's secret stands; part of what its seal vouches for. */
export function shopSecretPlace(shop: string): string {
  return `Shop.customerKeySecret ${shop}`;
}

/**
 * The secret that keys the pseudonyms of a shop's customers.
 *
 * @throws AppError config_invalid when no key of this process opens it
 */
export function openShopSecret(
  { secrets }: Pick<Deps, "secrets">,
  { shop, customerKeySecret }: { shop: string; customerKeySecret: string },
): string {
  return secrets.open(customerKeySecret, shopSecretPlace(shop));
}

/** Half of SHA-256: with a million customers the odds that two share a key are below 1 in 10^25. */
const KEY_HEX_DIGITS = 32;

/**
 * Pseudonym of an id: HMAC-SHA256 under the shop's own secret, 32 hex digits. Without the secret, which is erased
 * with the shop, nobody can tell whether an id belongs to a key; two shops share no key for the same person.
 */
export function pseudonymise(secret: string, id: string): string {
  return createHmac("sha256", secret).update(id).digest("hex").slice(0, KEY_HEX_DIGITS);
}

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

import { createHmac } from "node:crypto";
import type { Deps } from "#app/services/deps.server.ts";
import { listShopSecrets, replaceShopSecret } from "#app/data/shops/shops.server.ts";

/** Where a shop's secret is stored, which its seal authenticates. */
export function shopSecretPlace(shop: string): string {
  return `Shop.customerKeySecret ${shop}`;
}

/**
 * The secret key for the pseudonyms of a shop's customers.
 *
 * @throws AppError config_invalid when no key of this process opens it
 */
export function openShopSecret(
  { secrets }: Pick<Deps, "secrets">,
  { shop, customerKeySecret }: { shop: string; customerKeySecret: string },
): string {
  return secrets.open(customerKeySecret, shopSecretPlace(shop));
}

/** Half of SHA-256: with a million customers, the chance that two share a key is below 1 in 10^25. */
const KEY_HEX_DIGITS = 32;

/**
 * Pseudonym of an id: HMAC-SHA256 with the shop's own secret, 32 hex digits. Without the secret, which is erased with
 * the shop, nobody can match ids to keys. The same person has different keys in two shops.
 */
export function pseudonymise(secret: string, id: string): string {
  return createHmac("sha256", secret).update(id).digest("hex").slice(0, KEY_HEX_DIGITS);
}

/**
 * Reseals every shop's secret that is not sealed with the current key, so that an old key can be removed. Tokens need
 * no such pass: Shopify's expire within the hour, and new ones are sealed when stored.
 *
 * @returns how many were resealed
 * @throws AppError config_invalid when one does not open, after all others are resealed
 */
export async function resealSecrets({
  db,
  secrets,
  log,
}: Pick<Deps, "db" | "secrets" | "log">): Promise<number> {
  let sealed = 0;
  const failures: unknown[] = [];
  for (const { shop, customerKeySecret } of await listShopSecrets(db)) {
    if (secrets.isCurrent(customerKeySecret)) continue;
    const place = shopSecretPlace(shop);
    try {
      const renewed = secrets.seal(secrets.open(customerKeySecret, place), place);
      sealed += await replaceShopSecret(db, shop, { known: customerKeySecret, renewed });
    } catch (error) {
      failures.push(error);
    }
  }
  if (sealed > 0) log.info("collect.secrets_sealed", { shops: sealed });
  if (failures.length > 0) throw failures[0];
  return sealed;
}

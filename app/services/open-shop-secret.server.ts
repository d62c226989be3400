import type { Deps } from "#app/deps.server.ts";

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

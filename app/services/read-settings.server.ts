import type { Deps } from "#app/deps.server.ts";
import { readSettings as readStored } from "#app/data/settings.server.ts";
import type { ShopSettings } from "#app/domain/shop-settings.ts";

/**
 * What the merchant has set, defaults included.
 *
 * @throws AppError input_invalid when the shop has not installed the app
 */
export async function readSettings({ db }: Deps, { shop }: { shop: string }): Promise<ShopSettings> {
  return readStored(db, shop);
}

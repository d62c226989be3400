import { readCatalogueNames } from "#app/data/products/catalogue.server.ts";
import { readSettings } from "#app/data/shops/shops.server.ts";
import { LEAVE_OUT_QUERY } from "#app/domain/publish/storefront-offer.ts";
import type { Deps } from "#app/services/deps.server.ts";

/** The settings and the names of what they exclude. */
export async function readSettingsPage({ db, pool }: Pick<Deps, "db" | "pool">, { shop }: { shop: string }) {
  const settings = await readSettings(db, shop);
  const gids = [...settings.excludedProductGids, ...settings.excludedCollectionGids];
  return {
    settings,
    names: Object.fromEntries(await readCatalogueNames(pool, { shop, gids })),
    /** Opens the shop and leaves the browser that does so out of all counting. */
    leaveOutUrl: `https://${shop}/?${LEAVE_OUT_QUERY}`,
  };
}

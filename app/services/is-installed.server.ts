import { findShop } from "#app/data/shops.server.ts";
import type { Deps } from "#app/deps.server.ts";

/** Whether the shop has the app now. One that removed it has no token to ask Shopify with. */
export async function isInstalled({ db }: Pick<Deps, "db">, shop: string): Promise<boolean> {
  const row = await findShop(db, shop);
  return row !== null && row.uninstalledAt === null;
}

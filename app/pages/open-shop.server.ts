import { readKeptShop, toSettings } from "#app/data/shops/shops.server.ts";
import { createShopFormat } from "#app/locales/shop-format.server.ts";
import type { Words } from "#app/locales/words.server.ts";
import type { Deps } from "#app/services/deps.server.ts";

/**
 * A shop's row, how its numbers, money and dates are written for who asks, and its settings. Whoever opened a request of a
 * page has made sure that the row is there.
 */
export async function openShop({ db }: Pick<Deps, "db">, { shop, words }: { shop: string; words: Words }) {
  const row = await readKeptShop(db, shop);
  return {
    row,
    format: createShopFormat(row, words.locale),
    /** @throws AppError where they cannot be read, which a page without them need not hear of */
    get settings() {
      return toSettings(shop, row.settings);
    },
  };
}

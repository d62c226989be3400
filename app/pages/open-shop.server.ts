import { readKeptShop, toSettings } from "#app/data/shops/shops.server.ts";
import { createShopFormat } from "#app/locales/shop-format.server.ts";
import type { Words } from "#app/locales/words.server.ts";
import type { Deps } from "#app/services/deps.server.ts";

/**
 * A shop's row, its formats in the reader's language, and its settings. The row exists, because opening a page request
 * ensures it.
 */
export async function openShop({ db }: Pick<Deps, "db">, { shop, words }: { shop: string; words: Words }) {
  const row = await readKeptShop(db, shop);
  return {
    row,
    format: createShopFormat(row, words.locale),
    /** @throws AppError if they are unreadable; a getter, so that pages without settings still work */
    get settings() {
      return toSettings(shop, row.settings);
    },
  };
}

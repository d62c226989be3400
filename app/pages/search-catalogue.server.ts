import { searchVariants } from "#app/data/products/product-variants.server.ts";
import { findShop } from "#app/data/shops/shops.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { isOnlyVariant } from "#app/domain/collect/product-facts.ts";
import type { Words } from "#app/locales/words.server.ts";
import {
  findInCatalogue,
  type CatalogueEntry,
  type CatalogueKind,
} from "#app/data/products/exclusions.server.ts";
import { createShopFormat } from "#app/locales/shop-format.server.ts";

/** More are no longer read; another letter finds fewer. */
const SHOWN = 12;

/** What a shop sells by a part of its name, for a merchant who looks for a product. */
export async function searchProducts(
  deps: Deps,
  { shop, search, words }: { shop: string; search: string; words: Words },
) {
  const row = await findShop(deps.db, shop);
  if (!row) return [];
  const format = createShopFormat(row, words.locale);
  const variants = await searchVariants(deps.db, { shop, search, limit: SHOWN });
  return variants.map(({ variantGid, title, priceMinor, product }) => ({
    variantGid,
    title: isOnlyVariant(title) ? product.title : `${product.title} – ${title}`,
    imageUrl: product.imageUrl ?? "",
    priceMinor,
    price: format.money(priceMinor),
  }));
}

/** A list that is longer is not read to its end; typing makes it shorter. */
const SHOWN_ENTRIES = 25;

/** The shop's products, collections or tags whose name holds the text. */
export async function searchCatalogue(
  { pool }: Pick<Deps, "pool">,
  search: { shop: string; kind: CatalogueKind; text: string },
): Promise<CatalogueEntry[]> {
  return findInCatalogue(pool, { ...search, limit: SHOWN_ENTRIES });
}

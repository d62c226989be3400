import type { BundleRow } from "#app/data/bundles/bundles.server.ts";
import { listVariantsOfProducts } from "#app/data/products/products.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { openComponents } from "#app/domain/publish/open-components.ts";
import type { ShopSettings } from "#app/domain/shop-settings.ts";
import { toApprovedBundle, withCosts } from "./read-approved-bundles.server.ts";

/**
 * Of each bundle, by component, the variants that shoppers may take for it: where the merchant lets them choose, and
 * publishing opens it, every one of its product; else its own alone.
 *
 * @param rows bundles that are or may come on the storefront together
 */
export async function readOpenVariants(
  { db }: Pick<Deps, "db">,
  { shop, settings, rows }: { shop: string; settings: ShopSettings; rows: readonly BundleRow[] },
): Promise<Map<string, readonly (readonly string[])[]>> {
  const productGids = rows
    .filter(({ letsShopperChoose }) => letsShopperChoose)
    .flatMap(({ components }) => components.map(({ productGid }) => productGid));
  const variants = await listVariantsOfProducts(db, shop, [...new Set(productGids)]);
  const approved = rows.map((row) => toApprovedBundle(row, new Map()));
  const siblingsOf = new Map<string, string[]>();
  for (const { productGid, variantGid } of variants)
    siblingsOf.set(productGid, [...(siblingsOf.get(productGid) ?? []), variantGid]);
  return new Map(
    openComponents(approved, withCosts(variants, settings), settings).map(({ id, components }) => [
      id,
      components.map(({ variantGid, productGid, openStock }) =>
        openStock ? siblingsOf.get(productGid)! : [variantGid],
      ),
    ]),
  );
}

import {
  listLiveBundles,
  type BundleRow,
  readVariants,
  type CatalogueVariant,
} from "#app/data/bundles/bundles.server.ts";
import { readForecasts } from "#app/data/bundles/read-bundles.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import type { ShopSettings } from "#app/domain/shop-settings.ts";
import { readOpenVariants } from "#app/services/publish/read-approved-bundles.server.ts";

type VariantForecast = Awaited<ReturnType<typeof readForecasts>> extends Map<string, infer F> ? F : never;

/** A component of a bundle, with the current catalogue. */
export interface ComponentChoice {
  /** The bundle's own variant; undefined if it is gone from the catalogue. */
  readonly variant: CatalogueVariant | undefined;
  /** Variants that shoppers can choose from, once the bundle is live; at least the bundle's own. */
  readonly variants: readonly CatalogueVariant[];
  /** Forecasts of these variants; variants without one are left out. */
  readonly forecasts: readonly VariantForecast[];
}

/** The variants and forecasts of each component, in the bundle's order. */
export async function readComponentChoices(
  { db }: Pick<Deps, "db">,
  { shop, settings, bundle }: { shop: string; settings: ShopSettings; bundle: BundleRow },
): Promise<ComponentChoice[]> {
  const products = new Set(bundle.components.map(({ productGid }) => productGid));
  // Another live bundle of the same products rules out a choice of variants.
  const alike = (await listLiveBundles(db, shop)).filter(
    ({ id, components }) =>
      id !== bundle.id && components.every(({ productGid }) => products.has(productGid)),
  );
  const open = (await readOpenVariants({ db }, { shop, settings, rows: [...alike, bundle] })).get(bundle.id)!;
  const variantGids = open.flat();
  const [variants, forecasts] = await Promise.all([
    readVariants(
      db,
      shop,
      variantGids.map((variantGid) => ({ variantGid })),
    ),
    readForecasts(db, { shop, variantGids }),
  ]);
  return bundle.components.map(({ variantGid }, position) => ({
    variant: variants.get(variantGid),
    variants: open[position]!.flatMap((gid) => variants.get(gid) ?? []),
    forecasts: open[position]!.flatMap((gid) => forecasts.get(gid) ?? []),
  }));
}

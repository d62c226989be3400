import { readVariants, type CatalogueVariant } from "#app/data/bundles/bundles.server.ts";
import { listExcludedVariants } from "#app/data/products/catalogue.server.ts";
import { listVariantsOfProducts } from "#app/data/products/products.server.ts";
import { findArtefactInUse } from "#app/data/runs/models.server.ts";
import { readSettings } from "#app/data/shops/shops.server.ts";
import { rankPartners } from "#app/domain/behaviour/behaviour-model.ts";
import { leaveOutDesigns } from "#app/domain/propose/titles/leave-out-designs.ts";
import { nameWordsOf } from "#app/domain/propose/titles/title-words.ts";
import type { Deps } from "#app/services/deps.server.ts";

/** As many as a merchant can take in at a glance. */
const MOST_COMPLEMENTS = 5;
/** Minimum score relative to the best: chance links rarely reach half of a true one. */
export const LEAST_OF_BEST = 0.5;

/**
 * Gids of the products that go with the given ones, by the behaviour model of the newest run, best first. Leaves out
 * products that are not on sale, that the merchant excludes, or whose names show another design of a given product: a
 * range is for those.
 */
export async function readComplements(
  { db, pool }: Pick<Deps, "db" | "pool">,
  { shop, productGids }: { readonly shop: string; readonly productGids: readonly string[] },
): Promise<string[]> {
  const artefact = await findArtefactInUse(db, { shop, runId: null });
  if (!artefact) return [];
  const given = await listVariantsOfProducts(db, shop, productGids);
  const partners = rankPartners(artefact, new Set(given.map(({ variantGid }) => variantGid)));
  const wanted = [...given.map(({ variantGid }) => variantGid), ...partners.map(({ key }) => key)];
  const [variants, settings] = await Promise.all([
    readVariants(
      db,
      shop,
      wanted.map((variantGid) => ({ variantGid })),
    ),
    readSettings(db, shop),
  ]);
  const excluded = await listExcludedVariants(pool, { shop, ...settings });
  const givenNames = given.flatMap(({ variantGid }) => variants.get(variantGid) ?? []).map(toName);
  const onSale = partners.flatMap(({ key, strength }) => {
    const variant = variants.get(key);
    if (!variant || excluded.has(key) || !isOnSale(variant)) return [];
    const { productGid } = variant;
    return productGids.includes(productGid) ? [] : [{ productGid, strength, name: toName(variant) }];
  });
  const others = leaveOutDesigns(onSale, givenNames);
  const found = others.filter(({ strength }) => strength >= LEAST_OF_BEST * others[0]!.strength);
  return [...new Set(found.map(({ productGid }) => productGid))].slice(0, MOST_COMPLEMENTS);
}

function toName({ product, priceMinor }: CatalogueVariant) {
  return { words: nameWordsOf(product.title), priceMinor };
}

function isOnSale({ product, inventoryQuantity }: CatalogueVariant): boolean {
  const isLeft = inventoryQuantity === null || inventoryQuantity > 0;
  return product.status === "active" && product.deletedAt === null && isLeft;
}

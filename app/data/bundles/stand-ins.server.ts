import type { Db } from "#app/data/db.server.ts";
import type { StandInCandidate } from "#app/domain/publish/stand-ins.ts";
import { inNumbers } from "#app/data/money-columns.ts";

/** Enough of a category to find a near product in, and few enough for a pass that must take seconds. */
const MAX_PER_PASS = 2_000;

/**
 * The given variants, and of their categories every product that is for sale, by its first variant. Products without
 * a category have no neighbours.
 *
 * @param excluded variants that may stand in for nothing
 */
export async function listStandInCandidates(
  db: Pick<Db, "variant">,
  shop: string,
  variantGids: readonly string[],
  excluded: ReadonlySet<string>,
): Promise<StandInCandidate[]> {
  if (variantGids.length === 0) return [];
  const missing = await db.variant.findMany({
    where: { shop, variantGid: { in: [...variantGids] }, product: { productType: { not: "" } } },
    include: { product: { select: { title: true, productType: true } } },
  });
  const productTypes = [...new Set(missing.map(({ product }) => product.productType))];
  const others = await db.variant.findMany({
    where: {
      shop,
      position: 1,
      variantGid: { notIn: [...variantGids] },
      OR: [{ inventoryQuantity: null }, { inventoryQuantity: { gt: 0 } }],
      product: { productType: { in: productTypes }, status: "active", deletedAt: null },
    },
    include: { product: { select: { title: true, productType: true } } },
    orderBy: { variantGid: "asc" },
    // Left out here and not by the query, which takes no more than 32,767 values.
    take: MAX_PER_PASS + excluded.size,
  });
  const allowed = others.filter(({ variantGid }) => !excluded.has(variantGid)).slice(0, MAX_PER_PASS);
  return [...missing, ...allowed]
    .map(inNumbers)
    .map(({ variantGid, productGid, priceMinor, costMinor, inventoryQuantity, product }) => ({
      variantGid,
      productGid,
      title: product.title,
      productType: product.productType,
      priceMinor,
      costMinor,
      stockUnits: inventoryQuantity,
    }));
}

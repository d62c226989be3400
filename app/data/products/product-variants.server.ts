import type { Db } from "#app/data/db.server.ts";
import type { SiblingVariant } from "#app/domain/publish/open-components.ts";
import { inNumbers } from "#app/data/money-columns.ts";
import { toLiteralPattern } from "#app/data/literal-pattern.ts";

/** Every variant of these products, with price, cost and stock, in the products' own order. */
export async function listVariantsOfProducts(
  db: Pick<Db, "variant">,
  shop: string,
  productGids: readonly string[],
): Promise<SiblingVariant[]> {
  if (productGids.length === 0) return [];
  const rows = await db.variant.findMany({
    where: { shop, productGid: { in: [...productGids] } },
    select: {
      variantGid: true,
      productGid: true,
      priceMinor: true,
      costMinor: true,
      inventoryQuantity: true,
    },
    orderBy: [{ productGid: "asc" }, { position: "asc" }, { variantGid: "asc" }],
  });
  return rows
    .map(inNumbers)
    .map(({ inventoryQuantity, ...variant }) => ({ ...variant, stockUnits: inventoryQuantity }));
}

/** The variants that bundles of the shop hold, whatever was decided of them. */
export async function listBundledVariants(
  db: Pick<Db, "bundleComponent">,
  shop: string,
): Promise<ReadonlySet<string>> {
  const rows = await db.bundleComponent.findMany({
    where: { shop },
    distinct: ["variantGid"],
    select: { variantGid: true },
  });
  return new Set(rows.map(({ variantGid }) => variantGid));
}

/**
 * Variants of active products by a part of the product's title or of a SKU, any case, the products in the order of
 * their titles.
 */
export async function searchVariants(
  db: Pick<Db, "variant">,
  { shop, search, limit }: { shop: string; search: string; limit: number },
) {
  const contains = { contains: toLiteralPattern(search), mode: "insensitive" as const };
  const variants = await db.variant.findMany({
    where: {
      shop,
      product: { status: "active", deletedAt: null },
      OR: [{ product: { title: contains } }, { sku: contains }],
    },
    select: {
      variantGid: true,
      title: true,
      priceMinor: true,
      product: { select: { title: true, imageUrl: true } },
    },
    orderBy: [{ product: { title: "asc" } }, { position: "asc" }, { variantGid: "asc" }],
    take: limit,
  });
  return variants.map(inNumbers);
}

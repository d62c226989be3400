import type { Db } from "#app/data/db.server.ts";
import type { SiblingVariant } from "#app/domain/publish/open-components.ts";
import { inNumbers } from "#app/data/money-columns.ts";

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

/** Of each of these products that is for sale its first variant, by its handle. */
export async function listVariantsByHandle(
  db: Pick<Db, "variant">,
  shop: string,
  handles: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await db.variant.findMany({
    where: { shop, product: { shop, status: "active", handle: { in: [...new Set(handles)] } } },
    select: { variantGid: true, product: { select: { handle: true } } },
    orderBy: [{ position: "desc" }, { variantGid: "desc" }],
  });
  return new Map(rows.map(({ variantGid, product }) => [product.handle, variantGid]));
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

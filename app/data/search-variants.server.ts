import type { Db } from "../db.server.ts";
import { toLiteralPattern } from "./literal-pattern.ts";
import { inNumbers } from "./money-columns.ts";

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

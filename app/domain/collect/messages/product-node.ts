import { z } from "zod";
import type { Result } from "#app/domain/result.ts";
import { ProductStatus, type ProductEvent } from "./product-event.ts";
import { Instant, Int32, Price, readPayload, toMinor } from "./shopify-values.ts";

const VariantNode = z.object({
  id: z.string(),
  title: z.string(),
  sku: z.string().nullish(),
  price: Price,
  position: Int32.min(1),
  inventoryQuantity: Int32.nullish(),
  inventoryPolicy: z.string(),
  inventoryItem: z.object({
    id: z.string(),
    tracked: z.boolean(),
    unitCost: z.object({ amount: Price }).nullish(),
    locationsCount: z.object({ count: Int32 }).nullish(),
  }),
});

const ProductNode = z.object({
  id: z.string(),
  title: z.string(),
  handle: z.string(),
  productType: z.string(),
  tags: z.array(z.string()),
  status: ProductStatus,
  updatedAt: Instant,
  featuredMedia: z
    .object({ preview: z.object({ image: z.object({ url: z.string() }).nullish() }).nullish() })
    .nullish(),
});

/**
 * Step 1, collect: a product of the Admin API with all its variants.
 *
 * @param currency of the shop
 * @returns reason "payload_unusable" with the first field that does not fit
 */
export function toProductEventFromNode(
  node: unknown,
  variantNodes: readonly unknown[],
  currency: string,
): Result<ProductEvent, "payload_unusable"> {
  const schema = z.object({ node: ProductNode, variants: z.array(VariantNode) });
  return readPayload(schema, { node, variants: variantNodes }, ({ node: product, variants }) => ({
    productGid: product.id,
    title: product.title,
    handle: product.handle,
    productType: product.productType,
    tags: product.tags,
    status: product.status,
    imageUrl: product.featuredMedia?.preview?.image?.url ?? null,
    updatedAt: product.updatedAt,
    hasAllVariants: true,
    variants: variants.map(({ id, title, sku, price, position, inventoryItem, ...stock }) => ({
      variantGid: id,
      inventoryItemGid: inventoryItem.id,
      title,
      sku: sku ?? "",
      priceMinor: toMinor(price, currency),
      costMinor: inventoryItem.unitCost ? toMinor(inventoryItem.unitCost.amount, currency) : null,
      inventoryQuantity:
        inventoryItem.tracked && stock.inventoryPolicy !== "CONTINUE"
          ? (stock.inventoryQuantity ?? null)
          : null,
      locationCount: inventoryItem.locationsCount?.count ?? null,
      position,
    })),
  }));
}

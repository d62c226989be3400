import { z } from "zod";
import type { Result } from "#app/domain/result.ts";
import { Gid, Instant, Int32, NumericId, Price, readPayload, toGid, toMinor } from "./shopify-values.ts";

/**
 * Webhooks carry at most this many variants of a product. In a larger product a missing variant is only deleted if
 * `variant_gids` lacks it too, which names all variants of a product of any size.
 */
const MAX_PAYLOAD_VARIANTS = 100;

const VariantEvent = z.object({
  variantGid: z.string(),
  inventoryItemGid: z.string().nullable(),
  title: z.string(),
  sku: z.string(),
  priceMinor: z.number().int().min(0),
  /** Unit cost; undefined if the message does not say, null if the shop has set none. */
  costMinor: z.number().int().min(0).nullable().optional(),
  /** Units on hand; null if they do not limit sales: not tracked, or sold when out of stock. */
  inventoryQuantity: z.number().int().nullable(),
  /** Number of locations that stock it; undefined if the message does not say. */
  locationCount: z.number().int().nullable().optional(),
  position: z.number().int().min(1),
});

/**
 * A product at one moment. If `hasAllVariants` is false, `variants` can be incomplete; `variantGids`, if present, names
 * all of them.
 */
export const ProductEvent = z.object({
  productGid: z.string(),
  title: z.string(),
  handle: z.string(),
  productType: z.string(),
  tags: z.array(z.string()),
  status: z.enum(["active", "draft", "archived"]),
  imageUrl: z.string().nullable(),
  updatedAt: z.iso.datetime(),
  variants: z.array(VariantEvent),
  hasAllVariants: z.boolean(),
  variantGids: z.array(z.string()).optional(),
});
export type ProductEvent = z.infer<typeof ProductEvent>;

export const ProductDeletion = z.object({ productGid: z.string() });
export type ProductDeletion = z.infer<typeof ProductDeletion>;

/** Units available of one item at one location. */
export const StockEvent = z.object({
  inventoryItemGid: z.string(),
  locationKey: z.string(),
  availableUnits: z.number().int(),
  updatedAt: z.iso.datetime(),
});
export type StockEvent = z.infer<typeof StockEvent>;

/** Shopify's status to ours; an unknown status, such as "unlisted", becomes a draft and is not proposed. */
export const ProductStatus = z
  .string()
  .transform((status) => status.toLowerCase())
  .transform((status) =>
    status === "active"
      ? ("active" as const)
      : status === "archived"
        ? ("archived" as const)
        : ("draft" as const),
  );

const Variant = z.object({
  admin_graphql_api_id: Gid,
  inventory_item_id: NumericId.nullish(),
  title: z.string(),
  sku: z.string().nullish(),
  price: Price,
  position: Int32.min(1).nullish(),
  inventory_quantity: Int32.nullish(),
  inventory_management: z.string().nullish(),
  inventory_policy: z.string().nullish(),
});

const Product = z.object({
  admin_graphql_api_id: Gid,
  title: z.string(),
  handle: z.string(),
  product_type: z.string().nullish(),
  // Webhooks send one text with commas.
  tags: z.union([z.string(), z.array(z.string())]).nullish(),
  status: ProductStatus,
  updated_at: Instant,
  image: z.object({ src: z.string().nullish() }).nullish(),
  variants: z.array(Variant).nullish(),
  variant_gids: z.array(z.object({ admin_graphql_api_id: Gid })).nullish(),
});

/**
 * Step 1, collect: the payload of `products/create` and `products/update`.
 *
 * @param currency of the shop, in which webhooks give prices
 * @returns reason "payload_unusable" with the first field that does not fit
 */
export function toProductEvent(payload: unknown, currency: string): Result<ProductEvent, "payload_unusable"> {
  return readPayload(Product, payload, (product) => {
    const tags = typeof product.tags === "string" ? product.tags.split(",") : (product.tags ?? []);
    const variants = product.variants ?? [];
    return {
      productGid: product.admin_graphql_api_id,
      title: product.title,
      handle: product.handle,
      productType: product.product_type ?? "",
      tags: tags.map((tag) => tag.trim()).filter((tag) => tag !== ""),
      status: product.status,
      imageUrl: product.image?.src ?? null,
      updatedAt: product.updated_at,
      // A product has at least one variant.
      hasAllVariants: variants.length > 0 && variants.length < MAX_PAYLOAD_VARIANTS,
      ...(product.variant_gids && {
        variantGids: product.variant_gids.map(({ admin_graphql_api_id }) => admin_graphql_api_id),
      }),
      variants: variants.map((variant, index) => ({
        variantGid: variant.admin_graphql_api_id,
        inventoryItemGid: variant.inventory_item_id
          ? toGid("InventoryItem", variant.inventory_item_id)
          : null,
        title: variant.title,
        sku: variant.sku ?? "",
        priceMinor: toMinor(variant.price, currency),
        // An explicit null means that the shop does not track this variant.
        inventoryQuantity:
          variant.inventory_management === null || variant.inventory_policy === "continue"
            ? null
            : (variant.inventory_quantity ?? null),
        position: variant.position ?? index + 1,
      })),
    };
  });
}

/** Step 1, collect: the payload of `products/delete`, which holds only the numeric id. */
export function toProductDeletion(payload: unknown): Result<ProductDeletion, "payload_unusable"> {
  return readPayload(z.object({ id: NumericId }), payload, ({ id }) => ({
    productGid: toGid("Product", id),
  }));
}

const Level = z.object({
  inventory_item_id: NumericId,
  location_id: NumericId,
  available: Int32.nullish(),
  updated_at: Instant,
});

/** Step 1, collect: the payload of `inventory_levels/update`. An unavailable level counts as 0 units. */
export function toStockEvent(payload: unknown): Result<StockEvent, "payload_unusable"> {
  return readPayload(Level, payload, (level) => ({
    inventoryItemGid: toGid("InventoryItem", level.inventory_item_id),
    locationKey: level.location_id,
    availableUnits: level.available ?? 0,
    updatedAt: level.updated_at,
  }));
}

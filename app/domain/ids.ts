/** Shopify's global ids; numeric REST ids end in `collect`, because they exceed 2^53. */
export type ProductGid = `gid://shopify/Product/${string}`;
export type VariantGid = `gid://shopify/ProductVariant/${string}`;
export type OrderGid = `gid://shopify/Order/${string}`;
export type ShopDomain = `${string}.myshopify.com`;

/** The last segment of a global id: "gid://shopify/ProductVariant/42" → "42". */
export function toLegacyId(gid: string): string {
  return gid.slice(gid.lastIndexOf("/") + 1);
}

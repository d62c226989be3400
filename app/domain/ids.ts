/** The last segment of a global id: "gid://shopify/ProductVariant/42" → "42". */
export function toLegacyId(gid: string): string {
  return gid.slice(gid.lastIndexOf("/") + 1);
}

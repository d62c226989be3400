import type { Resolvers } from "./admin-context.ts";
import { appResolvers } from "./app-resolvers.ts";
import { bulkResolvers } from "./bulk-resolvers.ts";
import { catalogueResolvers } from "./catalogue-resolvers.ts";
import { discountResolvers } from "./discount-resolvers.ts";
import { metafieldDefinitionResolvers } from "./metafield-definition-resolvers.ts";
import { metafieldResolvers } from "./metafield-resolvers.ts";
import { orderResolvers } from "./order-resolvers.ts";
import { themeResolvers } from "./theme-resolvers.ts";

/** Every field that needs more than its source's own property, by type and name. */
export const adminResolvers: Resolvers = mergeByType([
  appResolvers,
  bulkResolvers,
  catalogueResolvers,
  discountResolvers,
  metafieldDefinitionResolvers,
  metafieldResolvers,
  orderResolvers,
  themeResolvers,
]);

function mergeByType(parts: readonly Resolvers[]): Resolvers {
  const merged: Record<string, Resolvers[string]> = {};
  for (const part of parts) {
    for (const [type, fields] of Object.entries(part)) merged[type] = { ...merged[type], ...fields };
  }
  return merged;
}

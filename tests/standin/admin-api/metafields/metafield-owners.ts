import type { ShopState } from "#tests/standin/shop/shop-state.ts";

/** The scope that writing a metafield of an owner needs, and the owner's type; null if there is no such owner. */
export function readOwner(ownerGid: string, state: ShopState): { scope: string | null; type: string } | null {
  const { catalogue, orders, app } = state;
  if (catalogue.products.has(ownerGid)) return { scope: "write_products", type: "PRODUCT" };
  if (catalogue.variants.has(ownerGid)) return { scope: "write_products", type: "PRODUCTVARIANT" };
  if (catalogue.collections.has(ownerGid)) return { scope: "write_products", type: "COLLECTION" };
  if (orders.orders.has(ownerGid)) return { scope: "write_orders", type: "ORDER" };
  if (app.discounts.has(ownerGid)) return { scope: "write_discounts", type: "DISCOUNT" };
  if (ownerGid === app.installationGid) return { scope: null, type: "API_PERMISSION" };
  if (ownerGid === state.gid) return { scope: null, type: "SHOP" };
  return null;
}

/** The key of a definition among those of the shop. */
export const definitionKey = (ownerType: string, namespace: string, key: string) =>
  `${ownerType} ${namespace} ${key}`;

export function findDefinition(state: ShopState, ownerType: string, namespace: string, key: string) {
  return state.app.metafieldDefinitions.get(definitionKey(ownerType, namespace, key)) ?? null;
}

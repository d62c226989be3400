import { reconcileShop } from "#app/services/reconcile-shop.server.ts";
import { unauthenticated } from "#app/shopify.server.ts";
import type { Handler } from "./index.ts";

export const collectReconcile: Handler<"collect.reconcile"> = async (deps, { shop }, { signal }) => {
  const { admin } = await unauthenticated.admin(shop);
  await reconcileShop(deps, { shop, graphql: admin.graphql, now: () => new Date(), signal });
};

import { reconcileShop } from "#app/services/reconcile-shop.server.ts";
import { isInstalled } from "#app/services/is-installed.server.ts";
import { unauthenticated } from "#app/shopify.server.ts";
import type { Handler } from "./index.ts";

export const collectReconcile: Handler<"collect.reconcile"> = async (
  deps,
  { shop, ordersSince },
  { signal },
) => {
  // What was asked for before the shop removed the app is no failure that a merchant must see.
  if (!(await isInstalled(deps, shop))) return;
  const { admin } = await unauthenticated.admin(shop);
  await reconcileShop(deps, {
    shop,
    graphql: admin.graphql,
    now: () => new Date(),
    signal,
    ordersSince: ordersSince === undefined ? undefined : new Date(ordersSince),
  });
};

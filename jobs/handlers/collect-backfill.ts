import { backfillShop } from "#app/services/backfill-shop.server.ts";
import { isInstalled } from "#app/services/is-installed.server.ts";
import { unauthenticated } from "#app/shopify.server.ts";
import type { Handler } from "./index.ts";

export const collectBackfill: Handler<"collect.backfill"> = async (
  deps,
  { shop },
  { signal, reportProgress },
) => {
  // What was asked for before the shop removed the app is no failure that a merchant must see.
  if (!(await isInstalled(deps, shop))) return;
  const { admin } = await unauthenticated.admin(shop);
  await backfillShop(deps, { shop, graphql: admin.graphql, now: () => new Date(), signal, reportProgress });
};

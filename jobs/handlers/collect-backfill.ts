import { backfillShop } from "#app/services/backfill-shop.server.ts";
import { unauthenticated } from "#app/shopify.server.ts";
import type { Handler } from "./index.ts";

export const collectBackfill: Handler<"collect.backfill"> = async (
  deps,
  { shop },
  { signal, reportProgress },
) => {
  const { admin } = await unauthenticated.admin(shop);
  await backfillShop(deps, { shop, graphql: admin.graphql, now: () => new Date(), signal, reportProgress });
};

import { isInstalled } from "#app/services/is-installed.server.ts";
import { publishShop } from "#app/services/publish-shop.server.ts";
import { env } from "#app/env.server.ts";
import type { Handler } from "./index.ts";

export const publishReconcile: Handler<"publish.reconcile"> = async (deps, { shop }, { signal }) => {
  // A shop that removed the app has no token to ask with, and nothing of ours left to move.
  if (!(await isInstalled(deps, shop))) return;
  // Loaded here, because it reads the Shopify keys, which a worker that only trains does not have.
  const { unauthenticated } = await import("#app/shopify.server.ts");
  const { admin } = await unauthenticated.admin(shop);
  await publishShop(deps, {
    shop,
    graphql: admin.graphql,
    appUrl: env().SHOPIFY_APP_URL,
    now: new Date(),
    signal,
  });
};

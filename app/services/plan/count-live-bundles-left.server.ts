import { countLiveBundles } from "#app/data/bundles/bundles.server.ts";
import { findShop } from "#app/data/shops/shops.server.ts";
import { findSubscription } from "#app/data/shops/subscriptions.server.ts";
import type { Db } from "#app/data/db.server.ts";
import { liveBundlesLeft } from "#app/domain/plans.ts";

/** How many bundles more may go live by the shop's plan; null without a limit. */
export async function countLiveBundlesLeft(
  db: Pick<Db, "subscription" | "shop" | "bundle">,
  { shop, now }: { shop: string; now: Date },
): Promise<number | null> {
  const row = await findShop(db, shop);
  if (!row) return null;
  const subscription = await findSubscription(db, shop);
  const live = await countLiveBundles(db, shop);
  const state = {
    plan: subscription?.plan ?? ("free" as const),
    installedAtMs: (row.firstInstalledAt ?? row.installedAt).getTime(),
    live,
  };
  return liveBundlesLeft(state, now.getTime());
}

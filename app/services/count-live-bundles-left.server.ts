import { findSubscription } from "#app/data/subscriptions.server.ts";
import type { Db } from "#app/db.server.ts";
import { liveBundlesLeft } from "#app/domain/plans.ts";

/** How many bundles more may go live by the shop's plan; null without a limit. */
export async function countLiveBundlesLeft(
  db: Pick<Db, "subscription" | "shop" | "bundle">,
  { shop, now }: { shop: string; now: Date },
): Promise<number | null> {
  const row = await db.shop.findUnique({
    where: { shop },
    select: { installedAt: true, firstInstalledAt: true },
  });
  if (!row) return null;
  const subscription = await findSubscription(db, shop);
  const live = await db.bundle.count({ where: { shop, status: { in: ["approved", "published"] } } });
  const state = {
    plan: subscription?.plan ?? ("free" as const),
    installedAtMs: (row.firstInstalledAt ?? row.installedAt).getTime(),
    live,
  };
  return liveBundlesLeft(state, now.getTime());
}

import { countLiveAtApproval, countLiveBundles } from "#app/data/bundles/bundles.server.ts";
import type { Db } from "#app/data/db.server.ts";
import type { Subscription } from "#app/data/generated/client.ts";
import { liveBundlesLeft, PLAN_KEYS, type PlanKey } from "#app/domain/plans.ts";
import { findShop } from "./shops.server.ts";

/** What an ended subscription pays for. Its row stays, so that its start cannot revive it when that arrives late. */
const ENDED = "free";

/** A shop's paid plan; null without one. A plan that is no longer sold counts as the largest. */
export async function findSubscription(db: Db, shop: string) {
  const row = await db.subscription.findUnique({ where: { shop, plan: { not: ENDED } } });
  return row && { ...row, plan: PLAN_KEYS.find((key) => key === row.plan) ?? "plus" };
}

/**
 * How many more bundles may go live on the shop's plan; null without a limit.
 *
 * @param isReturn whether they were live before: their places are kept until the next approval
 */
export async function countLiveBundlesLeft(
  db: Db,
  { shop, now, isReturn = false }: { shop: string; now: Date; isReturn?: boolean },
): Promise<number | null> {
  const row = await findShop(db, shop);
  if (!row) return null;
  const subscription = await findSubscription(db, shop);
  const live = await countLiveBundles(db, shop);
  const state = {
    plan: subscription?.plan ?? ("free" as const),
    installedAtMs: (row.firstInstalledAt ?? row.installedAt).getTime(),
    live,
    kept: isReturn ? await countLiveAtApproval(db, shop) : 0,
  };
  return liveBundlesLeft(state, now.getTime());
}

/**
 * Saves a subscription change from a webhook, unless the plan was read later. Only Shopify's billing reports whether it
 * is a test and when it is charged: the plan page, to which a merchant returns from confirming, adds that.
 *
 * Known weakness: the late start of a subscription of which nothing else was known at its end counts, until the plan
 * page is opened next. A merchant who returns from confirming makes it known.
 *
 * @param plan null when it is no longer paid for
 */
export async function saveSubscriptionChange(
  db: Db,
  shop: string,
  { subscriptionGid, plan }: { subscriptionGid: string; plan: PlanKey | null },
  reportedAt: Date,
): Promise<void> {
  if (plan === null) {
    await db.subscription.updateMany({
      where: { shop, subscriptionGid, readAt: { lte: reportedAt } },
      data: { plan: ENDED, readAt: reportedAt },
    });
    return;
  }
  const known = await db.subscription.findUnique({ where: { shop } });
  const isSame = known?.subscriptionGid === subscriptionGid;
  if (known && known.readAt > reportedAt && (isSame || known.plan !== ENDED)) return;
  const { isTest, trialEndsAt } = isSame ? known : { isTest: false, trialEndsAt: null };
  const row = { plan, subscriptionGid, isTest, trialEndsAt };
  await saveSubscription(db, shop, row, reportedAt);
}

/** Saves the shop's plan as Shopify reports it; null ends it. Repeats change nothing. */
export async function saveSubscription(
  db: Db,
  shop: string,
  row: Omit<Subscription, "shop" | "readAt"> | null,
  readAt: Date,
): Promise<void> {
  if (row === null) {
    await db.subscription.updateMany({ where: { shop }, data: { plan: ENDED, readAt } });
    return;
  }
  const { plan, subscriptionGid, isTest, trialEndsAt } = row;
  const data = { plan, subscriptionGid, isTest, trialEndsAt, readAt };
  await db.subscription.upsert({ where: { shop }, create: { shop, ...data }, update: data });
}

import type { Db } from "../db.server.ts";
import { PLAN_KEYS, type PlanKey } from "#app/domain/validate/plans.ts";

interface SubscriptionRow {
  readonly plan: PlanKey;
  readonly subscriptionGid: string;
  readonly isTest: boolean;
  readonly trialEndsAt: Date | null;
  readonly currentPeriodEnd: Date | null;
}

/** The plan that a shop pays for; null when it pays for none. A plan that is no longer sold counts as the largest. */
export async function findSubscription(
  db: Pick<Db, "subscription">,
  shop: string,
): Promise<SubscriptionRow | null> {
  const row = await db.subscription.findUnique({ where: { shop } });
  return row && { ...row, plan: PLAN_KEYS.find((key) => key === row.plan) ?? "plus" };
}

/** Keeps what Shopify says of the shop's plan; null ends it. Repeats change nothing. */
export async function saveSubscription(
  db: Pick<Db, "subscription">,
  shop: string,
  row: SubscriptionRow | null,
  readAt: Date,
): Promise<void> {
  if (row === null) {
    await db.subscription.deleteMany({ where: { shop } });
    return;
  }
  const { plan, subscriptionGid, isTest, trialEndsAt, currentPeriodEnd } = row;
  const data = { plan, subscriptionGid, isTest, trialEndsAt, currentPeriodEnd, readAt };
  await db.subscription.upsert({ where: { shop }, create: { shop, ...data }, update: data });
}

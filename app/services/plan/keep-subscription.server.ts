import { saveSubscription } from "#app/data/shops/subscriptions.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { PLAN_KEYS } from "#app/domain/plans.ts";
import { DAY_MS } from "#app/domain/time.ts";

/** An active subscription in Shopify's billing. */
interface ActiveSubscription {
  readonly id: string;
  readonly name: string;
  readonly test: boolean;
  readonly trialDays: number;
  readonly createdAt: string;
}

/**
 * Sets the shop's plan to its subscription in Shopify, which is the source of truth: the merchant can have cancelled
 * there, or not confirmed a charge.
 *
 * @param active the paid subscriptions; empty without one
 */
export async function keepSubscription(
  { db }: Pick<Deps, "db">,
  { shop, active, now }: { shop: string; active: readonly ActiveSubscription[]; now: Date },
): Promise<void> {
  const known = active.find(({ name }) => PLAN_KEYS.some((key) => key === name));
  if (!known) return saveSubscription(db, shop, null, now);
  const { id, name, test, trialDays, createdAt } = known;
  const trialEndsAt = trialDays > 0 ? new Date(Date.parse(createdAt) + trialDays * DAY_MS) : null;
  const plan = PLAN_KEYS.find((key) => key === name)!;
  await saveSubscription(db, shop, { plan, subscriptionGid: id, isTest: test, trialEndsAt }, now);
}

import { saveSubscription } from "#app/data/shops/subscriptions.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { PLAN_KEYS } from "#app/domain/plans.ts";
import { DAY_MS } from "#app/domain/time.ts";

/** An active subscription, as Shopify's billing tells it. */
interface ActiveSubscription {
  readonly id: string;
  readonly name: string;
  readonly test: boolean;
  readonly trialDays: number;
  readonly createdAt: string;
}

/**
 * Brings the shop's plan to what Shopify says of it, which alone decides: the merchant may have cancelled there, or not
 * have confirmed a charge.
 *
 * @param active what is paid for now; empty when nothing is
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

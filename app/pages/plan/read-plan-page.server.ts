import { findSubscription } from "#app/data/shops/subscriptions.server.ts";
import type { Asked, Deps } from "#app/services/deps.server.ts";
import { PLANS, trialDaysLeft } from "#app/domain/plans.ts";
import { createShopFormat } from "#app/locales/shop-format.server.ts";
import { openShop } from "#app/pages/open-shop.server.ts";

/** The plans, the current one, and the rest of the trial. */
export async function readPlanPage({ db }: Pick<Deps, "db">, { shop, now, words }: Asked) {
  const { row, format } = await openShop({ db }, { shop, words });
  const subscription = await findSubscription(db, shop);
  const current = subscription?.plan ?? "free";
  // Shopify charges in dollars, whatever the shop's currency.
  const dollars = createShopFormat({ ...row, currency: "USD" }, words.locale);
  const daysLeft = trialDaysLeft((row.firstInstalledAt ?? row.installedAt).getTime(), now.getTime());
  return {
    daysLeft,
    subscriptionGid: subscription?.subscriptionGid ?? null,
    isTest: subscription?.isTest ?? false,
    chargedFrom:
      subscription?.trialEndsAt && subscription.trialEndsAt > now
        ? format.date(subscription.trialEndsAt)
        : null,
    plans: PLANS.map(({ key, monthlyDollars, mostLive }) => ({
      key,
      isCurrent: key === current,
      price: dollars.roughMoney(monthlyDollars * 100),
      mostLive,
    })),
  };
}

export type PlanPage = Awaited<ReturnType<typeof readPlanPage>>;

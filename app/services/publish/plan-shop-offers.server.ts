import { planOffers } from "#app/domain/publish/plan-offers.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { readApprovedBundles, type SellableRequest } from "./read-approved-bundles.server.ts";

/** What the storefront should offer of what the merchant approved, and what stands in for what is missing. */
export async function planShopOffers(
  deps: Deps,
  {
    shop,
    row: { currency, timeZone },
    settings,
    allowsStandIns,
    now,
  }: SellableRequest & {
    readonly row: { readonly currency: string; readonly timeZone: string };
    readonly now: Date;
  },
) {
  const { bundles, standIns } = await readApprovedBundles(deps, { shop, settings, allowsStandIns });
  const { maxOffersPerProduct, countsSubscriptions, rejectsCodes } = settings;
  const plan = planOffers(bundles, {
    nowMs: now.getTime(),
    maxOffersPerProduct,
    countsSubscriptions,
    rejectsCodes,
    timeZone,
    currency,
  });
  return { plan, standIns };
}

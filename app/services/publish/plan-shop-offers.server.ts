import { planOffers } from "#app/domain/publish/plan-offers.ts";
import type { ShopSettings } from "#app/domain/shop-settings.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { readApprovedBundles } from "./read-approved-bundles.server.ts";

/** What the storefront should offer of what the merchant approved, and what stands in for what is missing. */
export async function planShopOffers(
  deps: Deps,
  {
    shop,
    row: { currency, timeZone },
    settings,
    allowsStandIns,
    now,
  }: {
    readonly shop: string;
    readonly row: { readonly currency: string; readonly timeZone: string };
    readonly settings: ShopSettings;
    readonly allowsStandIns: boolean;
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

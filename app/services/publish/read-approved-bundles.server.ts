import { groupBy } from "#app/domain/group-by.ts";
import { OfferTitles, toOfferTerms, Placement } from "#app/domain/offer/offer.ts";
import type { Deps } from "#app/services/deps.server.ts";
import {
  listLiveBundles,
  type BundleRow,
  readVariants,
  type CatalogueVariant,
} from "#app/data/bundles/bundles.server.ts";
import { listExcludedVariants } from "#app/data/products/catalogue.server.ts";
import { listVariantsOfProducts } from "#app/data/products/products.server.ts";
import { listStandInCandidates } from "#app/data/bundles/stand-ins.server.ts";
import { fillPools, isForWhole, openComponents } from "#app/domain/publish/open-components.ts";
import { isOneChoice } from "#app/domain/prepare/join-choices.ts";
import { toCurrent, worthNow } from "#app/domain/publish/expect-now.ts";
import { type ApprovedBundle, isPool, isUnavailable } from "#app/domain/publish/storefront-offer.ts";
import { putStandIns, type StandIn } from "#app/domain/publish/stand-ins.ts";
import { costBesidePrice, type ShopSettings } from "#app/domain/shop-settings.ts";
import { usableTimeZone } from "#app/domain/time.ts";
import { planOffers } from "#app/domain/publish/plan-offers.ts";

export interface SellableRequest {
  readonly shop: string;
  /** ISO code of the shop's currency. */
  readonly currency: string;
  readonly settings: ShopSettings;
  readonly allowsStandIns: boolean;
}

interface SellableBundles {
  readonly bundles: readonly ApprovedBundle[];
  readonly standIns: readonly StandIn[];
}

/**
 * Bundles with the components and variants that can be sold now. If the merchant allows it, the nearest available
 * product that is not excluded stands in for a component out of stock.
 *
 * @param rows bundles that are or can be on the storefront together
 */
export async function readSellableBundles(
  { db, pool }: Pick<Deps, "db" | "pool">,
  request: SellableRequest & { readonly rows: readonly BundleRow[] },
): Promise<SellableBundles> {
  const { shop, settings, allowsStandIns, rows } = request;
  const named = rows.flatMap(({ components }) => components);
  const known = await readVariants(db, shop, named);
  const approved = rows.map((row) => ({
    ...toApprovedBundle(row, known),
    expectedExtraMarginMinor: worthNow(row, toCurrent(row, known, request)),
  }));
  const productGids = approved
    .filter(({ letsShopperChoose, terms }) => letsShopperChoose || isPool(terms) || isForWhole(terms))
    .flatMap(({ components }) => components.map(({ productGid }) => productGid));
  const variants = await listVariantsOfProducts(db, shop, [...new Set(productGids)]);
  const costed = withCosts(variants, settings);
  const bundles = openComponents(fillPools(approved, variants), costed, settings);
  const missing = bundles.flatMap(({ components }) => components.filter(isUnavailable));
  if (!allowsStandIns || missing.length === 0) return { bundles, standIns: [] };
  const candidates = await listStandInCandidates(
    db,
    shop,
    missing.map(({ variantGid }) => variantGid),
    await listExcludedVariants(pool, { shop, ...settings }),
  );
  return putStandIns(bundles, withCosts(candidates, settings), settings, costed);
}

/** Sets the costs that the merchant's settings count. */
function withCosts<T extends { readonly costMinor: number | null }>(
  rows: readonly T[],
  settings: ShopSettings,
): readonly T[] {
  return rows.map((row) => ({ ...row, costMinor: costBesidePrice(settings, row.costMinor) }));
}

/** Converts a stored bundle for planning; a component that is not among the variants is not for sale. */
function toApprovedBundle(
  bundle: BundleRow,
  variants: ReadonlyMap<string, Pick<CatalogueVariant, "inventoryQuantity" | "product">>,
): ApprovedBundle {
  return {
    id: bundle.id,
    title: bundle.title,
    titles: OfferTitles.parse(bundle.titles),
    terms: toOfferTerms(bundle),
    currency: bundle.currency,
    timesPerOrder: bundle.timesPerOrder,
    discountRatio: bundle.discountRatio,
    startsAtMs: bundle.startsAt?.getTime() ?? null,
    endsAtMs: bundle.endsAt?.getTime() ?? null,
    expectedExtraMarginMinor: bundle.expectedExtraMarginMinor,
    letsShopperChoose: bundle.letsShopperChoose,
    placement: Placement.catch("everywhere").parse(bundle.placement),
    countries: bundle.countries,
    components: bundle.components.map(({ variantGid, productGid, title, quantity, isGift }) => {
      const variant = variants.get(variantGid);
      return {
        variantGid,
        productGid,
        title,
        quantity,
        isActive: variant?.product.status === "active" && variant.product.deletedAt === null,
        stockUnits: variant?.inventoryQuantity ?? null,
        openStock: null,
        isGift,
      };
    }),
  };
}

/**
 * Plans the offers of the storefront from the approved bundles, with their stand-ins.
 *
 * @param asApproved bundles to treat as approved
 * @param without bundles to treat as not approved
 */
export async function planShopOffers(
  deps: Deps,
  {
    shop,
    row: { currency, timeZone },
    settings,
    allowsStandIns,
    now,
    asApproved = [],
    without = [],
  }: Omit<SellableRequest, "currency"> & {
    readonly row: { readonly currency: string; readonly timeZone: string };
    readonly now: Date;
    readonly asApproved?: readonly string[];
    readonly without?: readonly string[];
  },
) {
  const live = await listLiveBundles(deps.db, shop, asApproved);
  const rows = live.filter(({ id }) => !without.includes(id));
  const sellable = { shop, currency, settings, allowsStandIns, rows };
  const { bundles, standIns } = await readSellableBundles(deps, sellable);
  const { maxOffersPerProduct, countsSubscriptions, rejectsCodes } = settings;
  const plan = planOffers(bundles, {
    nowMs: now.getTime(),
    maxOffersPerProduct,
    countsSubscriptions,
    rejectsCodes,
    timeZone: usableTimeZone(timeZone),
    currency,
  });
  return { plan, standIns };
}

/**
 * For each bundle and component, the variants that shoppers can take: every variant of its product if the merchant lets
 * them choose and publishing opens it, or if it is in a pool and they count as one choice; else its own.
 *
 * @param rows bundles that are or can be on the storefront together
 */
export async function readOpenVariants(
  { db }: Pick<Deps, "db">,
  { shop, settings, rows }: { shop: string; settings: ShopSettings; rows: readonly BundleRow[] },
): Promise<Map<string, readonly (readonly string[])[]>> {
  const approved = rows.map((row) => toApprovedBundle(row, new Map()));
  const productGids = approved
    .filter(({ letsShopperChoose, terms }) => letsShopperChoose || isPool(terms))
    .flatMap(({ components }) => components.map(({ productGid }) => productGid));
  const variants = await listVariantsOfProducts(db, shop, [...new Set(productGids)]);
  const siblingsOf = groupBy(variants, ({ productGid }) => productGid);
  return new Map(
    openComponents(approved, withCosts(variants, settings), settings).map(({ id, terms, components }) => [
      id,
      components.map(({ variantGid, productGid, openStock, isGift }) => {
        const siblings = siblingsOf.get(productGid) ?? [];
        const isOfPool =
          isPool(terms) && !isGift && isOneChoice(siblings.map(({ priceMinor }) => priceMinor));
        return openStock || isOfPool ? siblings.map((one) => one.variantGid) : [variantGid];
      }),
    ]),
  );
}

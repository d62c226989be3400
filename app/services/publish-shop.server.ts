import type { Deps } from "#app/deps.server.ts";
import { AppError } from "#app/errors.ts";
import {
  listLiveBundles,
  readVariantStates,
  savePublication,
  type BundleRow,
  type VariantState,
} from "#app/data/bundles.server.ts";
import { readSettings } from "#app/data/settings.server.ts";
import { withShopLock } from "#app/data/shop-lock.server.ts";
import { planOffers, type ApprovedBundle, type OfferPlan } from "#app/domain/publish/plan-offers.ts";
import type { AdminGraphql } from "#app/shopify/graphql-request.ts";
import { ensureDiscount } from "./ensure-discount.server.ts";
import { ensurePixel } from "./ensure-pixel.server.ts";
import { reconcileMetafields, type MetafieldChanges } from "./reconcile-metafields.server.ts";

export interface PublishRequest {
  readonly shop: string;
  readonly graphql: AdminGraphql;
  /** This app's own address; browse events go to it. */
  readonly appUrl: string;
  readonly now: Date;
  readonly signal?: AbortSignal;
}

export interface PublishOutcome extends MetafieldChanges {
  readonly offered: number;
  readonly held: number;
}

/**
 * Step 7, publish: moves the shop from what it holds to what the merchant approved, by the smallest set of calls.
 * Reads the shop's own metafields first, so that drift is repaired. May be killed anywhere and run again; two
 * passes of one shop wait for each other.
 *
 * The discount comes before the offers and goes after them: a price that is shown is always given.
 *
 * @throws AppError from the Admin API; what was done until then stays and the next pass goes on from there
 */
export async function publishShop(deps: Deps, request: PublishRequest): Promise<PublishOutcome> {
  const { shop } = request;
  return withShopLock(deps.pool, { shop, name: "publish" }, async () => {
    const row = await deps.db.shop.findUnique({ where: { shop } });
    if (!row || row.uninstalledAt) {
      throw new AppError("input_invalid", `${shop} has not installed the app`, false);
    }
    const settings = await readSettings(deps.db, shop);
    const bundles = await listLiveBundles(deps.db, shop);
    const variants = await readVariantStates(
      deps.db,
      shop,
      bundles.flatMap(({ components }) => components.map(({ variantGid }) => variantGid)),
    );
    let plan = planOffers(
      bundles.map((bundle) => toApprovedBundle(bundle, variants)),
      { nowMs: request.now.getTime(), maxOffersPerProduct: settings.maxOffersPerProduct },
    );

    if (plan.offered.length > 0 && !(await ensureDiscount(deps, request, row.discountGid))) {
      plan = withoutOffers(
        plan,
        "The discount “Bundle offer” is switched off in Shopify; switch it on again",
      );
    }
    await ensurePixel(deps, request, row.webPixelGid);
    const storefront = {
      v: 1 as const,
      holdoutPermille: Math.round(settings.holdoutRatio * 1_000),
      salt: row.holdoutSalt,
    };
    const changes = await reconcileMetafields(deps, request, { plan, storefront });
    const held = [...plan.held, ...changes.missing];
    const heldIds = new Set(held.map(({ bundleId }) => bundleId));
    const offered = plan.offered.filter((id) => !heldIds.has(id));
    await savePublication(deps.db, shop, { offered, held, ended: plan.ended }, request.now);
    deps.log.info("publish.reconciled", {
      offered: offered.length,
      held: held.length,
      written: changes.written,
      deleted: changes.deleted,
    });
    return { ...changes, offered: offered.length, held: held.length };
  });
}

function toApprovedBundle(bundle: BundleRow, variants: ReadonlyMap<string, VariantState>): ApprovedBundle {
  return {
    id: bundle.id,
    title: bundle.title,
    discountRatio: bundle.discountRatio,
    startsAtMs: bundle.startsAt?.getTime() ?? null,
    endsAtMs: bundle.endsAt?.getTime() ?? null,
    expectedExtraMarginMinor: bundle.expectedExtraMarginMinor,
    components: bundle.components.map(({ variantGid, productGid, title, quantity }) => {
      const state = variants.get(variantGid);
      return {
        variantGid,
        productGid,
        title,
        quantity,
        isActive: state?.isActive ?? false,
        stockUnits: state ? state.stockUnits : null,
      };
    }),
  };
}

function withoutOffers(plan: OfferPlan, reason: string): OfferPlan {
  const held = plan.offered.map((bundleId) => ({ bundleId, reason }));
  return { ...plan, metafields: [], offered: [], held: [...plan.held, ...held] };
}

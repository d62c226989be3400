import type { Deps } from "#app/services/deps.server.ts";
import { AppError, inputError } from "#app/process/errors.ts";
import { savePublication, type PassOutcome } from "#app/data/bundles/bundles.server.ts";
import {
  findPublication,
  saveDrift,
  savePass,
  listStretches,
  saveStretches,
} from "#app/data/bundles/publication.server.ts";
import { readSettings, isInstalled, readKeptShop } from "#app/data/shops/shops.server.ts";
import { tryShopLock } from "#app/data/db.server.ts";
import { planCombining } from "#app/domain/shop-settings.ts";
import type { DriftKind } from "#app/domain/publish/diff-metafields.ts";
import type { HeldBundle, OfferPlan } from "#app/domain/publish/plan-offers.ts";
import { DAY_MS, HOUR_MS } from "#app/domain/time.ts";
import type { ShopRequest } from "#app/shopify/graphql-request.ts";
import { askToPublish, askToStartWorkflows } from "#app/services/ask-workers.server.ts";
import { ensureDiscount, ensurePixel } from "./ensure-discount.server.ts";
import { explainPublishError } from "./write-metafields.server.ts";
import { noteHoldoutShare } from "#app/services/settings/note-holdout-share.server.ts";
import { keepPools } from "./keep-pools.server.ts";
import { planShopOffers } from "./read-approved-bundles.server.ts";
import {
  reconcileMetafields,
  type MetafieldChanges,
  unpublishEverything,
} from "./reconcile-metafields.server.ts";
import { followRollouts, type Stretch } from "#app/domain/publish/rollouts.ts";
import { readServingRollouts } from "#app/shopify/discounts.ts";

interface PublishRequest extends ShopRequest {
  /** This app's own address, which receives browse events. */
  readonly appUrl: string;
  readonly now: Date;
}

interface PublishOutcome {
  readonly offered: number;
  readonly held: number;
  readonly written: number;
  readonly deleted: number;
}

const NOTHING: PublishOutcome = { offered: 0, held: 0, written: 0, deleted: 0 };
/** A little less than a day, so that the pass of the same hour finds it due. */
const VERIFY_EVERY_MS = DAY_MS - HOUR_MS;

/**
 * Step 7, publish: updates the shop to what the merchant approved, with the fewest calls; to nothing while the merchant
 * has publishing switched off. Changes come first. Once a day the pass compares everything with what the app left
 * there, corrects changes by others and notes them. Can be killed at any time and run again. If another pass of the
 * shop is running, requests one after it and frees its worker for other shops.
 *
 * The discount is created before the offers and removed after them, so that every price shown is granted. While a
 * Rollout of the shop withholds the discount from anyone, nothing is offered to anyone; see
 * app/decisions/publish/074-offers-pause-while-a-rollout-withholds-the-discount.md.
 *
 * @throws AppError from the Admin API; earlier changes stay, the next pass goes on from there, and the reason is saved
 *   for the merchant. No error if the shop removes the app during the pass
 */
export async function publishShop(deps: Deps, request: PublishRequest): Promise<PublishOutcome> {
  const { shop } = request;
  const passed = await tryShopLock(deps.pool, { shop, name: "publish" }, () => publishLocked(deps, request));
  if (passed.ok) return passed.value;
  await askToPublish(deps, { shop, isBusy: true });
  return NOTHING;
}

async function publishLocked(deps: Deps, request: PublishRequest): Promise<PublishOutcome> {
  const { shop } = request;
  if (!(await isInstalled(deps.db, shop))) {
    throw inputError(`${shop} has not installed the app`);
  }
  try {
    return await moveShop(deps, request);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (!(await isInstalled(deps.db, shop))) {
      deps.log.info("publish.uninstalled_midway", { shop, reason: error.message });
      return NOTHING;
    }
    await savePass(deps.db, shop, { problem: explainPublishError(error) });
    throw error;
  }
}

async function moveShop(deps: Deps, request: PublishRequest): Promise<PublishOutcome> {
  const { db, log } = deps;
  const { shop, now } = request;
  const publication = await findPublication(db, shop);
  if (publication.offSince) {
    if (!publication.removedAt) await unpublishEverything(deps, request);
    await savePass(db, shop, { checkedAt: now });
    return NOTHING;
  }
  const row = await readKeptShop(db, shop);
  const settings = await readSettings(db, shop);
  await keepPools(deps, request);
  const { allowsStandIns } = publication;
  const planned = await planShopOffers(deps, { shop, row, settings, allowsStandIns, now });
  const { standIns } = planned;
  let { plan } = planned;
  const { withheld, themeIds } = await noteRollouts(deps, request, {
    discountGid: row.discountGid,
    polledAt: publication.checkedAt,
  });
  const drift: DriftKind[] = [];
  let refusal: AppError | null = null;
  if (plan.offered.length > 0) {
    const discount = await ensureDiscount(deps, request, planCombining(settings), row);
    if (discount.drift) drift.push(discount.drift);
    refusal = discount.refusal;
    if (!discount.isActive)
      plan = withoutOffers(plan, refusal ? explainPublishError(refusal)[0]! : DISCOUNT_OFF);
    else if (withheld) {
      const values = { rollout: withheld.name };
      plan = withoutOffers(plan, { code: "paused.withheldByRollout", values });
    }
  }
  const storefront = {
    v: 1 as const,
    holdoutPermille: Math.round((await noteHoldoutShare(deps, { shop, now, plan: settings })) * 1_000),
    salt: row.holdoutSalt,
    ...(themeIds.length > 0 && { themes: themeIds }),
  };
  const changes = await reconcileMetafields(deps, request, { plan, storefront, checksAll: false });
  const outcome = await savePlan(deps, request, { plan, changes, standIns });
  // Thrown only now: offers that the checkout would not honour, and paused ones, are off the storefront first.
  if (refusal) throw refusal;
  // The storefront is up to date by now; the rest is not urgent.
  const pixelDrift = await ensurePixel(deps, request, row.webPixelGid);
  const isDue = !publication.verifiedAt || now.getTime() - publication.verifiedAt.getTime() > VERIFY_EVERY_MS;
  const found = isDue
    ? await reconcileMetafields(deps, request, { plan, storefront, checksAll: true })
    : null;
  drift.push(...changes.drift, ...(found?.drift ?? []), ...(pixelDrift ? [pixelDrift] : []));
  await saveDrift(db, shop, drift, now);
  await savePass(db, shop, isDue ? { checkedAt: now, verifiedAt: now } : { checkedAt: now });
  log.info("publish.reconciled", { ...outcome, drift: drift.length });
  return outcome;
}

const DISCOUNT_OFF = { code: "paused.discountOff", values: {} } as const;

async function savePlan(
  deps: Deps,
  { shop, now }: PublishRequest,
  { plan, changes, standIns }: Pick<PassOutcome, "standIns"> & { plan: OfferPlan; changes: MetafieldChanges },
): Promise<PublishOutcome> {
  const held = [...plan.held, ...changes.refused];
  const heldIds = new Set(held.map(({ bundleId }) => bundleId));
  const offered = plan.offered.filter((id) => !heldIds.has(id));
  const isOffered = new Set(offered);
  const shown = standIns.filter(({ bundleId }) => isOffered.has(bundleId));
  const passed = { offered, held, ended: plan.ended, standIns: shown };
  for (const bundleId of await savePublication(deps.db, shop, passed, now)) {
    await askToStartWorkflows(deps, { shop, trigger: "offer-retired", bundleId }, now);
  }
  return {
    offered: offered.length,
    held: held.length,
    written: changes.written,
    deleted: changes.deleted,
  };
}

function withoutOffers(plan: OfferPlan, reason: HeldBundle["reason"]): OfferPlan {
  const held = plan.offered.map((bundleId) => ({ bundleId, reason }));
  return { ...plan, metafields: [], offered: [], held: [...plan.held, ...held] };
}

/**
 * Reads which Rollouts serve, and saves the stretches that began or ended.
 *
 * @param discountGid the app's discount; null without one
 * @param polledAt time of the last pass; null before the first
 * @returns the stretch that withholds the app's discount now, or null, and the ids of themes on trial. Without the
 *   scope to read Rollouts, the saved stretches stay
 */
async function noteRollouts(
  { db, log }: Pick<Deps, "db" | "log">,
  { shop, graphql, now, signal }: ShopRequest & { now: Date },
  { discountGid, polledAt }: { readonly discountGid: string | null; readonly polledAt: Date | null },
): Promise<{ readonly withheld: Stretch | null; readonly themeIds: number[] }> {
  const [open, serving] = await Promise.all([
    listStretches(db, shop),
    readServingRollouts({ graphql, log, signal }, discountGid),
  ]);
  if (serving === null) log.warn("publish.rollouts_unread", { shop });
  const { begun, over } =
    serving === null ? { begun: [], over: [] } : followRollouts(serving, { open, polledAt, now });
  if (begun.length + over.length > 0) {
    await saveStretches(db, shop, { begun, over, now });
    log.info("publish.rollouts_changed", { shop, begun: begun.length, over: over.length });
  }
  const goingOn = [...open.filter((stretch) => !over.includes(stretch)), ...begun];
  return {
    withheld: goingOn.find(({ kind }) => kind === "discount_withheld") ?? null,
    themeIds: (serving ?? []).flatMap((rollout) => rollout.themeIds).sort((a, b) => a - b),
  };
}

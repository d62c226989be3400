import type { Deps } from "#app/services/deps.server.ts";
import { saveDiscount, saveWebPixel } from "#app/data/shops/shops.server.ts";
import type { DriftKind } from "#app/domain/publish/diff-metafields.ts";
import { type Combining, nameCombining } from "#app/domain/shop-settings.ts";
import {
  activateAutomaticDiscount,
  createAutomaticAppDiscount,
  updateAutomaticAppDiscount,
  deleteAutomaticDiscount,
  readOwnDiscounts,
} from "#app/shopify/discounts.ts";
import type { AdminGraphql, ShopRequest } from "#app/shopify/graphql-request.ts";
import { isDeepStrictEqual } from "node:util";
import { AppError } from "#app/process/errors.ts";
import { createWebPixel, readWebPixel, updateWebPixel } from "#app/shopify/web-pixel.ts";

/** The discount as a pass found it and what it did about it. */
interface DiscountFinding {
  /** False while it is switched off in Shopify: the merchant may have done so, and then no offer may be shown. */
  readonly isActive: boolean;
  /** Null when it was as we left it. */
  readonly drift: DriftKind | null;
  /** Why Shopify did not make or change it, and would not if it were asked again; null where it did. */
  readonly refusal: AppError | null;
}

/**
 * Makes sure that the shop has exactly one automatic discount of ours. One that a killed pass created without
 * noting it is taken over, a second one deleted, one that somebody deleted created again, and it combines with the
 * discounts that the merchant chose. One that was switched off stays so: only the merchant switches it on.
 *
 * @param noted the discount as noted at the shop, nulls where there is no note
 */
export async function ensureDiscount(
  { db, log }: Deps,
  { shop, graphql, now, signal }: ShopRequest & { now: Date },
  combinesWith: Combining,
  noted: { readonly discountGid: string | null; readonly discountCombining: string | null },
): Promise<DiscountFinding> {
  const admin = { graphql, log, signal };
  const knownGid = noted.discountGid;
  const own = await readOwnDiscounts(admin);
  const kept = own.find(({ discountGid }) => discountGid === knownGid) ?? own[0];
  for (const { discountGid } of own) {
    if (discountGid !== kept?.discountGid) await deleteAutomaticDiscount(admin, discountGid);
  }
  // A minute ago: by Shopify's clock a discount from "now" on might be still to come.
  const startsAt = new Date(now.getTime() - 60_000);
  const discountCombining = nameCombining(combinesWith);
  const isAsWanted = !kept || nameCombining(kept.combinesWith) === discountCombining;
  const change = async () => {
    if (!kept) return createAutomaticAppDiscount(admin, { startsAt, combinesWith });
    const { discountGid } = kept;
    if (!isAsWanted) await updateAutomaticAppDiscount(admin, { discountGid, combinesWith });
    return discountGid;
  };
  const changed = await change().catch((error: unknown) => {
    if (!(error instanceof AppError) || error.isRetryable) throw error;
    return error;
  });
  const refusal = changed instanceof AppError ? changed : null;
  if (
    !(changed instanceof AppError) &&
    (changed !== knownGid || discountCombining !== noted.discountCombining)
  ) {
    await saveDiscount(db, shop, { discountGid: changed, discountCombining });
    log.info("publish.discount_noted", { discountGid: changed, discountCombining });
  }
  if (!kept) {
    return { isActive: refusal === null, drift: knownGid === null ? null : "discount_missing", refusal };
  }
  if (!kept.isActive) return { isActive: false, drift: "discount_off", refusal };
  // Where the merchant chose anew, the note is of the old choice, and nobody else changed anything.
  const wasChanged = !isAsWanted && discountCombining === noted.discountCombining;
  return { isActive: true, drift: wasChanged ? "discount_changed" : null, refusal };
}

/** Switches our discount on again where it was switched off in Shopify. */
export async function activateOwnDiscount({ log }: Pick<Deps, "log">, graphql: AdminGraphql): Promise<void> {
  const admin = { graphql, log };
  for (const { discountGid, isActive } of await readOwnDiscounts(admin)) {
    if (!isActive) await activateAutomaticDiscount(admin, discountGid);
  }
}

/**
 * Makes sure that the web pixel is on and sends its events to this app. Offers do not need it: where Shopify refuses
 * the pixel (its extension is not released yet, the merchant withdrew the scope), that is logged, the shop's row
 * says that there is none, and the next pass tries again.
 *
 * @returns how the pixel was changed since we left it; null when it was not
 */
export async function ensurePixel(
  deps: Deps,
  request: ShopRequest & { appUrl: string },
  knownGid: string | null,
): Promise<DriftKind | null> {
  const { db, log } = deps;
  const { webPixelGid, wasChanged } = await switchOn(deps, request);
  if (webPixelGid === knownGid) return wasChanged ? "pixel_changed" : null;
  await saveWebPixel(db, request.shop, webPixelGid);
  log.info("publish.pixel_noted", { webPixelGid });
  return knownGid !== null && webPixelGid !== null ? "pixel_missing" : null;
}

async function switchOn(
  { log }: Deps,
  { shop, graphql, appUrl, signal }: ShopRequest & { appUrl: string },
): Promise<{ webPixelGid: string | null; wasChanged: boolean }> {
  const admin = { graphql, log, signal };
  const settings = { shop, endpoint: new URL("/events", appUrl).href };
  try {
    const pixel = await readWebPixel(admin);
    if (!pixel) {
      return { webPixelGid: await createWebPixel(admin, settings), wasChanged: false };
    }
    const wasChanged = !isDeepStrictEqual(pixel.settings, settings);
    if (wasChanged) await updateWebPixel(admin, pixel.pixelGid, settings);
    return { webPixelGid: pixel.pixelGid, wasChanged };
  } catch (error) {
    if (!(error instanceof AppError) || error.isRetryable) throw error;
    log.warn("publish.pixel_refused", { reason: error.message });
    return { webPixelGid: null, wasChanged: false };
  }
}

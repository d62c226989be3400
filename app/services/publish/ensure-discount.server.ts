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

/** The discount as a pass found it, and the result of its changes. */
interface DiscountFinding {
  /** False while it is switched off in Shopify, possibly by the merchant; no offer may be shown then. */
  readonly isActive: boolean;
  /** Null if it was as the app left it. */
  readonly drift: DriftKind | null;
  /** Why Shopify permanently refused to create or change it; null if it did not. */
  readonly refusal: AppError | null;
}

/**
 * Ensures that the shop has exactly one automatic discount of the app. Adopts one that a killed pass created without a
 * note, deletes a second one, and creates a deleted one again. It combines with the discounts that the merchant chose.
 * One that was switched off stays off: only the merchant switches it on.
 *
 * @param noted the discount as noted in the shop's row, nulls without a note
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
  // A minute ago: by Shopify's clock a discount that starts now could still be in the future.
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
  // If the merchant chose again, the note has the old choice, and nobody else changed anything.
  const wasChanged = !isAsWanted && discountCombining === noted.discountCombining;
  return { isActive: true, drift: wasChanged ? "discount_changed" : null, refusal };
}

/** Activates the app's discount if it was switched off in Shopify. */
export async function activateOwnDiscount({ log }: Pick<Deps, "log">, graphql: AdminGraphql): Promise<void> {
  const admin = { graphql, log };
  for (const { discountGid, isActive } of await readOwnDiscounts(admin)) {
    if (!isActive) await activateAutomaticDiscount(admin, discountGid);
  }
}

/**
 * Ensures that the web pixel is on and sends its events to this app. Offers do not need it. If Shopify refuses it (its
 * extension is not released yet, the merchant withdrew the scope), this logs it, notes in the shop's row that there is
 * none, and leaves the retry to the next pass.
 *
 * @returns the pixel's change since the app left it; null without one
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

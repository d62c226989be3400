import { isDeepStrictEqual } from "node:util";
import type { Deps } from "#app/services/deps.server.ts";
import { AppError } from "#app/process/errors.ts";
import { saveWebPixel } from "#app/data/shops/shops.server.ts";
import type { DriftKind } from "#app/domain/publish/find-drift.ts";
import type { AdminGraphql } from "#app/shopify/graphql-request.ts";
import { createWebPixel, readWebPixel, updateWebPixel } from "#app/shopify/web-pixel.ts";

/**
 * Makes sure that the web pixel is on and sends its events to this app. Offers do not need it: where Shopify refuses
 * the pixel (its extension is not released yet, the merchant withdrew the scope), that is logged, the shop's row
 * says that there is none, and the next pass tries again.
 *
 * @returns how the pixel was changed since we left it; null when it was not
 */
export async function ensurePixel(
  deps: Deps,
  request: { shop: string; graphql: AdminGraphql; appUrl: string; signal?: AbortSignal },
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
  {
    shop,
    graphql,
    appUrl,
    signal,
  }: { shop: string; graphql: AdminGraphql; appUrl: string; signal?: AbortSignal },
): Promise<{ webPixelGid: string | null; wasChanged: boolean }> {
  const options = { log, signal };
  const settings = { shop, endpoint: new URL("/events", appUrl).href };
  try {
    const pixel = await readWebPixel(graphql, options);
    if (!pixel) {
      return { webPixelGid: await createWebPixel(graphql, settings, options), wasChanged: false };
    }
    const wasChanged = !isDeepStrictEqual(pixel.settings, settings);
    if (wasChanged) await updateWebPixel(graphql, pixel.pixelGid, settings, options);
    return { webPixelGid: pixel.pixelGid, wasChanged };
  } catch (error) {
    if (!(error instanceof AppError) || error.isRetryable) throw error;
    log.warn("publish.pixel_refused", { reason: error.message });
    return { webPixelGid: null, wasChanged: false };
  }
}

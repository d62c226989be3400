import { isDeepStrictEqual } from "node:util";
import type { Deps } from "#app/deps.server.ts";
import { AppError } from "#app/errors.ts";
import type { AdminGraphql } from "#app/shopify/graphql-request.ts";
import { createWebPixel, readWebPixel, updateWebPixel } from "#app/shopify/web-pixel.ts";

/**
 * Makes sure that the web pixel is on and sends its events to this app. Offers do not need it: where Shopify refuses
 * the pixel (its extension is not released yet, the merchant withdrew the scope), that is logged, the shop's row
 * says that there is none, and the next pass tries again.
 */
export async function ensurePixel(
  deps: Deps,
  request: { shop: string; graphql: AdminGraphql; appUrl: string; signal?: AbortSignal },
  knownGid: string | null,
): Promise<void> {
  const { db, log } = deps;
  const webPixelGid = await switchOn(deps, request);
  if (webPixelGid === knownGid) return;
  await db.shop.update({ where: { shop: request.shop }, data: { webPixelGid } });
  log.info("publish.pixel_noted", { webPixelGid });
}

async function switchOn(
  { log }: Deps,
  {
    shop,
    graphql,
    appUrl,
    signal,
  }: { shop: string; graphql: AdminGraphql; appUrl: string; signal?: AbortSignal },
): Promise<string | null> {
  const options = { log, signal };
  const settings = { shop, endpoint: new URL("/events", appUrl).href };
  try {
    const pixel = await readWebPixel(graphql, options);
    if (!pixel) return await createWebPixel(graphql, settings, options);
    if (!isDeepStrictEqual(pixel.settings, settings)) {
      await updateWebPixel(graphql, pixel.pixelGid, settings, options);
    }
    return pixel.pixelGid;
  } catch (error) {
    if (!(error instanceof AppError) || error.isRetryable) throw error;
    log.warn("publish.pixel_refused", { reason: error.message });
    return null;
  }
}

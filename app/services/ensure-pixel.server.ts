import { isDeepStrictEqual } from "node:util";
import type { Deps } from "#app/deps.server.ts";
import type { AdminGraphql } from "#app/shopify/graphql-request.ts";
import { createWebPixel, readWebPixel, updateWebPixel } from "#app/shopify/web-pixel.ts";

/** Makes sure that the web pixel is on and sends its events to this app. */
export async function ensurePixel(
  { db, log }: Deps,
  {
    shop,
    graphql,
    appUrl,
    signal,
  }: { shop: string; graphql: AdminGraphql; appUrl: string; signal?: AbortSignal },
  knownGid: string | null,
): Promise<void> {
  const options = { log, signal };
  const settings = { shop, endpoint: new URL("/events", appUrl).href };
  const pixel = await readWebPixel(graphql, options);
  if (pixel && !isDeepStrictEqual(pixel.settings, settings)) {
    await updateWebPixel(graphql, pixel.pixelGid, settings, options);
  }
  const webPixelGid = pixel?.pixelGid ?? (await createWebPixel(graphql, settings, options));
  if (webPixelGid === knownGid) return;
  await db.shop.update({ where: { shop }, data: { webPixelGid } });
  log.info("publish.pixel_noted", { webPixelGid });
}

import type { Deps } from "#app/services/deps.server.ts";
import { holdLiveBundles } from "#app/data/bundles/bundles.server.ts";
import { saveRemoval, listPublishedMetafields } from "#app/data/bundles/publication.server.ts";
import { clearDiscountAndPixel } from "#app/data/shops/shops.server.ts";
import { PRODUCT_NAMESPACE, type MetafieldIdentity } from "#app/domain/publish/plan-offers.ts";
import { APP_DATA_NAMESPACE, STOREFRONT_KEY } from "#app/domain/publish/storefront-offer.ts";
import { cancelBulkMutations } from "#app/shopify/bulk-mutation.ts";
import { deleteAutomaticDiscount } from "#app/shopify/automatic-discount.ts";
import type { AdminGraphql } from "#app/shopify/graphql-request.ts";
import { deleteMetafieldDefinition } from "#app/shopify/metafield-definition.ts";
import { deleteMetafields } from "#app/shopify/metafields.ts";
import { readOwnDiscounts } from "#app/shopify/read-discounts.ts";
import { readInstallation } from "#app/shopify/read-installation.ts";
import { deleteWebPixel, readWebPixel } from "#app/shopify/web-pixel.ts";
import { DEFINITIONS } from "./reconcile-metafields.server.ts";
import { removeMetafields } from "./write-metafields.server.ts";

/** Share of the whole that the offers are; the rest are a few calls. */
const OFFERS_RATIO = 0.9;

/**
 * Takes everything of ours out of the shop: offers, settings, the discount, the pixel, the metafields' definitions.
 * Offers go before the discount, so that no shown price is ever refused. Approved bundles stay approved and wait,
 * so that switching on again brings them back. May be killed anywhere and run again; notes how far it has come.
 *
 * The caller holds the shop's lock for publishing.
 */
export async function unpublishEverything(
  deps: Deps,
  { shop, graphql, now, signal }: { shop: string; graphql: AdminGraphql; now: Date; signal?: AbortSignal },
): Promise<void> {
  const { db, log } = deps;
  const options = { log, signal };
  await holdLiveBundles(db, shop, { code: "paused.off", values: {} });
  const rows = await listPublishedMetafields(db, shop);
  if (rows.some(({ compareDigest }) => compareDigest === null)) await cancelBulkMutations(graphql, options);
  const targets = [...rows].sort((a, b) => (a.ownerGid < b.ownerGid ? -1 : 1)).map(toIdentity);
  await removeMetafields(deps, { shop, graphql, signal }, targets, (removed) =>
    saveRemoval(db, shop, { removedRatio: (OFFERS_RATIO * removed) / targets.length, removedAt: null }),
  );
  // What our notes do not know of goes with the definitions.
  for (const { key } of DEFINITIONS) await deleteMetafieldDefinition(graphql, key, options);
  const { storefront } = await readInstallation(graphql, options);
  if (storefront) await deleteMetafields(graphql, [storefront], options);
  for (const { discountGid } of await readOwnDiscounts(graphql, options)) {
    await deleteAutomaticDiscount(graphql, discountGid, options);
  }
  const pixel = await readWebPixel(graphql, options);
  if (pixel) await deleteWebPixel(graphql, pixel.pixelGid, options);
  await clearDiscountAndPixel(db, shop);
  await saveRemoval(db, shop, { removedRatio: 1, removedAt: now });
  log.info("publish.removed", { metafields: rows.length });
}

function toIdentity({ ownerGid, key }: { ownerGid: string; key: string }): MetafieldIdentity {
  return { ownerGid, key, namespace: key === STOREFRONT_KEY ? APP_DATA_NAMESPACE : PRODUCT_NAMESPACE };
}

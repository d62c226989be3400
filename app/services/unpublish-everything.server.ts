import type { Deps } from "#app/deps.server.ts";
import { deletePublishedMetafields, listPublishedMetafields } from "#app/data/published-metafields.server.ts";
import { withShopLock } from "#app/data/shop-lock.server.ts";
import { PRODUCT_NAMESPACE } from "#app/domain/publish/plan-offers.ts";
import { APP_DATA_NAMESPACE, STOREFRONT_KEY } from "#app/domain/publish/storefront-offer.ts";
import { deleteAutomaticDiscount } from "#app/shopify/discount-automatic-delete.ts";
import type { AdminGraphql } from "#app/shopify/graphql-request.ts";
import { deleteMetafields } from "#app/shopify/metafields-delete.ts";
import { METAFIELDS_PER_CALL } from "#app/shopify/metafields-set.ts";
import { readOwnDiscounts } from "#app/shopify/read-discounts.ts";
import { deleteWebPixel, readWebPixel } from "#app/shopify/web-pixel.ts";

/**
 * Takes everything of ours out of the shop: offers, the discount, the pixel. Approved bundles are paused, so that
 * no later pass brings them back. Offers go before the discount, so that no shown price is ever refused. May be
 * killed anywhere and run again.
 */
export async function unpublishEverything(
  deps: Deps,
  { shop, graphql, signal }: { shop: string; graphql: AdminGraphql; signal?: AbortSignal },
): Promise<void> {
  const { db, log, pool } = deps;
  const options = { log, signal };
  await withShopLock(pool, { shop, name: "publish" }, async () => {
    await db.bundle.updateMany({
      where: { shop, status: { in: ["approved", "published"] } },
      data: { status: "paused", pausedReason: "All offers were taken off the shop" },
    });
    const rows = await listPublishedMetafields(db, shop);
    for (let start = 0; start < rows.length; start += METAFIELDS_PER_CALL) {
      const group = rows.slice(start, start + METAFIELDS_PER_CALL).map(({ ownerGid, key }) => ({
        ownerGid,
        key,
        namespace: key === STOREFRONT_KEY ? APP_DATA_NAMESPACE : PRODUCT_NAMESPACE,
      }));
      await deleteMetafields(graphql, group, options);
      await deletePublishedMetafields(db, shop, group);
    }
    for (const { discountGid } of await readOwnDiscounts(graphql, options)) {
      await deleteAutomaticDiscount(graphql, discountGid, options);
    }
    const pixel = await readWebPixel(graphql, options);
    if (pixel) await deleteWebPixel(graphql, pixel.pixelGid, options);
    await db.shop.updateMany({ where: { shop }, data: { discountGid: null, webPixelGid: null } });
    log.info("publish.removed", { metafields: rows.length });
  });
}

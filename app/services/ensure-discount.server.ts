import type { Deps } from "#app/deps.server.ts";
import { createAutomaticAppDiscount } from "#app/shopify/discount-automatic-app-create.ts";
import { deleteAutomaticDiscount } from "#app/shopify/discount-automatic-delete.ts";
import type { AdminGraphql } from "#app/shopify/graphql-request.ts";
import { readOwnDiscounts } from "#app/shopify/read-discounts.ts";

/**
 * Makes sure that the shop has exactly one automatic discount of ours. One that a killed pass created without
 * noting it is taken over, a second one deleted.
 *
 * @param knownGid the discount noted at the shop, if any
 * @returns whether it is active; the merchant may have switched it off, and then no offer may be shown
 */
export async function ensureDiscount(
  { db, log }: Deps,
  { shop, graphql, now, signal }: { shop: string; graphql: AdminGraphql; now: Date; signal?: AbortSignal },
  knownGid: string | null,
): Promise<boolean> {
  const options = { log, signal };
  const own = await readOwnDiscounts(graphql, options);
  const kept = own.find(({ discountGid }) => discountGid === knownGid) ?? own[0];
  for (const { discountGid } of own) {
    if (discountGid !== kept?.discountGid) await deleteAutomaticDiscount(graphql, discountGid, options);
  }
  // A minute ago: by Shopify's clock a discount from "now" on might be still to come.
  const startsAt = new Date(now.getTime() - 60_000);
  const discountGid = kept?.discountGid ?? (await createAutomaticAppDiscount(graphql, { startsAt }, options));
  if (discountGid !== knownGid) {
    await db.shop.update({ where: { shop }, data: { discountGid } });
    log.info("publish.discount_noted", { discountGid });
  }
  return kept?.isActive ?? true;
}

import type { Deps } from "#app/services/deps.server.ts";
import {
  listDiscountedOrders,
  readRedeemables,
  replaceConversions,
  type Redeemables,
} from "#app/data/orders/conversions.server.ts";
import { holdOrders } from "#app/data/orders/orders.server.ts";
import { attributeDiscounts } from "#app/domain/evaluate/attribute-discounts.ts";

const NOTHING: Redeemables = { bundles: [], offers: [] };

/**
 * Step 8, evaluate: records which bundles orders redeemed, by the discount given. Idempotent, also when several run at
 * once. An order that was edited or cancelled counts as it is now.
 */
export async function recordConversions(
  deps: Deps,
  { shop, orderGids }: { shop: string; orderGids: readonly string[] },
): Promise<void> {
  if (orderGids.length === 0) return;
  const noted = await deps.db.$transaction(async (tx) => {
    await holdOrders(tx, { shop, orderGids });
    const orders = await listDiscountedOrders(tx, { shop, orderGids });
    const valid = orders.map((order) => ({ ...order, lines: order.isVoid ? [] : order.lines }));
    const lines = valid.flatMap((order) => order.lines);
    const redeemablesAt = lines.length === 0 ? () => NOTHING : await readRedeemables(tx, shop, lines);
    const redemptions = valid.map(({ orderGid, placedAt, lines: own }) => {
      const { bundles, offers } = own.length === 0 ? NOTHING : redeemablesAt(placedAt);
      return { orderGid, convertedAt: placedAt, redeemed: attributeDiscounts(own, bundles, offers) };
    });
    await replaceConversions(tx, shop, redemptions);
    return valid.map(({ orderGid, lines }, index) => ({
      orderGid,
      lines: lines.length,
      redeemed: redemptions[index]!.redeemed.length,
    }));
  });
  const known = new Set(noted.map(({ orderGid }) => orderGid));
  for (const orderGid of orderGids) {
    if (!known.has(orderGid)) deps.log.warn("evaluate.order_missing", { orderGid });
  }
  for (const { orderGid, lines, redeemed } of noted) {
    if (lines > 0 && redeemed === 0) deps.log.warn("evaluate.unexplained_discount", { orderGid, lines });
  }
}

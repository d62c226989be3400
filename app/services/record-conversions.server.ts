import type { Deps } from "#app/deps.server.ts";
import {
  findDiscountedOrder,
  listRedeemableBundles,
  replaceConversions,
} from "#app/data/conversions.server.ts";
import { lockOrder } from "#app/data/orders.server.ts";
import { attributeDiscounts } from "#app/domain/evaluate/attribute-discounts.ts";

/**
 * Step 8, evaluate: notes which bundles an order redeemed, by the discount really given. Repeats change nothing,
 * also when several run at once; an order that was edited or cancelled since is counted as it is now.
 */
export async function recordConversions(
  deps: Deps,
  { shop, orderGid }: { shop: string; orderGid: string },
): Promise<void> {
  const outcome = await deps.db.$transaction(async (tx) => {
    await lockOrder(tx, { shop, orderGid });
    const order = await findDiscountedOrder(tx, { shop, orderGid });
    if (!order) return null;
    const lines = order.isVoid ? [] : order.lines;
    const bundles = lines.length === 0 ? [] : await listRedeemableBundles(tx, shop, lines);
    const redeemed = attributeDiscounts(lines, bundles);
    await replaceConversions(tx, { shop, orderGid, arm: order.arm, convertedAt: order.placedAt }, redeemed);
    return { lines: lines.length, redeemed: redeemed.length };
  });
  if (!outcome) deps.log.warn("evaluate.order_missing", { orderGid });
  else if (outcome.lines > 0 && outcome.redeemed === 0)
    deps.log.warn("evaluate.unexplained_discount", { orderGid, lines: outcome.lines });
}

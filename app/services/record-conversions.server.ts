import type { Deps } from "#app/deps.server.ts";
import {
  findDiscountedOrder,
  listRedeemableBundles,
  replaceConversions,
} from "#app/data/conversions.server.ts";
import { attributeDiscounts } from "#app/domain/evaluate/attribute-discounts.ts";

/**
 * Step 8, evaluate: notes which bundles an order redeemed, by the discount really given. Repeats change nothing;
 * an order that was edited or cancelled since is counted as it is now.
 */
export async function recordConversions(
  deps: Deps,
  { shop, orderGid }: { shop: string; orderGid: string },
): Promise<void> {
  const order = await findDiscountedOrder(deps.db, { shop, orderGid });
  if (!order) {
    deps.log.warn("evaluate.order_missing", { orderGid });
    return;
  }
  const lines = order.isVoid ? [] : order.lines;
  const bundles =
    lines.length === 0
      ? []
      : await listRedeemableBundles(
          deps.db,
          shop,
          lines.map(({ variantGid }) => variantGid),
        );

  const redeemed = attributeDiscounts(lines, bundles);

  await replaceConversions(
    deps.db,
    { shop, orderGid, arm: order.arm, convertedAt: order.placedAt },
    redeemed,
  );
  const isUnexplained = lines.length > 0 && redeemed.length === 0;
  if (isUnexplained) deps.log.warn("evaluate.unexplained_discount", { orderGid, lines: lines.length });
}

import { z } from "zod";
import { ARM_ATTRIBUTE, isBundleDiscount } from "./our-marks.ts";
import type { Result } from "#app/domain/result.ts";
import {
  merchandiseMinor,
  readVisitor,
  withoutTypedName,
  type OrderEvent,
} from "#app/domain/collect/order-event.ts";
import {
  Decimal,
  Instant,
  readPayload,
  toIncludedTax,
  toMinor,
  toSafeMinor,
  Units,
} from "./shopify-values.ts";

const ShopMoney = z.object({ shopMoney: z.object({ amount: Decimal }) });

const LineNode = z.object({
  id: z.string(),
  name: z.string(),
  sku: z.string().nullish(),
  quantity: Units,
  currentQuantity: Units,
  isGiftCard: z.boolean(),
  variant: z.object({ id: z.string() }).nullish(),
  product: z.object({ id: z.string() }).nullish(),
  originalUnitPriceSet: ShopMoney,
  // Absent in a bulk operation that an earlier release started.
  taxLines: z.array(z.object({ priceSet: ShopMoney })).nullish(),
  discountAllocations: z.array(
    z.object({
      allocatedAmountSet: ShopMoney,
      discountApplication: z.object({ __typename: z.string(), title: z.string().nullish() }),
    }),
  ),
});

const OrderNode = z.object({
  id: z.string(),
  createdAt: Instant,
  processedAt: Instant.nullish(),
  updatedAt: Instant,
  cancelledAt: Instant.nullish(),
  currencyCode: z.string().length(3),
  taxesIncluded: z.boolean().nullish(),
  // As above.
  totalTipReceivedSet: ShopMoney.nullish(),
  test: z.boolean(),
  sourceName: z.string().nullish(),
  customAttributes: z.array(z.object({ key: z.string(), value: z.string().nullish() })),
  refunds: z.array(z.object({ id: z.string(), createdAt: Instant.nullish(), totalRefundedSet: ShopMoney })),
});

/**
 * Step 1, collect: an order of the Admin API with its lines. It has no customer (see the query). Its refunds are only
 * sums that include tax and shipping; a refund's own webhook has more detail and is kept over this.
 * The tip is dropped; the API does not mark its line. It is one unit of no product at the price of the order's tip; of
 * several, the one without discount and tax.
 *
 * @returns reason "payload_unusable" with the first field that does not fit
 */
export function toOrderEventFromNode(
  node: unknown,
  lineNodes: readonly unknown[],
): Result<OrderEvent, "payload_unusable"> {
  const schema = z.object({ node: OrderNode, lines: z.array(LineNode) });
  return readPayload(schema, { node, lines: lineNodes }, ({ node: order, lines: given }) => {
    const currency = order.currencyCode;
    const tipMinor = toMinor(order.totalTipReceivedSet?.shopMoney.amount ?? "0", currency);
    const alike = given.filter(
      ({ product, variant, quantity, originalUnitPriceSet }) =>
        !product &&
        !variant &&
        quantity === 1 &&
        toMinor(originalUnitPriceSet.shopMoney.amount, currency) === tipMinor,
    );
    const isBare = ({ discountAllocations, taxLines }: (typeof given)[number]) =>
      discountAllocations.length + (taxLines?.length ?? 0) === 0;
    const tip = alike.find(isBare) ?? alike[0];
    const goods = tipMinor > 0 ? given.filter((line) => line !== tip) : given;
    const lines = goods.map((line) => {
      const allocations = line.discountAllocations.map(({ allocatedAmountSet, discountApplication }) => ({
        minor: toMinor(allocatedAmountSet.shopMoney.amount, currency),
        isOurs:
          discountApplication.__typename === "AutomaticDiscountApplication" &&
          isBundleDiscount(discountApplication.title),
      }));
      const taxes = (line.taxLines ?? []).map(({ priceSet }) => priceSet.shopMoney.amount);
      return withoutTypedName({
        lineGid: line.id,
        variantGid: line.variant?.id ?? null,
        productGid: line.product?.id ?? null,
        sku: line.sku ?? "",
        title: line.name,
        quantity: line.quantity,
        unitPriceMinor: toMinor(line.originalUnitPriceSet.shopMoney.amount, currency),
        discountMinor: toSafeMinor(allocations.reduce((sum, { minor }) => sum + minor, 0)),
        bundleDiscountMinor: allocations.reduce((sum, { minor, isOurs }) => sum + (isOurs ? minor : 0), 0),
        includedTaxMinor: toIncludedTax(taxes, order.taxesIncluded, currency),
        removedQuantity: line.quantity - Math.min(line.quantity, line.currentQuantity),
        isGiftCard: line.isGiftCard,
      });
    });
    const totalMinor = toSafeMinor(merchandiseMinor(lines));
    return {
      orderGid: order.id,
      placedAt: order.processedAt ?? order.createdAt,
      updatedAt: order.updatedAt,
      currency,
      customerKey: null,
      cancelledAt: order.cancelledAt ?? null,
      isTest: order.test,
      ...readVisitor(
        order.customAttributes.find(({ key }) => key === ARM_ATTRIBUTE)?.value,
        order.sourceName,
      ),
      totalMinor,
      lines,
      refunds: order.refunds.map((refund) => ({
        refundGid: refund.id,
        orderGid: order.id,
        refundedAt: refund.createdAt ?? order.updatedAt,
        amountMinor: Math.min(
          Math.max(0, toMinor(refund.totalRefundedSet.shopMoney.amount, currency)),
          Math.max(0, totalMinor),
        ),
        lines: [],
        reason: "unsaid",
      })),
    };
  });
}

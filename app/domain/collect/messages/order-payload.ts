import { z } from "zod";
import { ARM_ATTRIBUTE, isBundleDiscount } from "./our-marks.ts";
import type { Result } from "#app/domain/result.ts";
import {
  merchandiseMinor,
  readVisitor,
  type OrderEvent,
  type RefundEvent,
  withoutTypedName,
} from "#app/domain/collect/order-event.ts";
import { readRefundReason } from "#app/domain/collect/refund-reason.ts";
import {
  Decimal,
  Gid,
  Instant,
  MoneySet,
  NumericId,
  readPayload,
  toGid,
  toIncludedTax,
  toMinor,
  toSafeMinor,
  Units,
} from "./shopify-values.ts";

const Allocation = z.object({
  amount: Decimal,
  amount_set: MoneySet.nullish(),
  discount_application_index: z.number().int().min(0),
});

const Line = z.object({
  admin_graphql_api_id: Gid,
  variant_id: NumericId.nullish(),
  product_id: NumericId.nullish(),
  sku: z.string().nullish(),
  title: z.string().nullish(),
  name: z.string().nullish(),
  quantity: Units,
  current_quantity: Units.nullish(),
  price: Decimal,
  price_set: MoneySet.nullish(),
  gift_card: z.boolean().nullish(),
  /** Only set on a line that is a tip. */
  tip: z.object({}).nullish(),
  discount_allocations: z.array(Allocation).nullish(),
  tax_lines: z.array(z.object({ price: Decimal, price_set: MoneySet.nullish() })).nullish(),
});

const Adjustment = z.object({
  /** Can be absent: the Admin API of 2026-10 has no kinds, and lists refunded shipping apart. */
  kind: z.string().nullish(),
  amount: Decimal,
  amount_set: MoneySet.nullish(),
});

const RefundLine = z.object({
  line_item_id: NumericId,
  quantity: Units,
  subtotal: Decimal.nullish(),
  subtotal_set: MoneySet.nullish(),
  restock_type: z.string().nullish(),
  line_item: Line.pick({ tip: true }).nullish(),
});

/** `refunds/create`, and each of an order's `refunds`. */
const Refund = z.object({
  admin_graphql_api_id: Gid,
  order_id: NumericId.nullish(),
  created_at: Instant,
  processed_at: Instant.nullish(),
  note: z.string().nullish(),
  refund_line_items: z.array(RefundLine).nullish(),
  order_adjustments: z.array(Adjustment).nullish(),
});

/** Every field of `orders/*` that is stored; no name, address or e-mail is among them. */
const Order = z.object({
  admin_graphql_api_id: Gid,
  created_at: Instant,
  processed_at: Instant.nullish(),
  updated_at: Instant,
  cancelled_at: Instant.nullish(),
  currency: z.string().length(3),
  taxes_included: z.boolean().nullish(),
  test: z.boolean().nullish(),
  source_name: z.string().nullish(),
  customer: z.object({ admin_graphql_api_id: Gid.nullish(), id: NumericId.nullish() }).nullish(),
  note_attributes: z.array(z.object({ name: z.string(), value: z.coerce.string() })).nullish(),
  discount_applications: z
    .array(z.object({ type: z.string().nullish(), title: z.string().nullish() }))
    .nullish(),
  line_items: z.array(Line),
  refunds: z.array(Refund).nullish(),
});

/**
 * Step 1, collect: converts an order webhook's payload to what the app stores; drops the tip's line.
 *
 * @param payload parsed with `parseJsonKeepingIds`
 * @param toCustomerKey keyed hash of a customer gid
 * @returns reason "payload_unusable" with the first field that does not fit
 */
export function toOrderEvent(
  payload: unknown,
  toCustomerKey: (customerGid: string) => string,
): Result<OrderEvent, "payload_unusable"> {
  return readPayload(Order, payload, (order) => {
    const { currency } = order;
    const applications = order.discount_applications ?? [];
    const isOurs = (index: number): boolean =>
      applications[index]?.type === "automatic" && isBundleDiscount(applications[index]?.title);
    const goods = order.line_items.filter(({ tip }) => !tip);
    const lines = goods.map((line) => {
      const allocations = (line.discount_allocations ?? []).map((allocation) => ({
        minor: toShopMinor(allocation.amount_set, allocation.amount, currency),
        isOurs: isOurs(allocation.discount_application_index),
      }));
      const taxes = (line.tax_lines ?? []).map(
        ({ price, price_set }) => price_set?.shop_money.amount ?? price,
      );
      return withoutTypedName({
        lineGid: line.admin_graphql_api_id,
        variantGid: line.variant_id ? toGid("ProductVariant", line.variant_id) : null,
        productGid: line.product_id ? toGid("Product", line.product_id) : null,
        sku: line.sku ?? "",
        title: line.name ?? line.title ?? "",
        quantity: line.quantity,
        unitPriceMinor: toShopMinor(line.price_set, line.price, currency),
        discountMinor: toSafeMinor(allocations.reduce((sum, { minor }) => sum + minor, 0)),
        bundleDiscountMinor: allocations.reduce((sum, { minor, isOurs }) => sum + (isOurs ? minor : 0), 0),
        includedTaxMinor: toIncludedTax(taxes, order.taxes_included, currency),
        removedQuantity: line.quantity - Math.min(line.quantity, line.current_quantity ?? line.quantity),
        isGiftCard: line.gift_card ?? false,
      });
    });
    const customerGid =
      order.customer?.admin_graphql_api_id ??
      (order.customer?.id ? toGid("Customer", order.customer.id) : null);
    const attribute = order.note_attributes?.find(({ name }) => name === ARM_ATTRIBUTE)?.value;
    return {
      orderGid: order.admin_graphql_api_id,
      placedAt: order.processed_at ?? order.created_at,
      updatedAt: order.updated_at,
      currency,
      customerKey: customerGid === null ? null : toCustomerKey(customerGid),
      cancelledAt: order.cancelled_at ?? null,
      isTest: order.test ?? false,
      ...readVisitor(attribute, order.source_name),
      totalMinor: toSafeMinor(merchandiseMinor(lines)),
      lines,
      refunds: (order.refunds ?? []).map((refund) => toRefund(refund, order.admin_graphql_api_id, currency)),
    };
  });
}

/**
 * Step 1, collect: the payload of `refunds/create`.
 *
 * @param currency of the shop, in which the payload's plain amounts are
 * @returns reason "payload_unusable" with the first field that does not fit
 */
export function toRefundEvent(payload: unknown, currency: string): Result<RefundEvent, "payload_unusable"> {
  return readPayload(Refund.extend({ order_id: NumericId }), payload, (refund) =>
    toRefund(refund, toGid("Order", refund.order_id), currency),
  );
}

/**
 * Merchandise is the subtotal of the returned lines minus what Shopify books as not paid back for them: all of it if
 * another refund or an exchange covers the money, some of it if a fee was kept. A larger refund, or a sum without
 * lines, is booked below zero. Its tax is included if Shopify does not list it; refunded shipping and tips are not.
 * Transactions are not read, because they include tax and shipping, in the shopper's currency.
 */
function toRefund(refund: z.infer<typeof Refund>, orderGid: string, currency: string): RefundEvent {
  const refundLines = (refund.refund_line_items ?? []).filter(({ line_item }) => !line_item?.tip);
  const merchandise = refundLines.reduce(
    (sum, line) => sum + toShopMinor(line.subtotal_set, line.subtotal ?? "0", currency),
    0,
  );
  const paidBack = (refund.order_adjustments ?? [])
    .filter(({ kind }) => kind !== "shipping_refund")
    .reduce((sum, { amount, amount_set }) => sum - toShopMinor(amount_set, amount, currency), 0);
  return {
    refundGid: refund.admin_graphql_api_id,
    orderGid,
    refundedAt: refund.processed_at ?? refund.created_at,
    amountMinor: toSafeMinor(Math.max(0, merchandise + paidBack)),
    lines: refundLines.map(({ line_item_id, quantity }) => ({
      lineGid: toGid("LineItem", line_item_id),
      quantity,
    })),
    reason: readRefundReason(refund.note ?? null, {
      isShipped: refundLines.length === 0 || refundLines.some((line) => line.restock_type !== "cancel"),
    }),
  };
}

/** Minor units of an amount in shop money: the set states its currency, which the shop may have changed since. */
function toShopMinor(
  set: z.infer<typeof MoneySet> | null | undefined,
  plain: string,
  currency: string,
): number {
  const stated = set?.shop_money;
  return toMinor(stated?.amount ?? plain, stated?.currency_code ?? currency);
}

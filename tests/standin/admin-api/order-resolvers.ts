import { toDecimal, toHundredths } from "#tests/standin/shop/decimal.ts";
import { discountMinor, netMinor } from "#tests/standin/shop/order-book.ts";
import { legacyId } from "#tests/standin/shop/shop-clock.ts";
import type {
  DiscountAllocation,
  DiscountApplication,
  ShopLineItem,
  ShopOrder,
  ShopRefund,
} from "#tests/standin/shop/shop-records.ts";
import { hasAnyScope, toIso, type AdminContext, type Resolvers } from "./admin-context.ts";
import { toConnection, type PageArgs } from "./connection.ts";
import { compileSearch, type SearchFields } from "./search-query.ts";
import { metafieldFields } from "./metafield-resolvers.ts";

type ListArgs = PageArgs & { query?: string | null; sortKey?: string | null };

/** A line with its order, which has the currency and the discounts. */
interface LineOf {
  readonly line: ShopLineItem;
  readonly order: ShopOrder;
}

interface RefundOf {
  readonly refund: ShopRefund;
  readonly order: ShopOrder;
}

/** Only apps with `read_all_orders` see older orders. */
const READABLE_MS = 60 * 86_400_000;

export function readableOrder(
  order: ShopOrder | undefined,
  { scopes, state }: AdminContext,
): ShopOrder | null {
  if (!order) return null;
  if (hasAnyScope(scopes, ["read_all_orders"])) return order;
  return order.createdAtMs >= state.clock.now() - READABLE_MS ? order : null;
}

const ORDER_SEARCH: SearchFields<ShopOrder> = {
  id: ({ gid }) => legacyId(gid),
  name: ({ name }) => name,
  updated_at: ({ updatedAtMs }) => updatedAtMs,
  created_at: ({ createdAtMs }) => createdAtMs,
  processed_at: ({ processedAtMs }) => processedAtMs,
  test: ({ isTest }) => isTest,
  financial_status: ({ financialStatus }) => financialStatus,
  source_name: ({ sourceName }) => sourceName,
  cart_token: ({ cartToken }) => cartToken ?? "",
  status: ({ cancelledAtMs }) => (cancelledAtMs === null ? ["open", "any"] : ["cancelled", "any"]),
};

const ORDER_ORDER: Record<string, (order: ShopOrder) => number> = {
  PROCESSED_AT: ({ processedAtMs }) => processedAtMs,
  CREATED_AT: ({ createdAtMs }) => createdAtMs,
  UPDATED_AT: ({ updatedAtMs }) => updatedAtMs,
  ID: ({ gid }) => legacyId(gid),
};

function bag(minor: number, currency: string) {
  const money = { amount: toDecimal(minor), currencyCode: currency };
  return { shopMoney: money, presentmentMoney: money };
}

const grossMinor = (order: ShopOrder) =>
  order.lines.reduce((sum, line) => sum + toHundredths(line.price) * line.quantity, 0);
const discountsMinor = (order: ShopOrder) => order.lines.reduce((sum, line) => sum + discountMinor(line), 0);
const refundedMinor = (order: ShopOrder) =>
  order.refunds.reduce((sum, refund) => sum + toHundredths(refund.amount), 0);

const APPLICATION_TYPES = {
  automatic: "AutomaticDiscountApplication",
  discount_code: "DiscountCodeApplication",
  manual: "ManualDiscountApplication",
  script: "ScriptDiscountApplication",
} as const;

function toApplication(application: DiscountApplication, index: number, order: ShopOrder) {
  return {
    __typename: APPLICATION_TYPES[application.type],
    index,
    title: application.title,
    code: application.title,
    description: application.title,
    allocationMethod: application.allocationMethod.toUpperCase(),
    targetSelection: application.targetSelection.toUpperCase(),
    targetType: application.targetType.toUpperCase(),
    value:
      application.valueType === "percentage"
        ? { __typename: "PricingPercentageValue", percentage: Number(application.value) }
        : { __typename: "MoneyV2", amount: application.value, currencyCode: order.currency },
  };
}

function toAllocation(allocation: DiscountAllocation, order: ShopOrder) {
  const index = allocation.discountApplicationIndex;
  const application = order.discountApplications[index];
  if (!application) throw new Error(`order ${order.gid} has no discount application ${index}`);
  return {
    allocatedAmount: { amount: allocation.amount, currencyCode: order.currency },
    allocatedAmountSet: bag(toHundredths(allocation.amount), order.currency),
    discountApplication: toApplication(application, index, order),
  };
}

const toAttributes = (pairs: readonly { name: string; value: string }[]) =>
  pairs.map(({ name, value }) => ({ key: name, value }));

export const orderResolvers: Resolvers = {
  QueryRoot: {
    order: (_: unknown, { id }: { id: string }, context) => {
      return readableOrder(context.state.orders.orders.get(id), context);
    },
    orders: (_: unknown, args: ListArgs, context) => {
      const isWanted = compileSearch(args.query, ORDER_SEARCH);
      const found = [...context.state.orders.orders.values()].filter(
        (order) => readableOrder(order, context) !== null && isWanted(order),
      );
      const keyOf = ORDER_ORDER[args.sortKey ?? "PROCESSED_AT"] ?? ORDER_ORDER["PROCESSED_AT"]!;
      return toConnection(found, args, { keyOf, idOf: ({ gid }) => gid, isBulk: context.isBulk });
    },
    ordersCount: (_: unknown, { query }: { query?: string | null }, context) => {
      const isWanted = compileSearch(query, ORDER_SEARCH);
      const found = [...context.state.orders.orders.values()].filter(
        (order) => readableOrder(order, context) !== null && isWanted(order),
      );
      return { count: found.length, precision: "EXACT" };
    },
  },
  Order: {
    ...metafieldFields(({ gid }: ShopOrder) => gid),
    id: ({ gid }: ShopOrder) => gid,
    legacyResourceId: ({ gid }: ShopOrder) => String(legacyId(gid)),
    createdAt: ({ createdAtMs }: ShopOrder) => toIso(createdAtMs),
    processedAt: ({ processedAtMs }: ShopOrder) => toIso(processedAtMs),
    updatedAt: ({ updatedAtMs }: ShopOrder) => toIso(updatedAtMs),
    cancelledAt: ({ cancelledAtMs }: ShopOrder) => (cancelledAtMs === null ? null : toIso(cancelledAtMs)),
    cancelReason: ({ cancelReason }: ShopOrder) => cancelReason?.toUpperCase() ?? null,
    test: ({ isTest }: ShopOrder) => isTest,
    sourceName: ({ sourceName }: ShopOrder) => sourceName,
    currencyCode: ({ currency }: ShopOrder) => currency,
    presentmentCurrencyCode: ({ currency }: ShopOrder) => currency,
    displayFinancialStatus: ({ financialStatus }: ShopOrder) => financialStatus,
    customAttributes: ({ noteAttributes }: ShopOrder) => toAttributes(noteAttributes),
    customer: ({ customerGid }: ShopOrder) => (customerGid === null ? null : { id: customerGid }),
    taxesIncluded: () => true,
    totalTipReceivedSet: ({ currency }: ShopOrder) => bag(0, currency),
    tags: () => [],
    note: () => null,
    discountCodes: ({ discountApplications }: ShopOrder) =>
      discountApplications.filter(({ type }) => type === "discount_code").map(({ title }) => title),
    discountApplications: (order: ShopOrder, args: PageArgs, { isBulk }) =>
      toConnection(
        order.discountApplications.map((application, index) => toApplication(application, index, order)),
        args,
        { keyOf: ({ index }) => index, idOf: ({ index }) => String(index), isBulk },
      ),
    lineItems: (order: ShopOrder, args: PageArgs, { isBulk }) =>
      toConnection(
        order.lines.map((line): LineOf => ({ line, order })),
        args,
        { keyOf: ({ line }) => order.lines.indexOf(line), idOf: ({ line }) => line.gid, isBulk },
      ),
    refunds: (order: ShopOrder, { first }: { first?: number | null }) =>
      order.refunds.slice(0, first ?? order.refunds.length).map((refund): RefundOf => ({ refund, order })),
    totalPriceSet: (order: ShopOrder) => bag(grossMinor(order) - discountsMinor(order), order.currency),
    subtotalPriceSet: (order: ShopOrder) => bag(grossMinor(order) - discountsMinor(order), order.currency),
    originalTotalPriceSet: (order: ShopOrder) =>
      bag(grossMinor(order) - discountsMinor(order), order.currency),
    currentTotalPriceSet: (order: ShopOrder) =>
      bag(grossMinor(order) - discountsMinor(order) - refundedMinor(order), order.currency),
    totalDiscountsSet: (order: ShopOrder) => bag(discountsMinor(order), order.currency),
    totalRefundedSet: (order: ShopOrder) => bag(refundedMinor(order), order.currency),
    totalTaxSet: (order: ShopOrder) => bag(0, order.currency),
    totalShippingPriceSet: (order: ShopOrder) => bag(0, order.currency),
  },
  LineItem: {
    id: ({ line }: LineOf) => line.gid,
    title: ({ line }: LineOf) => line.title,
    name: ({ line }: LineOf) =>
      line.variantTitle === null ? line.title : `${line.title} - ${line.variantTitle}`,
    variantTitle: ({ line }: LineOf) => line.variantTitle,
    sku: ({ line }: LineOf) => line.sku,
    quantity: ({ line }: LineOf) => line.quantity,
    currentQuantity: ({ line }: LineOf) => line.currentQuantity,
    refundableQuantity: ({ line }: LineOf) => line.currentQuantity,
    isGiftCard: ({ line }: LineOf) => line.isGiftCard,
    requiresShipping: ({ line }: LineOf) => line.requiresShipping,
    taxable: () => true,
    taxLines: () => [],
    customAttributes: ({ line }: LineOf) => toAttributes(line.properties),
    // A variant deleted since then is null, while the line keeps its title and price.
    variant: ({ line }: LineOf, _: unknown, { state }) =>
      line.variantGid === null ? null : (state.catalogue.variants.get(line.variantGid) ?? null),
    product: ({ line }: LineOf, _: unknown, { state }) =>
      line.productGid === null ? null : (state.catalogue.products.get(line.productGid) ?? null),
    discountAllocations: ({ line, order }: LineOf) =>
      line.discountAllocations.map((allocation) => toAllocation(allocation, order)),
    originalUnitPriceSet: ({ line, order }: LineOf) => bag(toHundredths(line.price), order.currency),
    originalTotalSet: ({ line, order }: LineOf) =>
      bag(toHundredths(line.price) * line.quantity, order.currency),
    totalDiscountSet: ({ line, order }: LineOf) => bag(discountMinor(line), order.currency),
    discountedTotalSet: ({ line, order }: LineOf) => bag(netMinor(line), order.currency),
    discountedUnitPriceAfterAllDiscountsSet: ({ line, order }: LineOf) =>
      bag(Math.round(netMinor(line) / line.quantity), order.currency),
  },
  Refund: {
    id: ({ refund }: RefundOf) => refund.gid,
    legacyResourceId: ({ refund }: RefundOf) => String(legacyId(refund.gid)),
    createdAt: ({ refund }: RefundOf) => toIso(refund.createdAtMs),
    processedAt: ({ refund }: RefundOf) => toIso(refund.createdAtMs),
    updatedAt: ({ refund }: RefundOf) => toIso(refund.createdAtMs),
    note: ({ refund }: RefundOf) => refund.note,
    totalRefundedSet: ({ refund, order }: RefundOf) => bag(toHundredths(refund.amount), order.currency),
    refundLineItems: ({ refund, order }: RefundOf, args: PageArgs, { isBulk }) =>
      toConnection(
        refund.lines.map((refunded) => ({
          id: refunded.gid,
          quantity: refunded.quantity,
          restocked: refunded.isRestocked,
          restockType: refunded.isRestocked ? "RETURN" : "NO_RESTOCK",
          subtotalSet: bag(toHundredths(refunded.subtotal), order.currency),
          totalTaxSet: bag(0, order.currency),
          lineItem: { line: order.lines.find(({ gid }) => gid === refunded.lineItemGid), order },
        })),
        args,
        { keyOf: ({ id }) => legacyId(id), idOf: ({ id }) => id, isBulk },
      ),
  },
};

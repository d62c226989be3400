import type { OrderEvent } from "#app/domain/collect/order-event.ts";
import { toOrderEventFromNode } from "#app/domain/collect/messages/order-node.ts";
import { readInBulk, type BulkPlace, type BulkReading } from "./bulk-read.ts";

/**
 * Does not request the customer: that needs `read_customers`, which exposes every shopper's name. Webhooks carry the
 * bare id. `currentQuantity` shows refunded lines, because a bulk query cannot hold a connection inside a list.
 */
const toQuery = (filter: string) => `#graphql
  query BulkOrders {
    orders${filter} {
      edges {
        node {
          id createdAt processedAt updatedAt cancelledAt currencyCode taxesIncluded test sourceName
          totalTipReceivedSet { shopMoney { amount } }
          customAttributes { key value }
          refunds { id createdAt totalRefundedSet { shopMoney { amount } } }
          lineItems {
            edges {
              node {
                id name sku quantity currentQuantity isGiftCard
                variant { id }
                product { id }
                originalUnitPriceSet { shopMoney { amount } }
                taxLines { priceSet { shopMoney { amount } } }
                discountAllocations {
                  allocatedAmountSet { shopMoney { amount } }
                  discountApplication { __typename ... on AutomaticDiscountApplication { title } }
                }
              }
            }
          }
        }
      }
    }
  }`;

export const BULK_ORDERS_QUERY = toQuery("");

/** The same for orders that changed at or after the instant. */
function bulkOrdersChangedSince(since: Date): string {
  return toQuery(`(query: "updated_at:>='${since.toISOString()}'")`);
}

/**
 * Streams the shop's orders with the progress after each, as far back as the API allows: 60 days without
 * `read_all_orders`.
 *
 * @param changedSince only orders that changed at or after this instant; null for all
 * @throws AppError as `readInBulk`. A record that does not match the schema is logged and skipped
 */
export async function* readOrders(
  reading: BulkReading,
  changedSince: Date | null,
): AsyncGenerator<{ event: OrderEvent; place: BulkPlace }> {
  const query = changedSince ? bulkOrdersChangedSince(changedSince) : BULK_ORDERS_QUERY;
  for await (const { node, children, place, isDone } of readInBulk(reading, query)) {
    if (isDone) continue;
    const order = toOrderEventFromNode(node, children);
    if (order.ok) yield { event: order.value, place };
    else reading.log.error("collect.order_refused", { reason: order.detail });
  }
}

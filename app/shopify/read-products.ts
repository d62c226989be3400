import { z } from "zod";
import { toProductEventFromNode } from "#app/domain/collect/messages/product-node.ts";
import type { ProductEvent } from "#app/domain/collect/messages/product-event.ts";
import { readInBulk, type BulkPlace, type BulkReading } from "./bulk-read.ts";

export const BULK_PRODUCTS_QUERY = `#graphql
  query BulkProducts {
    products {
      edges {
        node {
          id title handle productType tags status updatedAt
          featuredMedia { preview { image { url } } }
          variants {
            edges {
              node {
                id title sku price position inventoryQuantity inventoryPolicy
                inventoryItem { id tracked unitCost { amount } locationsCount { count } }
              }
            }
          }
        }
      }
    }
  }`;

interface ProductReading extends BulkReading {
  /**
   * Called with each existing product that is not yielded, because it cannot be read or an earlier attempt processed
   * it. Do not treat it as deleted.
   */
  onLeftOut(productGid: string): void;
}

const Named = z.object({ id: z.string() });

/**
 * Streams every product of the shop with its variants, unit costs, stock, and the progress after it.
 *
 * @param currency the shop's, which the API uses for prices and costs
 * @throws AppError as `readInBulk`. A record that does not match the schema is logged, reported and skipped
 */
export async function* readProducts(
  reading: ProductReading,
  currency: string,
): AsyncGenerator<{ event: ProductEvent; place: BulkPlace }> {
  for await (const { node, children, place, isDone } of readInBulk(reading, BULK_PRODUCTS_QUERY)) {
    if (isDone) {
      reading.onLeftOut(Named.parse(node).id);
      continue;
    }
    const product = toProductEventFromNode(node, children, currency);
    if (product.ok) {
      yield { event: product.value, place };
      continue;
    }
    reading.log.error("collect.product_refused", { reason: product.detail });
    reading.onLeftOut(Named.parse(node).id);
  }
}

import type { InboxMessage } from "./inbox-message.ts";

/**
 * Gids of the products that a message is about or holds. A refund and a stock level name none: without its order, or
 * its product's variant, either has no effect.
 */
export function listNamedProducts(message: InboxMessage): string[] {
  switch (message.kind) {
    case "order":
      return message.order.lines.flatMap(({ productGid }) => productGid ?? []);
    case "cart":
      return message.cart.lines.flatMap(({ productGid }) => productGid ?? []);
    case "product":
    case "product_deleted":
      return [message.product.productGid];
    default:
      return [];
  }
}

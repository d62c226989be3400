import { isAvailable } from "#tests/standin/shop/catalogue.ts";
import { toDecimal } from "#tests/standin/shop/decimal.ts";
import type { ShopOrder } from "#tests/standin/shop/shop-records.ts";
import type { ShopState } from "#tests/standin/shop/shop-state.ts";
import type { PricedCart } from "./price-cart.ts";

/**
 * Turns a priced cart into a paid order: the discounts as applications with their allocations, the cart's attributes
 * as note attributes. The shop takes the units out of stock and sends the webhooks.
 *
 * @throws Error naming the product without enough stock; then nothing was ordered
 */
export function placeOrder(state: ShopState, cart: PricedCart, customerGid: string | null): ShopOrder {
  if (cart.lines.length === 0) throw new Error("Your cart is empty.");
  const wanted = new Map<string, number>();
  for (const { variant, product, quantity } of cart.lines) {
    const units = (wanted.get(variant.gid) ?? 0) + quantity;
    wanted.set(variant.gid, units);
    if (!isAvailable(product, variant, units)) throw new Error(`${product.title} is sold out.`);
  }
  return state.orders.create({
    placedAtMs: state.clock.now(),
    customerGid,
    cartToken: cart.token,
    checkoutToken: state.orders.newToken(),
    noteAttributes: Object.entries(cart.attributes).map(([name, value]) => ({ name, value })),
    discountApplications: cart.discounts.map(({ title, amount, isCode }) => ({
      type: isCode ? "discount_code" : "automatic",
      title,
      value: toDecimal(amount),
      valueType: "fixed_amount",
      allocationMethod: "across",
      targetSelection: isCode ? "all" : "explicit",
      targetType: "line_item",
    })),
    lines: cart.lines.map(({ variant, quantity, unitPrice, properties, allocations }) => ({
      variantGid: variant.gid,
      quantity,
      price: toDecimal(unitPrice),
      properties: Object.entries(properties).map(([name, value]) => ({ name, value })),
      discountAllocations: allocations.map(({ discountIndex, amount }) => ({
        amount: toDecimal(amount),
        discountApplicationIndex: discountIndex,
      })),
    })),
  });
}

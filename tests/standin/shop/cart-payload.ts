import type { Catalogue } from "./catalogue.ts";
import { toDecimal, toHundredths } from "./decimal.ts";
import { legacyId } from "./shop-clock.ts";
import type { ShopCart } from "./shop-records.ts";
import { moneySet, toIso } from "./webhook-payloads.ts";

/** Body of checkouts/create and checkouts/update: the cart's lines under a token of its own, with the attributes. */
export function toCheckoutPayload(
  cart: ShopCart,
  { token, nowMs }: { token: string; nowMs: number },
  catalogue: Catalogue,
  currency: string,
): Record<string, unknown> {
  return {
    ...toCartPayload(cart, catalogue, currency),
    id: token,
    token,
    cart_token: cart.token,
    created_at: toIso(nowMs),
    updated_at: toIso(nowMs),
    currency,
    note_attributes: Object.entries(cart.attributes).map(([name, value]) => ({ name, value })),
  };
}

/** Body of carts/create and carts/update. */
export function toCartPayload(
  cart: ShopCart,
  catalogue: Catalogue,
  currency: string,
): Record<string, unknown> {
  return {
    id: cart.token,
    token: cart.token,
    note: cart.note,
    created_at: toIso(cart.createdAtMs),
    updated_at: toIso(cart.updatedAtMs),
    line_items: cart.lines.map(({ key, variantGid, quantity, price, properties }) => {
      const variant = catalogue.variant(variantGid);
      const product = catalogue.product(variant.productGid);
      return {
        id: legacyId(variantGid),
        variant_id: legacyId(variantGid),
        product_id: legacyId(product.gid),
        key,
        title: product.title,
        sku: variant.sku,
        vendor: product.vendor,
        quantity,
        price,
        price_set: moneySet(price, currency),
        line_price: toDecimal(toHundredths(price) * quantity),
        discounted_price: price,
        total_discount: "0.00",
        gift_card: product.isGiftCard,
        grams: 0,
        properties,
      };
    }),
  };
}

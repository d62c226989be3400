import type { ShopProduct, ShopVariant } from "#tests/standin/shop/shop-records.ts";
import { legacyId } from "#tests/standin/shop/shop-clock.ts";
import type { PricedCart } from "./price-cart.ts";
import type { PageEvent } from "./web-pixel.ts";

/** A variant as pixel events carry it. */
function toPixelVariant(product: ShopProduct, variant: ShopVariant, currency: string) {
  return {
    id: String(legacyId(variant.gid)),
    sku: variant.sku,
    title: variant.title,
    price: { amount: Number(variant.price), currencyCode: currency },
    image: { src: variant.image?.url ?? null },
    product: {
      id: String(legacyId(product.gid)),
      title: product.title,
      type: product.productType,
      vendor: product.vendor,
      url: `/products/${product.handle}`,
    },
  };
}

export function productViewed(product: ShopProduct, variant: ShopVariant, currency: string): PageEvent {
  return { name: "product_viewed", data: { productVariant: toPixelVariant(product, variant, currency) } };
}

function firstVariants(products: readonly ShopProduct[], currency: string) {
  return products.flatMap((product) => {
    const [variant] = product.variants;
    return variant ? [toPixelVariant(product, variant, currency)] : [];
  });
}

export function collectionViewed(
  collection: { readonly id: string; readonly title: string },
  products: readonly ShopProduct[],
  currency: string,
): PageEvent {
  return {
    name: "collection_viewed",
    data: { collection: { ...collection, productVariants: firstVariants(products, currency) } },
  };
}

export function searchSubmitted(
  query: string,
  products: readonly ShopProduct[],
  currency: string,
): PageEvent {
  return {
    name: "search_submitted",
    data: { searchResult: { query, productVariants: firstVariants(products, currency) } },
  };
}

function toAmount(hundredths: number, currencyCode: string) {
  return { amount: hundredths / 100, currencyCode };
}

export function cartViewed(cart: PricedCart, currency: string): PageEvent {
  const lines = cart.lines.map((line) => ({
    quantity: line.quantity,
    cost: { totalAmount: toAmount(line.finalLineTotal, currency) },
    merchandise: toPixelVariant(line.product, line.variant, currency),
  }));
  const totalQuantity = cart.lines.reduce((sum, { quantity }) => sum + quantity, 0);
  return {
    name: "cart_viewed",
    data: {
      cart: { id: cart.token, cost: { totalAmount: toAmount(cart.total, currency) }, lines, totalQuantity },
    },
  };
}

/** `checkout_started`, or `checkout_completed` with the order that it became. */
export function checkoutEvent(
  name: "checkout_started" | "checkout_completed",
  cart: PricedCart,
  { currency, orderId }: { currency: string; orderId: string | null },
): PageEvent {
  return {
    name,
    data: {
      checkout: {
        token: cart.token,
        currencyCode: currency,
        order: orderId === null ? null : { id: orderId },
        attributes: Object.entries(cart.attributes).map(([key, value]) => ({ key, value })),
        discountApplications: cart.discounts.map(({ title, amount }) => ({
          title,
          type: "AUTOMATIC",
          value: toAmount(amount, currency),
        })),
        lineItems: cart.lines.map((line) => ({
          id: line.key,
          quantity: line.quantity,
          title: line.product.title,
          variant: toPixelVariant(line.product, line.variant, currency),
          finalLinePrice: toAmount(line.finalLineTotal, currency),
        })),
        subtotalPrice: toAmount(cart.total, currency),
        totalPrice: toAmount(cart.total, currency),
      },
    },
  };
}

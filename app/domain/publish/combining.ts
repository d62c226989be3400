import type { ShopSettings } from "#app/domain/shop-settings.ts";

/** Together with which other discounts a checkout may give ours; the names are Shopify's. */
export interface Combining {
  readonly orderDiscounts: boolean;
  readonly productDiscounts: boolean;
  readonly shippingDiscounts: boolean;
}

/** What the merchant chose for all bundles of the shop. */
export function planCombining(
  settings: Pick<ShopSettings, "combinesWithOrders" | "combinesWithProducts" | "combinesWithShipping">,
): Combining {
  return {
    orderDiscounts: settings.combinesWithOrders,
    productDiscounts: settings.combinesWithProducts,
    shippingDiscounts: settings.combinesWithShipping,
  };
}

/** One text for one choice, to be noted and compared: "order shipping" combines with those two. */
export function nameCombining({ orderDiscounts, productDiscounts, shippingDiscounts }: Combining): string {
  const kinds = [orderDiscounts && "order", productDiscounts && "product", shippingDiscounts && "shipping"];
  return kinds.filter(Boolean).join(" ");
}

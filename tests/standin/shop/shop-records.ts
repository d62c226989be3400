/**
 * The records of the stand-in shop. Money is a decimal string, as at Shopify; ids are gids; instants are UTC
 * milliseconds.
 */

export interface ShopImage {
  readonly gid: string;
  /** Absolute, relative to the storefront, or a data URI. */
  readonly url: string;
  readonly altText: string | null;
  readonly width: number;
  readonly height: number;
}

export interface ShopVariant {
  readonly gid: string;
  readonly productGid: string;
  readonly inventoryItemGid: string;
  readonly createdAtMs: number;
  updatedAtMs: number;
  title: string;
  sku: string;
  price: string;
  compareAtPrice: string | null;
  unitCost: string | null;
  position: number;
  selectedOptions: { name: string; value: string }[];
  image: ShopImage | null;
  /** Whether Shopify counts this variant's stock; an untracked one is always available. */
  isTracked: boolean;
  inventoryQuantity: number;
  /** CONTINUE keeps selling without stock. */
  inventoryPolicy: "DENY" | "CONTINUE";
}

export interface ShopProduct {
  readonly gid: string;
  readonly createdAtMs: number;
  updatedAtMs: number;
  handle: string;
  title: string;
  descriptionHtml: string;
  productType: string;
  vendor: string;
  tags: string[];
  status: "ACTIVE" | "DRAFT" | "ARCHIVED";
  isGiftCard: boolean;
  images: ShopImage[];
  options: { name: string; values: string[] }[];
  variants: ShopVariant[];
}

export interface ShopCollection {
  readonly gid: string;
  handle: string;
  title: string;
  descriptionHtml: string;
  productGids: string[];
}

export interface DiscountAllocation {
  amount: string;
  /** Index into the order's `discountApplications`. */
  discountApplicationIndex: number;
}

export interface DiscountApplication {
  type: "automatic" | "discount_code" | "manual" | "script";
  title: string;
  value: string;
  valueType: "fixed_amount" | "percentage";
  allocationMethod: "across" | "each" | "one";
  targetSelection: "all" | "entitled" | "explicit";
  targetType: "line_item" | "shipping_line";
}

export interface ShopLineItem {
  readonly gid: string;
  variantGid: string | null;
  productGid: string | null;
  sku: string;
  title: string;
  variantTitle: string | null;
  quantity: number;
  /** Units neither refunded nor removed. */
  currentQuantity: number;
  /** Price of one unit before discounts. */
  price: string;
  isGiftCard: boolean;
  requiresShipping: boolean;
  properties: { name: string; value: string }[];
  discountAllocations: DiscountAllocation[];
}

export interface ShopRefund {
  readonly gid: string;
  readonly createdAtMs: number;
  note: string | null;
  lines: { gid: string; lineItemGid: string; quantity: number; subtotal: string; isRestocked: boolean }[];
  /** Amount refunded to the customer, decimal string. */
  amount: string;
}

export interface ShopOrder {
  readonly gid: string;
  readonly name: string;
  readonly createdAtMs: number;
  readonly processedAtMs: number;
  updatedAtMs: number;
  cancelledAtMs: number | null;
  cancelReason: string | null;
  isTest: boolean;
  currency: string;
  financialStatus: "PENDING" | "PAID" | "PARTIALLY_REFUNDED" | "REFUNDED" | "VOIDED";
  sourceName: string;
  customerGid: string | null;
  cartToken: string | null;
  checkoutToken: string | null;
  /** Cart attributes; `customAttributes` in GraphQL, `note_attributes` in webhooks. */
  noteAttributes: { name: string; value: string }[];
  lines: ShopLineItem[];
  discountApplications: DiscountApplication[];
  refunds: ShopRefund[];
}

export interface ShopMetafield {
  readonly gid: string;
  readonly ownerGid: string;
  readonly createdAtMs: number;
  /** Resolved: `$app` is stored as `app--APPID`. */
  readonly namespace: string;
  readonly key: string;
  updatedAtMs: number;
  type: string;
  value: string;
  /** SHA-256 of the value in hex, with which `metafieldsSet` compares. */
  compareDigest: string;
}

export interface ShopMetafieldDefinition {
  readonly gid: string;
  readonly namespace: string;
  readonly key: string;
  readonly ownerType: string;
  name: string;
  description: string | null;
  type: string;
  access: { admin: string | null; storefront: string | null };
}

export interface ShopAutomaticDiscount {
  readonly gid: string;
  readonly createdAtMs: number;
  updatedAtMs: number;
  title: string;
  functionId: string;
  startsAtMs: number;
  endsAtMs: number | null;
  combinesWith: { orderDiscounts: boolean; productDiscounts: boolean; shippingDiscounts: boolean };
  discountClasses: ("PRODUCT" | "ORDER" | "SHIPPING")[];
}

export interface ShopWebPixel {
  readonly gid: string;
  /** JSON text, as the app sent it. */
  settings: string;
}

/** A recurring charge of the app; names and states as in Shopify's schema. */
export interface ShopAppSubscription {
  readonly gid: string;
  readonly createdAtMs: number;
  readonly name: string;
  readonly isTest: boolean;
  readonly trialDays: number;
  readonly returnUrl: string;
  readonly price: { readonly amount: string; readonly currencyCode: string };
  readonly interval: "EVERY_30_DAYS" | "ANNUAL";
  status: "PENDING" | "ACTIVE" | "DECLINED" | "CANCELLED";
}

/** An event in the shop to which an app can subscribe. */
export interface ShopEvent {
  /** As in the X-Shopify-Topic header: `orders/create`. */
  readonly topic: string;
  /** Shared by all deliveries from one action. */
  readonly eventId: string;
  readonly triggeredAtMs: number;
  /** REST-shaped body, before `include_fields`. */
  readonly payload: Record<string, unknown>;
}

export interface NewVariant {
  sku: string;
  price: string;
  title?: string;
  compareAtPrice?: string | null;
  unitCost?: string | null;
  selectedOptions?: { name: string; value: string }[];
  image?: Omit<ShopImage, "gid"> | null;
  isTracked?: boolean;
  inventoryQuantity?: number;
  inventoryPolicy?: "DENY" | "CONTINUE";
}

export interface NewProduct {
  title: string;
  /** Made from the title if absent. */
  handle?: string;
  descriptionHtml?: string;
  productType?: string;
  vendor?: string;
  tags?: string[];
  status?: ShopProduct["status"];
  isGiftCard?: boolean;
  images?: Omit<ShopImage, "gid">[];
  options?: { name: string; values: string[] }[];
  variants: NewVariant[];
  createdAtMs?: number;
}

export interface NewLineItem {
  /** Null for a line without a product (a manual line), which then needs `title` and `price`. */
  variantGid: string | null;
  quantity: number;
  title?: string;
  sku?: string;
  price?: string;
  isGiftCard?: boolean;
  properties?: { name: string; value: string }[];
  discountAllocations?: DiscountAllocation[];
}

export interface NewOrder {
  lines: NewLineItem[];
  placedAtMs?: number;
  customerGid?: string | null;
  cartToken?: string | null;
  checkoutToken?: string | null;
  noteAttributes?: { name: string; value: string }[];
  discountApplications?: DiscountApplication[];
  isTest?: boolean;
  sourceName?: string;
  financialStatus?: ShopOrder["financialStatus"];
}

/** Options of every change. History from before the installation is loaded without events. */
export interface ChangeOptions {
  /** No webhook for this change. */
  isSilent?: boolean;
}

export interface ShopCart {
  token: string;
  createdAtMs: number;
  updatedAtMs: number;
  note: string | null;
  /** Discount codes as the shopper entered them. */
  codes: readonly string[];
  lines: {
    key: string;
    variantGid: string;
    quantity: number;
    price: string;
    properties: Record<string, string>;
  }[];
  attributes: Record<string, string>;
}

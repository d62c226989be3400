import { toDecimal, toHundredths } from "./decimal.ts";
import { legacyId } from "./shop-clock.ts";
import type { ShopLineItem, ShopOrder, ShopProduct, ShopRefund, ShopVariant } from "./shop-records.ts";

type Payload = Record<string, unknown>;

/** Body of products/create and products/update, in the shape of Shopify's REST product. */
export function toProductPayload(product: ShopProduct, imageBaseUrl: string): Payload {
  const image = (index: number) => {
    const found = product.images[index];
    if (!found) return null;
    return {
      id: legacyId(found.gid),
      admin_graphql_api_id: found.gid,
      product_id: legacyId(product.gid),
      position: index + 1,
      alt: found.altText,
      width: found.width,
      height: found.height,
      src: toImageUrl(found.url, imageBaseUrl),
    };
  };
  return {
    id: legacyId(product.gid),
    admin_graphql_api_id: product.gid,
    title: product.title,
    body_html: product.descriptionHtml,
    vendor: product.vendor,
    product_type: product.productType,
    handle: product.handle,
    tags: product.tags.join(", "),
    status: product.status.toLowerCase(),
    created_at: toIso(product.createdAtMs),
    updated_at: toIso(product.updatedAtMs),
    published_at: product.status === "ACTIVE" ? toIso(product.createdAtMs) : null,
    published_scope: "global",
    template_suffix: null,
    options: product.options.map(({ name, values }, index) => ({ name, position: index + 1, values })),
    image: image(0),
    images: product.images.map((_, index) => image(index)),
    variants: product.variants.map((variant) => ({
      id: legacyId(variant.gid),
      admin_graphql_api_id: variant.gid,
      product_id: legacyId(product.gid),
      title: variant.title,
      price: variant.price,
      compare_at_price: variant.compareAtPrice,
      sku: variant.sku,
      position: variant.position,
      inventory_policy: variant.inventoryPolicy.toLowerCase(),
      inventory_item_id: legacyId(variant.inventoryItemGid),
      inventory_quantity: variant.inventoryQuantity,
      old_inventory_quantity: variant.inventoryQuantity,
      inventory_management: variant.isTracked ? "shopify" : null,
      option1: variant.selectedOptions[0]?.value ?? null,
      option2: variant.selectedOptions[1]?.value ?? null,
      option3: variant.selectedOptions[2]?.value ?? null,
      created_at: toIso(variant.createdAtMs),
      updated_at: toIso(variant.updatedAtMs),
      taxable: true,
      barcode: null,
      image_id: variant.image ? legacyId(variant.image.gid) : null,
    })),
  };
}

/** Images of the storefront are stored by their path there. */
export function toImageUrl(url: string, baseUrl: string): string {
  return url.startsWith("/") ? `${baseUrl}${url}` : url;
}

/** Body of inventory_levels/update, which names the inventory item and no product. */
export function toInventoryLevelPayload(variant: ShopVariant, locationGid: string): Payload {
  const itemId = legacyId(variant.inventoryItemGid);
  const locationId = legacyId(locationGid);
  return {
    inventory_item_id: itemId,
    location_id: locationId,
    available: variant.inventoryQuantity,
    updated_at: toIso(variant.updatedAtMs),
    admin_graphql_api_id: `gid://shopify/InventoryLevel/${locationId}?inventory_item_id=${itemId}`,
  };
}

/** Body of the orders/* topics. Contains personal fields, as Shopify sends them, with invented values. */
export function toOrderPayload(order: ShopOrder): Payload {
  const gross = order.lines.reduce((sum, line) => sum + toHundredths(line.price) * line.quantity, 0);
  const discounts = order.lines.reduce((sum, line) => sum + lineDiscount(line), 0);
  const refunded = order.refunds.reduce((sum, refund) => sum + toHundredths(refund.amount), 0);
  const money = (hundredths: number) => moneySet(toDecimal(hundredths), order.currency);
  return {
    id: legacyId(order.gid),
    admin_graphql_api_id: order.gid,
    name: order.name,
    number: Number(order.name.slice(1)),
    order_number: Number(order.name.slice(1)),
    created_at: toIso(order.createdAtMs),
    processed_at: toIso(order.processedAtMs),
    updated_at: toIso(order.updatedAtMs),
    cancelled_at: order.cancelledAtMs === null ? null : toIso(order.cancelledAtMs),
    cancel_reason: order.cancelReason,
    closed_at: null,
    test: order.isTest,
    currency: order.currency,
    presentment_currency: order.currency,
    financial_status: order.financialStatus.toLowerCase(),
    fulfillment_status: null,
    source_name: order.sourceName,
    cart_token: order.cartToken,
    checkout_token: order.checkoutToken,
    token: order.gid.split("/").at(-1),
    email: order.customerGid === null ? "" : "shopper@example.com",
    phone: null,
    browser_ip: "203.0.113.7",
    customer: order.customerGid === null ? null : customerPayload(order.customerGid),
    note: null,
    note_attributes: order.noteAttributes.map(({ name, value }) => ({ name, value })),
    tags: "",
    taxes_included: true,
    subtotal_price: toDecimal(gross - discounts),
    total_line_items_price: toDecimal(gross),
    total_discounts: toDecimal(discounts),
    total_price: toDecimal(gross - discounts),
    current_total_price: toDecimal(gross - discounts - refunded),
    total_price_set: money(gross - discounts),
    total_tax: "0.00",
    discount_codes: [],
    discount_applications: order.discountApplications.map((application) => ({
      type: application.type,
      title: application.title,
      description: application.title,
      value: application.value,
      value_type: application.valueType,
      allocation_method: application.allocationMethod,
      target_selection: application.targetSelection,
      target_type: application.targetType,
    })),
    line_items: order.lines.map((line) => toLinePayload(line, order.currency)),
    refunds: order.refunds.map((refund) => toRefundPayload(order, refund)),
    shipping_lines: [],
  };
}

/** Body of refunds/create. */
export function toRefundPayload(order: ShopOrder, refund: ShopRefund): Payload {
  const createdAt = toIso(refund.createdAtMs);
  return {
    id: legacyId(refund.gid),
    admin_graphql_api_id: refund.gid,
    order_id: legacyId(order.gid),
    created_at: createdAt,
    processed_at: createdAt,
    note: refund.note,
    restock: refund.lines.some(({ isRestocked }) => isRestocked),
    refund_line_items: refund.lines.map((refunded) => {
      const line = order.lines.find(({ gid }) => gid === refunded.lineItemGid);
      return {
        id: legacyId(refunded.gid),
        line_item_id: legacyId(refunded.lineItemGid),
        quantity: refunded.quantity,
        restock_type: refunded.isRestocked ? "return" : "no_restock",
        location_id: null,
        subtotal: Number(refunded.subtotal),
        subtotal_set: moneySet(refunded.subtotal, order.currency),
        total_tax: 0,
        line_item: line && toLinePayload(line, order.currency),
      };
    }),
    transactions: [
      {
        order_id: legacyId(order.gid),
        kind: "refund",
        status: "success",
        amount: refund.amount,
        currency: order.currency,
        created_at: createdAt,
        processed_at: createdAt,
        test: order.isTest,
      },
    ],
    order_adjustments: [],
  };
}

/** Body of orders/edited: the added and removed lines, by number only. */
export function toOrderEditPayload(order: ShopOrder, added: ShopLineItem[], editGid: string): Payload {
  const id = legacyId(editGid);
  return {
    order_edit: {
      id,
      app_id: null,
      created_at: toIso(order.updatedAtMs),
      notify_customer: false,
      order_id: legacyId(order.gid),
      staff_note: "",
      user_id: null,
      shipping_lines: { additions: [], removals: [] },
      line_items: {
        additions: added.map((line) => ({ id: legacyId(line.gid), delta: line.quantity })),
        removals: [],
      },
      discounts: { line_item: { additions: [], removals: [] } },
    },
  };
}

function toLinePayload(line: ShopLineItem, currency: string): Payload {
  return {
    id: legacyId(line.gid),
    admin_graphql_api_id: line.gid,
    variant_id: line.variantGid === null ? null : legacyId(line.variantGid),
    product_id: line.productGid === null ? null : legacyId(line.productGid),
    product_exists: line.productGid !== null,
    sku: line.sku,
    title: line.title,
    name: line.variantTitle === null ? line.title : `${line.title} - ${line.variantTitle}`,
    variant_title: line.variantTitle,
    quantity: line.quantity,
    current_quantity: line.currentQuantity,
    fulfillable_quantity: line.currentQuantity,
    fulfillment_status: null,
    price: line.price,
    price_set: moneySet(line.price, currency),
    // Shopify keeps this at zero for discounts spread over lines; those are in discount_allocations.
    total_discount: "0.00",
    discount_allocations: line.discountAllocations.map(({ amount, discountApplicationIndex }) => ({
      amount,
      amount_set: moneySet(amount, currency),
      discount_application_index: discountApplicationIndex,
    })),
    gift_card: line.isGiftCard,
    requires_shipping: line.requiresShipping,
    taxable: true,
    tax_lines: [],
    duties: [],
    properties: line.properties.map(({ name, value }) => ({ name, value })),
  };
}

function customerPayload(customerGid: string): Payload {
  return {
    id: legacyId(customerGid),
    admin_graphql_api_id: customerGid,
    email: "shopper@example.com",
    first_name: "Sam",
    last_name: "Shopper",
    phone: null,
  };
}

function lineDiscount(line: ShopLineItem): number {
  return line.discountAllocations.reduce((sum, { amount }) => sum + toHundredths(amount), 0);
}

export function moneySet(amount: string, currency: string): Payload {
  const money = { amount, currency_code: currency };
  return { shop_money: money, presentment_money: money };
}

/** Shopify's times are in whole seconds. */
export function toIso(instantMs: number): string {
  return new Date(instantMs).toISOString().replace(/\.\d{3}Z$/, "Z");
}

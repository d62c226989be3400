import { toDecimal } from "#tests/standin/shop/decimal.ts";
import type { NewLineItem, NewProduct, ShopOrder } from "#tests/standin/shop/shop-records.ts";
import type { ShopState } from "#tests/standin/shop/shop-state.ts";
import { toHandle } from "./build-catalogue.ts";
import type { HistoryOrder, HistoryProduct, ShopHistory } from "./shop-history.ts";

const IMAGE_SIZE_PX = 800;
const DAY_MS = 86_400_000;

interface FilledShop {
  readonly variantGidBySku: ReadonlyMap<string, string>;
  readonly orderGidByName: ReadonlyMap<string, string>;
}

/**
 * Puts a history into an empty stand-in shop, silently, as data from before the app: the products with their stock,
 * one collection per category, and the orders with their cancellations and refunds.
 *
 * @param storefrontUrl where the stand-in serves its pictures, without a slash at the end; empty for addresses
 *   relative to the storefront
 */
export function fillShop(state: ShopState, history: ShopHistory, storefrontUrl = ""): FilledShop {
  const firstOrderMs = history.orders[0]?.placedAtMs ?? state.clock.now();
  const variantGidBySku = new Map<string, string>();
  const gidsByCategory = new Map<string, string[]>();
  for (const product of history.products) {
    const added = state.catalogue.addProduct(toNewProduct(product, firstOrderMs - DAY_MS, storefrontUrl), {
      isSilent: true,
    });
    for (const { sku, gid } of added.variants) variantGidBySku.set(sku, gid);
    const members = gidsByCategory.get(product.category) ?? [];
    gidsByCategory.set(product.category, [...members, added.gid]);
  }
  for (const [title, productGids] of gidsByCategory) {
    state.catalogue.addCollection({ handle: toHandle(title), title, descriptionHtml: "", productGids });
  }
  const orderGidByName = new Map<string, string>();
  for (const order of history.orders) {
    orderGidByName.set(order.name, addPastOrder(state, order, variantGidBySku).gid);
  }
  return { variantGidBySku, orderGidByName };
}

function toNewProduct(product: HistoryProduct, createdAtMs: number, storefrontUrl: string): NewProduct {
  const options = product.optionNames.map((name, place) => ({
    name,
    values: [...new Set(product.variants.map(({ optionValues }) => optionValues[place] ?? ""))],
  }));
  return {
    title: product.title,
    handle: product.handle,
    descriptionHtml: product.descriptionHtml,
    productType: product.category,
    vendor: product.vendor,
    tags: [...product.tags],
    isGiftCard: product.isGiftCard,
    createdAtMs,
    images: [
      {
        url: `${storefrontUrl}/cdn/shop/products/${product.handle}.svg`,
        altText: product.title,
        width: IMAGE_SIZE_PX,
        height: IMAGE_SIZE_PX,
      },
    ],
    ...(options.length > 0 ? { options } : {}),
    variants: product.variants.map((variant) => ({
      sku: variant.sku,
      price: toDecimal(variant.priceMinor),
      compareAtPrice: variant.compareAtMinor === null ? null : toDecimal(variant.compareAtMinor),
      unitCost: variant.costMinor === null ? null : toDecimal(variant.costMinor),
      isTracked: !product.isGiftCard,
      inventoryQuantity: variant.stock,
      ...(options.length > 0
        ? {
            selectedOptions: options.map(({ name }, place) => ({
              name,
              value: variant.optionValues[place] ?? "",
            })),
          }
        : {}),
    })),
  };
}

function addPastOrder(
  state: ShopState,
  past: HistoryOrder,
  variantGidBySku: ReadonlyMap<string, string>,
): ShopOrder {
  const order = state.orders.create(
    {
      placedAtMs: past.placedAtMs,
      customerGid: past.customerId === null ? null : `gid://shopify/Customer/${past.customerId}`,
      isTest: past.isTest,
      lines: past.lines.map((line): NewLineItem => {
        const variantGid = variantGidBySku.get(line.sku) ?? null;
        const price = toDecimal(line.unitPriceMinor);
        return variantGid === null
          ? { variantGid, sku: line.sku, title: line.title, quantity: line.quantity, price }
          : { variantGid, quantity: line.quantity, price };
      }),
    },
    { isSilent: true },
  );
  if (past.cancelledAtMs !== null) {
    order.cancelledAtMs = order.updatedAtMs = past.cancelledAtMs;
    order.cancelReason = "customer";
    order.financialStatus = "VOIDED";
  } else if (past.refund !== null) {
    const { atMs, lineIndices } = past.refund;
    const returned = lineIndices.map((index) => {
      const { gid, quantity } = order.lines[index]!;
      return { lineItemGid: gid, quantity };
    });
    const refund = state.orders.refund(order.gid, returned, { isSilent: true });
    // The order book dates a refund now, but this one happened earlier.
    order.refunds[order.refunds.length - 1] = { ...refund, createdAtMs: atMs };
    order.updatedAtMs = atMs;
  }
  return order;
}

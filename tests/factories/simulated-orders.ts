import type { Deps } from "#app/services/deps.server.ts";
import type { SimulatedShop } from "#tests/standin/simulator/shop-history.ts";
import { shopRow } from "./shop-row.ts";

/** Saves a simulated shop's catalogue and orders in the app's tables, as a finished backfill does. */
export async function saveSimulatedShop(
  { db, pool }: Deps,
  shop: string,
  { products, orders, currency }: SimulatedShop,
): Promise<void> {
  const createdAt = new Date(orders[0]!.placedAtMs);
  await db.shop.create({
    data: shopRow(shop, { currency, backfilledAt: createdAt }),
  });
  await db.product.createMany({
    data: products.map(({ handle, title, category }, index) => ({
      shop,
      productGid: `gid://shopify/Product/${index + 1}`,
      title,
      handle,
      productType: category,
      tags: [],
      status: "active",
      sourceUpdatedAt: createdAt,
    })),
  });
  const variantOf = new Map<string, { variantGid: string; productGid: string }>();
  await db.variant.createMany({
    data: products.flatMap(({ variants }, index) =>
      variants.map(({ sku, title, priceMinor, costMinor, stock }) => {
        const gids = {
          variantGid: `gid://shopify/ProductVariant/${variantOf.size + 1}`,
          productGid: `gid://shopify/Product/${index + 1}`,
        };
        variantOf.set(sku, gids);
        return { shop, ...gids, title, sku, priceMinor, costMinor, inventoryQuantity: stock };
      }),
    ),
  });
  await db.order.createMany({
    data: orders.map((order, index) => ({
      shop,
      orderGid: `gid://shopify/Order/${index + 1}`,
      placedAt: new Date(order.placedAtMs),
      sourceUpdatedAt: new Date(order.placedAtMs),
      currency,
      customerKey: order.customerId,
      isTest: order.isTest,
      cancelledAt: order.cancelledAtMs === null ? null : new Date(order.cancelledAtMs),
    })),
  });
  const lines = orders.flatMap((order, index) =>
    order.lines.map(({ sku, title, quantity, unitPriceMinor }, position) => ({
      shop,
      orderGid: `gid://shopify/Order/${index + 1}`,
      position,
      variantGid: variantOf.get(sku)?.variantGid ?? null,
      productGid: variantOf.get(sku)?.productGid ?? null,
      sku,
      title,
      quantity,
      unitPriceMinor,
    })),
  );
  for (let start = 0; start < lines.length; start += 5_000) {
    await db.orderLine.createMany({ data: lines.slice(start, start + 5_000) });
  }
  await pool.query('ANALYZE "Order", "OrderLine"');
}

import { replaceCollections } from "#app/data/collections.server.ts";
import { saveOrders } from "#app/data/orders.server.ts";
import { markMissingProductsDeleted, saveProducts } from "#app/data/products.server.ts";
import { inTransaction } from "#app/data/transaction.server.ts";
import type { Deps } from "#app/deps.server.ts";
import type { AdminGraphql } from "#app/shopify/graphql-request.ts";
import { readCollections, type ShopCollection } from "#app/shopify/read-collections.ts";
import { readOrders } from "#app/shopify/read-orders.ts";
import { readProducts } from "#app/shopify/read-products.ts";
import { recordConversions } from "./record-conversions.server.ts";

const PRODUCTS_PER_BATCH = 200;
const ORDERS_PER_BATCH = 200;

interface Rereading {
  readonly shop: string;
  readonly currency: string;
  readonly graphql: AdminGraphql;
  /** Only orders that changed at that instant or later; null for all that the API gives. */
  readonly changedSince: Date | null;
  /** When this reading began. */
  readonly readAt: Date;
  /** True when an attempt that was cut off has read the products already. */
  readonly skipsProducts?: boolean;
  /** Called once all products are saved. */
  readonly onProductsRead?: (() => Promise<void>) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called with what has been read so far, in words. */
  readonly onProgress?: ((phase: "products" | "orders", count: number) => Promise<void>) | undefined;
}

/**
 * Reads all products, their collections, and the orders that changed, from the Admin API into the shop's tables, and notes
 * which of them redeemed a bundle. What webhooks have told since then stays. Idempotent.
 *
 * @returns how many products and orders were read
 * @throws AppError from the Admin API; batches that were saved stay
 */
export async function rereadShop(
  deps: Deps,
  reading: Rereading,
): Promise<{ products: number; orders: number }> {
  const products = reading.skipsProducts === true ? 0 : await rereadProducts(deps, reading);
  await reading.onProductsRead?.();
  return { products, orders: await rereadOrders(deps, reading) };
}

async function rereadProducts(
  { pool, log }: Deps,
  { shop, currency, graphql, readAt, signal, onProgress }: Rereading,
): Promise<number> {
  const seen: string[] = [];
  const products = readProducts(graphql, currency, {
    log,
    signal,
    onCount: async (count) => onProgress?.("products", count),
    onRefused: (productGid) => seen.push(productGid),
  });
  for await (const batch of inBatches(products, PRODUCTS_PER_BATCH)) {
    const told = batch.map((event) => ({ event, toldAt: readAt }));
    await inTransaction(pool, (client) =>
      saveProducts(client, shop, told, { isReading: true, stockAt: readAt }),
    );
    seen.push(...batch.map(({ productGid }) => productGid));
    await onProgress?.("products", seen.length);
  }
  await markMissingProductsDeleted(pool, shop, seen, readAt);
  const collections: ShopCollection[] = [];
  for await (const collection of readCollections(graphql, { log, signal })) collections.push(collection);
  await replaceCollections(pool, shop, collections, readAt);
  return seen.length;
}

async function rereadOrders(
  deps: Deps,
  { shop, graphql, changedSince, readAt, signal, onProgress }: Rereading,
): Promise<number> {
  const { pool, log } = deps;
  let orderCount = 0;
  const orders = readOrders(graphql, changedSince, {
    log,
    signal,
    onCount: async (count) => onProgress?.("orders", count),
  });
  for await (const batch of inBatches(orders, ORDERS_PER_BATCH)) {
    const told = batch.map((event) => ({ event, toldAt: readAt }));
    await inTransaction(pool, (client) => saveOrders(client, shop, told));
    const discounted = batch.filter(({ lines }) => lines.some((line) => line.bundleDiscountMinor > 0));
    await recordConversions(deps, { shop, orderGids: discounted.map(({ orderGid }) => orderGid) });
    orderCount += batch.length;
    await onProgress?.("orders", orderCount);
  }
  return orderCount;
}

async function* inBatches<T>(items: AsyncIterable<T>, size: number): AsyncGenerator<T[]> {
  let batch: T[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

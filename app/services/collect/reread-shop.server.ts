import { z } from "zod";
import { findErasedUntil } from "#app/data/erasure/history-erasure.server.ts";
import { replaceCollections } from "#app/data/products/collections.server.ts";
import { saveOrders } from "#app/data/orders/orders.server.ts";
import { markMissingProductsDeleted, saveProducts } from "#app/data/products/products.server.ts";
import { inTransaction } from "#app/data/db.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { BulkPlace } from "#app/shopify/bulk-read.ts";
import type { ShopRequest } from "#app/shopify/graphql-request.ts";
import type { ShopCollection } from "#app/domain/collect/product-facts.ts";
import { readCollections } from "#app/shopify/read-collections.ts";
import { readOrders } from "#app/shopify/read-orders.ts";
import { readProducts } from "#app/shopify/read-products.ts";
import { recordConversions } from "#app/services/evaluate/record-conversions.server.ts";

const PRODUCTS_PER_BATCH = 200;
const ORDERS_PER_BATCH = 200;

/** Shopify keeps a bulk operation's result for seven days. */
const RESULT_KEPT_MS = 6 * DAY_MS;

const Place = BulkPlace.extend({
  /** When the attempt that started the operation began: its data are of then or later. */
  startedAt: z.iso.datetime(),
});

/** Progress of an interrupted reading. */
export const ReadingState = z.object({
  /** Cursor in the products; null before the first and after the last. */
  products: Place.nullable().default(null),
  /** When the finished reading of all products began; null without one. */
  productsReadAt: z.iso.datetime().nullable().default(null),
  orders: Place.nullable().default(null),
});
export type ReadingState = z.infer<typeof ReadingState>;

const NOTHING_DONE: ReadingState = { products: null, productsReadAt: null, orders: null };

interface Rereading extends ShopRequest {
  readonly currency: string;
  /** Only orders that changed at or after this instant; null for all that the API gives. */
  readonly changedSince: Date | null;
  /** When this reading began. */
  readonly readAt: Date;
  /** Progress of an interrupted attempt. */
  readonly done?: ReadingState | undefined;
  /** Called with the progress, so that a later attempt can resume. */
  readonly onDone?: ((done: ReadingState) => Promise<void>) | undefined;
  /** Called with the number read so far. */
  readonly onProgress?: ((phase: "products" | "orders", count: number) => Promise<void>) | undefined;
}

/**
 * Reads all products, their collections and the changed orders from the Admin API into the shop's tables, and records
 * the bundles that the orders redeemed. Newer data from webhooks stays. Idempotent.
 *
 * @returns number of products and orders read, and when the reading of all products began
 * @throws AppError from the Admin API; saved batches stay
 */
export async function rereadShop(
  deps: Deps,
  reading: Rereading,
): Promise<{ products: number; orders: number; productsReadAt: string }> {
  const readBefore = reading.done?.productsReadAt;
  const { count: products, readAt: productsReadAt } = readBefore
    ? { count: 0, readAt: readBefore }
    : await rereadProducts(deps, reading);
  return { products, orders: await rereadOrders(deps, reading, productsReadAt), productsReadAt };
}

/** The cursor, if Shopify still keeps the result that it points into. */
function toPlace(
  place: ReadingState["products"] | undefined,
  { readAt }: Rereading,
): ReadingState["products"] {
  return place && readAt.getTime() - Date.parse(place.startedAt) < RESULT_KEPT_MS ? place : null;
}

async function rereadProducts(
  { pool, log }: Deps,
  reading: Rereading,
): Promise<{ count: number; readAt: string }> {
  const { shop, currency, graphql, signal, onProgress, onDone } = reading;
  const from = toPlace(reading.done?.products, reading);
  let startedAt = from?.startedAt ?? reading.readAt.toISOString();
  const seen: string[] = [];
  const onCount = async (count: number) => onProgress?.("products", count);
  const onLeftOut = (productGid: string) => seen.push(productGid);
  const products = readProducts({ graphql, log, signal, onCount, onLeftOut, from }, currency);
  for await (const batch of inBatches(products, PRODUCTS_PER_BATCH)) {
    const place = batch.at(-1)!.place;
    // The earlier attempt's operation may be gone; then another one reads the present state.
    if (place.operationGid !== from?.operationGid) startedAt = reading.readAt.toISOString();
    const reportedAt = new Date(startedAt);
    const reported = batch.map(({ event }) => ({ event, reportedAt }));
    await inTransaction(pool, (client) =>
      saveProducts(client, shop, reported, { isReading: true, stockAt: reportedAt }),
    );
    await onDone?.({ ...NOTHING_DONE, products: { ...place, startedAt } });
    seen.push(...batch.map(({ event }) => event.productGid));
    await onProgress?.("products", seen.length);
  }
  const readAt = new Date(startedAt);
  await markMissingProductsDeleted(pool, shop, seen, readAt);
  const collections: ShopCollection[] = [];
  for await (const collection of readCollections({ graphql, log, signal })) collections.push(collection);
  await replaceCollections(pool, shop, collections, readAt);
  await onDone?.({ ...NOTHING_DONE, productsReadAt: startedAt });
  return { count: seen.length, readAt: startedAt };
}

/**
 * Reads the orders alone, without those that have not changed since the owner's erasure.
 *
 * @param productsReadAt when the reading of all products began, for `onDone`
 * @returns number of orders read
 */
export async function rereadOrders(
  deps: Deps,
  reading: Rereading,
  productsReadAt: string | null = null,
): Promise<number> {
  const { pool, log } = deps;
  const { shop, graphql, signal, onProgress, onDone } = reading;
  const erasedUntil = await findErasedUntil(deps.db, shop);
  const changedSince = laterOf(reading.changedSince, erasedUntil);
  const kept = toPlace(reading.done?.orders, reading);
  // An operation from before the erasure contains erased orders.
  const from = kept && erasedUntil && Date.parse(kept.startedAt) < erasedUntil.getTime() ? null : kept;
  let orderCount = 0;
  const onCount = async (count: number) => onProgress?.("orders", count);
  const orders = readOrders({ graphql, log, signal, onCount, from }, changedSince);
  for await (const batch of inBatches(orders, ORDERS_PER_BATCH)) {
    const place = batch.at(-1)!.place;
    const isResumed = place.operationGid === from?.operationGid;
    const startedAt = isResumed ? from!.startedAt : reading.readAt.toISOString();
    const reported = batch.map(({ event }) => ({ event, reportedAt: new Date(startedAt) }));
    await inTransaction(pool, (client) => saveOrders(client, shop, reported));
    // Also of an order without our discount: an edit may have taken it off.
    await recordConversions(deps, { shop, orderGids: batch.map(({ event }) => event.orderGid) });
    await onDone?.({ ...NOTHING_DONE, productsReadAt, orders: { ...place, startedAt } });
    orderCount += batch.length;
    await onProgress?.("orders", orderCount);
  }
  return orderCount;
}

const laterOf = (one: Date | null, other: Date | null) =>
  one && other && other > one ? other : (one ?? other);

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

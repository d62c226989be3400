import { z } from "zod";
import type { ShopCollection } from "#app/domain/collect/product-facts.ts";
import { readInBulk, type BulkReading } from "./bulk-read.ts";
import { requestGraphql, type AdminCalls } from "./graphql-request.ts";

export const BULK_COLLECTIONS_QUERY = `#graphql
  query BulkCollections {
    collections {
      edges {
        node {
          id title
          products { edges { node { id } } }
        }
      }
    }
  }`;

const Collection = z.object({
  node: z.object({ id: z.string(), title: z.string() }),
  children: z.array(z.object({ id: z.string() })),
});

/**
 * Streams every collection of the shop with its products, including automated collections.
 *
 * @throws AppError as `readInBulk`. A record that does not match the schema is logged and skipped
 */
export async function* readCollections(reading: BulkReading): AsyncGenerator<ShopCollection> {
  for await (const record of readInBulk(reading, BULK_COLLECTIONS_QUERY)) {
    const parsed = Collection.safeParse(record);
    if (parsed.success) {
      const { node, children } = parsed.data;
      yield { collectionGid: node.id, title: node.title, productGids: children.map(({ id }) => id) };
    } else {
      reading.log.error("collect.collection_refused", { reason: parsed.error.issues[0]?.message });
    }
  }
}

export const READ_COLLECTION_OPERATION = `#graphql
  query ReadCollection($id: ID!, $first: Int!) {
    collection(id: $id) {
      title
      productsCount { count }
      products(first: $first) { nodes { id } }
    }
  }`;

const OneCollection = z.object({
  collection: z
    .object({
      title: z.string(),
      productsCount: z.object({ count: z.number().int() }).nullable(),
      products: z.object({ nodes: z.array(z.object({ id: z.string() })) }),
    })
    .nullable(),
});

/** The products of a collection, in the merchant's order. */
interface CollectionMembers extends Omit<ShopCollection, "collectionGid"> {
  /** Number of products in the collection, which can exceed the number requested. */
  readonly count: number;
}

/** The first N products of a collection, N at most 250; null if the shop no longer has it. */
export async function readCollection(
  admin: AdminCalls,
  { collectionGid, first }: { readonly collectionGid: string; readonly first: number },
): Promise<CollectionMembers | null> {
  const { collection } = await requestGraphql(
    admin,
    READ_COLLECTION_OPERATION,
    { id: collectionGid, first },
    OneCollection,
  );
  if (collection === null) return null;
  const productGids = collection.products.nodes.map(({ id }) => id);
  return {
    title: collection.title,
    count: Math.max(productGids.length, collection.productsCount?.count ?? 0),
    productGids,
  };
}

import { z } from "zod";
import { readInBulk, type BulkReading } from "./bulk-read.ts";
import type { AdminGraphql } from "./graphql-request.ts";

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

export interface ShopCollection {
  readonly collectionGid: string;
  readonly title: string;
  readonly productGids: readonly string[];
}

/**
 * Streams every collection of the shop with its products, those that rules gather included.
 *
 * @throws AppError as `readInBulk`. A record that is not as the schema says is logged and left out
 */
export async function* readCollections(
  graphql: AdminGraphql,
  reading: BulkReading,
): AsyncGenerator<ShopCollection> {
  for await (const record of readInBulk(graphql, BULK_COLLECTIONS_QUERY, reading)) {
    const parsed = Collection.safeParse(record);
    if (parsed.success) {
      const { node, children } = parsed.data;
      yield { collectionGid: node.id, title: node.title, productGids: children.map(({ id }) => id) };
    } else {
      reading.log.error("collect.collection_refused", { reason: parsed.error.issues[0]?.message });
    }
  }
}

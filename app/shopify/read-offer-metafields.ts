import { z } from "zod";
import type { ActualMetafield } from "#app/domain/publish/diff-metafields.ts";
import { OFFER_ANCHORS_KEY, OFFER_VARIANTS_KEY, OFFERS_KEY } from "#app/domain/publish/storefront-offer.ts";
import { PRODUCT_NAMESPACE } from "#app/domain/publish/plan-offers.ts";
import { requestGraphql, type AdminGraphql, type CallOptions } from "./graphql-request.ts";

export const READ_OFFER_METAFIELDS_OPERATION = `#graphql
  query ReadOfferMetafields(
    $ids: [ID!]!, $namespace: String!, $anchors: String!, $rules: String!, $variants: String!
  ) {
    nodes(ids: $ids) {
      ... on Product {
        id
        anchors: metafield(namespace: $namespace, key: $anchors) { value compareDigest }
        rules: metafield(namespace: $namespace, key: $rules) { value compareDigest }
        variants: metafield(namespace: $namespace, key: $variants) { value compareDigest }
      }
    }
  }`;

/** A product and its three metafields cost 4 points, so that a call stays far below the 1,000 that one may cost. */
export const OFFER_PRODUCTS_PER_CALL = 100;

const Value = z.object({ value: z.string(), compareDigest: z.string() }).nullish();
const Answer = z.object({
  nodes: z.array(
    z.object({ id: z.string().optional(), anchors: Value, rules: Value, variants: Value }).nullable(),
  ),
});

export interface OfferMetafields {
  readonly metafields: readonly ActualMetafield[];
  /** Products of the question that the shop no longer has. */
  readonly missing: readonly string[];
}

/** Reads what these products hold of our metafields. */
export async function readOfferMetafields(
  graphql: AdminGraphql,
  productGids: readonly string[],
  options: CallOptions,
): Promise<OfferMetafields> {
  const metafields: ActualMetafield[] = [];
  const missing: string[] = [];
  for (let start = 0; start < productGids.length; start += OFFER_PRODUCTS_PER_CALL) {
    const ids = productGids.slice(start, start + OFFER_PRODUCTS_PER_CALL);
    const { nodes } = await requestGraphql(
      graphql,
      READ_OFFER_METAFIELDS_OPERATION,
      {
        ids,
        namespace: PRODUCT_NAMESPACE,
        anchors: OFFER_ANCHORS_KEY,
        rules: OFFERS_KEY,
        variants: OFFER_VARIANTS_KEY,
      },
      { ...options, schema: Answer },
    );
    ids.forEach((ownerGid, index) => {
      const node = nodes[index];
      if (!node?.id) {
        missing.push(ownerGid);
        return;
      }
      const namespace = PRODUCT_NAMESPACE;
      if (node.anchors) metafields.push({ ownerGid, namespace, key: OFFER_ANCHORS_KEY, ...node.anchors });
      if (node.variants) metafields.push({ ownerGid, namespace, key: OFFER_VARIANTS_KEY, ...node.variants });
      if (node.rules) metafields.push({ ownerGid, namespace, key: OFFERS_KEY, ...node.rules });
    });
  }
  return { metafields, missing };
}

import { z } from "zod";
import type { MetafieldWrite } from "#app/domain/publish/diff-metafields.ts";
import {
  requestGraphql,
  ShopifyUserError,
  type AdminGraphql,
  type RequestOptions,
} from "./graphql-request.ts";

/** As many as Shopify takes in one call, which is all or nothing. */
export const METAFIELDS_PER_CALL = 25;

export const METAFIELDS_SET_OPERATION = `#graphql
  mutation MetafieldsSet($metafields: [MetafieldsSetInput!]!) {
    metafieldsSet(metafields: $metafields) {
      metafields { namespace key compareDigest owner { ... on Node { id } } }
      userErrors { field message code }
    }
  }`;

const Answer = z.object({
  metafieldsSet: z.object({
    metafields: z
      .array(z.object({ key: z.string(), compareDigest: z.string(), owner: z.object({ id: z.string() }) }))
      .nullable(),
  }),
});

export interface WrittenMetafield {
  readonly ownerGid: string;
  readonly key: string;
  readonly compareDigest: string;
}

/**
 * Writes up to 25 metafields, all or none.
 *
 * @returns the new digests, or null when one of them was changed by somebody else since it was read
 * @throws ShopifyUserError when Shopify refuses a value
 */
export async function setMetafields(
  graphql: AdminGraphql,
  writes: readonly MetafieldWrite[],
  options: Omit<RequestOptions<unknown>, "schema">,
): Promise<WrittenMetafield[] | null> {
  const metafields = writes.map(({ ownerGid, namespace, key, type, value, compareDigest }) => ({
    ownerId: ownerGid,
    namespace,
    key,
    type,
    value,
    compareDigest,
  }));
  try {
    const answer = await requestGraphql(
      graphql,
      METAFIELDS_SET_OPERATION,
      { metafields },
      { ...options, schema: Answer },
    );
    return (answer.metafieldsSet.metafields ?? []).map(({ key, compareDigest, owner }) => ({
      ownerGid: owner.id,
      key,
      compareDigest,
    }));
  } catch (error) {
    if (error instanceof ShopifyUserError && error.userErrors.some(({ code }) => isStale(code))) return null;
    throw error;
  }
}

function isStale(code: string | null): boolean {
  return code === "STALE_OBJECT" || code === "INVALID_COMPARE_DIGEST";
}

import { requestGraphql, type AdminGraphql, type RequestOptions } from "./graphql-request.ts";

export const METAFIELDS_DELETE_OPERATION = `#graphql
  mutation MetafieldsDelete($metafields: [MetafieldIdentifierInput!]!) {
    metafieldsDelete(metafields: $metafields) {
      deletedMetafields { ownerId namespace key }
      userErrors { field message }
    }
  }`;

export interface MetafieldIdentity {
  readonly ownerGid: string;
  readonly namespace: string;
  readonly key: string;
}

/** Deletes metafields, up to 25; one that is not there is no error, so a repeat is harmless. */
export async function deleteMetafields(
  graphql: AdminGraphql,
  metafields: readonly MetafieldIdentity[],
  options: Omit<RequestOptions<unknown>, "schema">,
): Promise<void> {
  const identifiers = metafields.map(({ ownerGid, namespace, key }) => ({
    ownerId: ownerGid,
    namespace,
    key,
  }));
  await requestGraphql(graphql, METAFIELDS_DELETE_OPERATION, { metafields: identifiers }, options);
}

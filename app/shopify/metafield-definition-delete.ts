import {
  requestGraphql,
  ShopifyUserError,
  type AdminGraphql,
  type RequestOptions,
} from "./graphql-request.ts";

export const METAFIELD_DEFINITION_DELETE_OPERATION = `#graphql
  mutation MetafieldDefinitionDelete($identifier: MetafieldDefinitionIdentifierInput!) {
    metafieldDefinitionDelete(identifier: $identifier, deleteAllAssociatedMetafields: true) {
      deletedDefinitionId
      userErrors { field message code }
    }
  }`;

/**
 * Deletes the definition of one of our product metafields, and with it every value in the shop, also those that our
 * own notes do not know of. Shopify deletes the values a while after its answer. One that is gone is no error.
 */
export async function deleteMetafieldDefinition(
  graphql: AdminGraphql,
  key: string,
  options: Omit<RequestOptions<unknown>, "schema">,
): Promise<void> {
  const identifier = { ownerType: "PRODUCT", namespace: "$app", key };
  try {
    await requestGraphql(graphql, METAFIELD_DEFINITION_DELETE_OPERATION, { identifier }, options);
  } catch (error) {
    const isGone =
      error instanceof ShopifyUserError && error.userErrors.every(({ code }) => code === "NOT_FOUND");
    if (!isGone) throw error;
  }
}

import { requestGraphql, ShopifyUserError, type AdminGraphql, type CallOptions } from "./graphql-request.ts";

export const METAFIELD_DEFINITION_CREATE_OPERATION = `#graphql
  mutation MetafieldDefinitionCreate($definition: MetafieldDefinitionInput!) {
    metafieldDefinitionCreate(definition: $definition) {
      createdDefinition { id }
      userErrors { field message code }
    }
  }`;

export interface OfferDefinition {
  readonly key: string;
  readonly name: string;
  readonly type: string;
}

/** Declares one of our product metafields, readable by the merchant's theme. One that exists is no error. */
export async function createMetafieldDefinition(
  graphql: AdminGraphql,
  { key, name, type }: OfferDefinition,
  options: CallOptions,
): Promise<void> {
  const definition = {
    key,
    name,
    type,
    namespace: "$app",
    ownerType: "PRODUCT",
    access: { admin: "MERCHANT_READ", storefront: "PUBLIC_READ" },
  };
  try {
    await requestGraphql(graphql, METAFIELD_DEFINITION_CREATE_OPERATION, { definition }, options);
  } catch (error) {
    const isThere =
      error instanceof ShopifyUserError &&
      error.userErrors.every(({ code }) => code === "TAKEN" || code === "UNSTRUCTURED_ALREADY_EXISTS");
    if (!isThere) throw error;
  }
}

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
  options: CallOptions,
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

import {
  requestGraphql,
  ShopifyUserError,
  type AdminGraphql,
  type RequestOptions,
} from "./graphql-request.ts";

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
  options: Omit<RequestOptions<unknown>, "schema">,
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

import { z } from "zod";
import type { MetafieldWrite, ActualMetafield } from "#app/domain/publish/diff-metafields.ts";
import type { MetafieldIdentity } from "#app/domain/publish/plan-offers.ts";
import {
  requestGraphql,
  ShopifyUserError,
  unlessDone,
  type AdminCalls,
  type UserError,
} from "./graphql-request.ts";
import {
  APP_DATA_NAMESPACE,
  OFFER_ANCHORS_KEY,
  OFFER_VARIANTS_KEY,
  OFFERS_KEY,
  STOREFRONT_KEY,
} from "#app/domain/publish/storefront-offer.ts";

/** The app's own namespace: no other app can read or write it. */
const PRODUCT_NAMESPACE = "$app";

/** Our product metafields, each with its display name and Shopify type. */
export const PRODUCT_METAFIELDS = [
  { key: OFFERS_KEY, name: "Bundle offers", type: "single_line_text_field" },
  { key: OFFER_VARIANTS_KEY, name: "Products of the bundle offers", type: "list.variant_reference" },
  { key: OFFER_ANCHORS_KEY, name: "Products whose bundle offers hold it", type: "list.product_reference" },
] as const;

/** Identifies one of our metafields. */
function toIdentifier({ ownerGid: ownerId, key }: MetafieldIdentity) {
  return { ownerId, namespace: key === STOREFRONT_KEY ? APP_DATA_NAMESPACE : PRODUCT_NAMESPACE, key };
}

/** Shopify's limit per call, which is atomic. */
export const METAFIELDS_PER_CALL = 25;

export const METAFIELDS_SET_OPERATION = `#graphql
  mutation MetafieldsSet($metafields: [MetafieldsSetInput!]!) {
    metafieldsSet(metafields: $metafields) {
      metafields { key compareDigest owner { ... on Node { id } } }
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

export type WrittenMetafield = Omit<ActualMetafield, "value">;

/** A refused write, by its index in the call. */
interface RefusedWrite {
  readonly index: number;
  readonly error: UserError;
}

type SetOutcome =
  | { readonly kind: "written"; readonly metafields: readonly WrittenMetafield[] }
  /** One of them changed after it was read. */
  | { readonly kind: "stale" }
  /** These cannot be written; the others could be. */
  | { readonly kind: "refused"; readonly refused: readonly RefusedWrite[] };

/**
 * Writes up to 25 metafields, all or none.
 *
 * @throws ShopifyUserError when Shopify refuses the call itself rather than one of its values
 */
export async function setMetafields(
  admin: AdminCalls,
  writes: readonly MetafieldWrite[],
): Promise<SetOutcome> {
  try {
    const answer = await requestGraphql(admin, METAFIELDS_SET_OPERATION, toSetVariables(writes), Answer);
    return { kind: "written", metafields: toWritten(answer) };
  } catch (error) {
    if (!(error instanceof ShopifyUserError)) throw error;
    if (error.userErrors.some(({ code }) => isStale(code))) return { kind: "stale" };
    const refused = error.userErrors.flatMap((reported) => {
      const index = Number(reported.field?.[1] ?? NaN);
      return reported.field?.[0] === "metafields" && index < writes.length
        ? [{ index, error: reported }]
        : [];
    });
    if (refused.length === 0) throw error;
    return { kind: "refused", refused };
  }
}

function toSetVariables(writes: readonly MetafieldWrite[]): Record<string, unknown> {
  return {
    metafields: writes.map(({ value, compareDigest, ...identity }) => ({
      ...toIdentifier(identity),
      type: PRODUCT_METAFIELDS.find(({ key }) => key === identity.key)?.type ?? "json",
      value,
      compareDigest,
    })),
  };
}

function toWritten({ metafieldsSet }: z.infer<typeof Answer>): WrittenMetafield[] {
  return (metafieldsSet.metafields ?? []).map(({ owner, ...written }) => ({
    ownerGid: owner.id,
    ...written,
  }));
}

function isStale(code: string | null): boolean {
  return code === "STALE_OBJECT" || code === "INVALID_COMPARE_DIGEST";
}

export const METAFIELDS_DELETE_OPERATION = `#graphql
  mutation MetafieldsDelete($metafields: [MetafieldIdentifierInput!]!) {
    metafieldsDelete(metafields: $metafields) {
      deletedMetafields { ownerId namespace key }
      userErrors { field message }
    }
  }`;

/** Deletes up to 25 metafields. Idempotent. */
export async function deleteMetafields(
  admin: AdminCalls,
  metafields: readonly MetafieldIdentity[],
): Promise<void> {
  const variables = { metafields: metafields.map(toIdentifier) };
  await requestGraphql(admin, METAFIELDS_DELETE_OPERATION, variables);
}

export const METAFIELD_DEFINITION_CREATE_OPERATION = `#graphql
  mutation MetafieldDefinitionCreate($definition: MetafieldDefinitionInput!) {
    metafieldDefinitionCreate(definition: $definition) {
      createdDefinition { id }
      userErrors { field message code }
    }
  }`;

/** Defines one of our product metafields, readable by the merchant's theme. Idempotent. */
export async function createMetafieldDefinition(
  admin: AdminCalls,
  { key, name, type }: (typeof PRODUCT_METAFIELDS)[number],
): Promise<void> {
  const definition = {
    key,
    name,
    type,
    namespace: PRODUCT_NAMESPACE,
    ownerType: "PRODUCT",
    access: { admin: "MERCHANT_READ", storefront: "PUBLIC_READ" },
  };
  await unlessDone(
    requestGraphql(admin, METAFIELD_DEFINITION_CREATE_OPERATION, { definition }),
    ({ code }) => code === "TAKEN" || code === "UNSTRUCTURED_ALREADY_EXISTS",
  );
}

export const METAFIELD_DEFINITION_DELETE_OPERATION = `#graphql
  mutation MetafieldDefinitionDelete($identifier: MetafieldDefinitionIdentifierInput!) {
    metafieldDefinitionDelete(identifier: $identifier, deleteAllAssociatedMetafields: true) {
      deletedDefinitionId
      userErrors { field message code }
    }
  }`;

/**
 * Deletes the definition of one of our product metafields with all its values in the shop, including any that our
 * records lack. Shopify deletes the values some time after its answer. Idempotent.
 */
export async function deleteMetafieldDefinition(admin: AdminCalls, key: string): Promise<void> {
  const identifier = { ownerType: "PRODUCT", namespace: PRODUCT_NAMESPACE, key };
  await unlessDone(
    requestGraphql(admin, METAFIELD_DEFINITION_DELETE_OPERATION, { identifier }),
    ({ code }) => code === "NOT_FOUND",
  );
}

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

/** A product with its three metafields costs 4 points, so a call stays far below the limit of 1,000. */
export const OFFER_PRODUCTS_PER_CALL = 100;

const Value = z.object({ value: z.string(), compareDigest: z.string() }).nullish();
const OfferMetafieldsAnswer = z.object({
  nodes: z.array(
    z.object({ id: z.string().optional(), anchors: Value, rules: Value, variants: Value }).nullable(),
  ),
});

/**
 * Reads our metafields of these products.
 *
 * @returns them, and as `missing` the products that the shop no longer has
 */
export async function readOfferMetafields(
  admin: AdminCalls,
  productGids: readonly string[],
): Promise<{ readonly metafields: readonly ActualMetafield[]; readonly missing: readonly string[] }> {
  const metafields: ActualMetafield[] = [];
  const missing: string[] = [];
  for (let start = 0; start < productGids.length; start += OFFER_PRODUCTS_PER_CALL) {
    const ids = productGids.slice(start, start + OFFER_PRODUCTS_PER_CALL);
    const { nodes } = await requestGraphql(
      admin,
      READ_OFFER_METAFIELDS_OPERATION,
      {
        ids,
        namespace: PRODUCT_NAMESPACE,
        anchors: OFFER_ANCHORS_KEY,
        rules: OFFERS_KEY,
        variants: OFFER_VARIANTS_KEY,
      },
      OfferMetafieldsAnswer,
    );
    ids.forEach((ownerGid, index) => {
      const node = nodes[index];
      if (!node?.id) {
        missing.push(ownerGid);
        return;
      }
      if (node.anchors) metafields.push({ ownerGid, key: OFFER_ANCHORS_KEY, ...node.anchors });
      if (node.variants) metafields.push({ ownerGid, key: OFFER_VARIANTS_KEY, ...node.variants });
      if (node.rules) metafields.push({ ownerGid, key: OFFERS_KEY, ...node.rules });
    });
  }
  return { metafields, missing };
}

export const READ_INSTALLATION_OPERATION = `#graphql
  query ReadInstallation($namespace: String!, $key: String!) {
    currentAppInstallation {
      id
      metafield(namespace: $namespace, key: $key) { value compareDigest }
    }
  }`;

const InstallationAnswer = z.object({
  currentAppInstallation: z.object({
    id: z.string(),
    metafield: z.object({ value: z.string(), compareDigest: z.string() }).nullable(),
  }),
});

/** The app's installation in this shop and its metafields for the storefront. */
export async function readInstallation(
  admin: AdminCalls,
): Promise<{ readonly installationGid: string; readonly storefront: ActualMetafield | null }> {
  const { currentAppInstallation } = await requestGraphql(
    admin,
    READ_INSTALLATION_OPERATION,
    { namespace: APP_DATA_NAMESPACE, key: STOREFRONT_KEY },
    InstallationAnswer,
  );
  const { id, metafield } = currentAppInstallation;
  const storefront = metafield && { ownerGid: id, key: STOREFRONT_KEY, ...metafield };
  return { installationGid: id, storefront };
}

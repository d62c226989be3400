import { z } from "zod";
import type { MetafieldWrite } from "#app/domain/publish/diff-metafields.ts";
import type { MetafieldIdentity } from "#app/domain/publish/plan-offers.ts";
import {
  requestGraphql,
  ShopifyUserError,
  type AdminGraphql,
  type CallOptions,
  type UserError,
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

/** A write that Shopify refused, by its place in the call. */
export interface RefusedWrite {
  readonly index: number;
  readonly error: UserError;
}

export type SetOutcome =
  | { readonly kind: "written"; readonly metafields: readonly WrittenMetafield[] }
  /** Somebody else changed one of them since it was read. */
  | { readonly kind: "stale" }
  /** These can't be written; the others would be. */
  | { readonly kind: "refused"; readonly refused: readonly RefusedWrite[] };

/**
 * Writes up to 25 metafields, all or none.
 *
 * @throws ShopifyUserError when Shopify refuses the call and not a value in it
 */
export async function setMetafields(
  graphql: AdminGraphql,
  writes: readonly MetafieldWrite[],
  options: CallOptions,
): Promise<SetOutcome> {
  try {
    const answer = await requestGraphql(graphql, METAFIELDS_SET_OPERATION, toSetVariables(writes), {
      ...options,
      schema: Answer,
    });
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

/** The operation's variables for these writes; also one line of a bulk mutation. */
export function toSetVariables(writes: readonly MetafieldWrite[]): Record<string, unknown> {
  return {
    metafields: writes.map(({ ownerGid, namespace, key, type, value, compareDigest }) => ({
      ownerId: ownerGid,
      namespace,
      key,
      type,
      value,
      compareDigest,
    })),
  };
}

const BulkLine = z.object({
  metafieldsSet: z
    .object({ metafields: Answer.shape.metafieldsSet.shape.metafields, userErrors: z.array(z.unknown()) })
    .nullable(),
});

/** What one line of a bulk mutation wrote; null when it wrote nothing, for whatever reason. */
export function readSetLine(data: unknown): readonly WrittenMetafield[] | null {
  const line = BulkLine.safeParse(data);
  if (!line.success || !line.data.metafieldsSet || line.data.metafieldsSet.userErrors.length > 0) return null;
  return toWritten({ metafieldsSet: line.data.metafieldsSet });
}

function toWritten({ metafieldsSet }: z.infer<typeof Answer>): WrittenMetafield[] {
  return (metafieldsSet.metafields ?? []).map(({ key, compareDigest, owner }) => ({
    ownerGid: owner.id,
    key,
    compareDigest,
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

/** Deletes metafields, up to 25; one that is not there is no error, so a repeat is harmless. */
export async function deleteMetafields(
  graphql: AdminGraphql,
  metafields: readonly MetafieldIdentity[],
  options: CallOptions,
): Promise<void> {
  const identifiers = metafields.map(({ ownerGid, namespace, key }) => ({
    ownerId: ownerGid,
    namespace,
    key,
  }));
  await requestGraphql(graphql, METAFIELDS_DELETE_OPERATION, { metafields: identifiers }, options);
}

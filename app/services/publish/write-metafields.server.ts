import type { Deps } from "#app/services/deps.server.ts";
import { deletePublishedMetafields, savePublishedMetafields } from "#app/data/bundles/publication.server.ts";
import { groupWrites, identityOf, type MetafieldWrite } from "#app/domain/publish/diff-metafields.ts";
import {
  explainUserError,
  explainRefusal,
  type ProblemMessage,
} from "#app/domain/publish/publish-messages.ts";
import type { MetafieldIdentity } from "#app/domain/publish/plan-offers.ts";
import { OFFER_ANCHORS_KEY } from "#app/domain/publish/storefront-offer.ts";
import { ShopifyStatusError, ShopifyUserError, type ShopRequest } from "#app/shopify/graphql-request.ts";
import {
  deleteMetafields,
  METAFIELDS_PER_CALL,
  setMetafields,
  type WrittenMetafield,
} from "#app/shopify/metafields.ts";
import type { AppError } from "#app/process/errors.ts";

interface WriteOutcome {
  readonly written: number;
  /** Whether somebody else has written since: the rest must be read and compared again. */
  readonly isStale: boolean;
  /** Owners whose metafields Shopify refuses, with the reason. */
  readonly refused: ReadonlyMap<string, ProblemMessage>;
  /** Owners for which it refuses only the names of other products' offers. */
  readonly refusedAnchors: ReadonlySet<string>;
}

/**
 * Writes metafields, all or none of each owner, and notes them: as intended before the call, with Shopify's digest
 * after it. A refused owner does not affect the others.
 *
 * @param writes consecutive per owner
 * @throws AppError from the Admin API; earlier writes stay and are noted
 */
export async function writeMetafields(
  deps: Deps,
  { shop, graphql, signal }: ShopRequest,
  writes: readonly MetafieldWrite[],
): Promise<WriteOutcome> {
  const refused = new Map<string, ProblemMessage>();
  const refusedAnchors = new Set<string>();
  let written = 0;
  for (const group of groupWrites(writes, METAFIELDS_PER_CALL)) {
    let left = group;
    while (left.length > 0) {
      await noteIntended(deps, shop, left);
      const outcome = await setMetafields({ graphql, log: deps.log, signal }, left);
      if (outcome.kind === "stale") {
        deps.log.info("publish.stale", { writes: left.length });
        return { written, isStale: true, refused, refusedAnchors };
      }
      if (outcome.kind === "written") {
        await noteWritten(deps, shop, left, outcome.metafields);
        written += left.length;
        break;
      }
      const owners = new Set<string>();
      const anchors = new Set<MetafieldWrite>();
      for (const { index, error } of outcome.refused) {
        const write = left[index]!;
        if (isAnchorGone(write, error)) {
          anchors.add(write);
          refusedAnchors.add(write.ownerGid);
          continue;
        }
        owners.add(write.ownerGid);
        refused.set(write.ownerGid, explainUserError(error));
      }
      left = left.filter((write) => !owners.has(write.ownerGid) && !anchors.has(write));
    }
  }
  return { written, isStale: false, refused, refusedAnchors };
}

/** A product that is gone must not cost another one its own offers. */
function isAnchorGone(
  { key }: MetafieldWrite,
  { field }: { readonly field?: readonly string[] | null },
): boolean {
  return key === OFFER_ANCHORS_KEY && field?.[2] === "value";
}

/**
 * Deletes metafields from the shop and from the notes, in batches.
 *
 * @param onRemoved called after each batch with the number deleted so far
 */
export async function removeMetafields(
  { db, log }: Deps,
  { shop, graphql, signal }: ShopRequest,
  targets: readonly MetafieldIdentity[],
  onRemoved?: (removed: number) => Promise<void>,
): Promise<void> {
  for (let start = 0; start < targets.length; start += METAFIELDS_PER_CALL) {
    const group = targets.slice(start, start + METAFIELDS_PER_CALL);
    await deleteMetafields({ graphql, log, signal }, group);
    await deletePublishedMetafields(db, shop, group);
    await onRemoved?.(start + group.length);
  }
}

async function noteIntended({ db }: Deps, shop: string, writes: readonly MetafieldWrite[]): Promise<void> {
  const rows = writes.map((row) => ({ ...row, compareDigest: null }));
  await savePublishedMetafields(db, shop, rows);
}

async function noteWritten(
  { db }: Deps,
  shop: string,
  writes: readonly MetafieldWrite[],
  answer: readonly WrittenMetafield[],
): Promise<void> {
  const digests = new Map(answer.map((row) => [identityOf(row), row.compareDigest]));
  const rows = writes.map((row) => ({ ...row, compareDigest: digests.get(identityOf(row)) ?? null }));
  await savePublishedMetafields(db, shop, rows);
}

/** Why a publishing pass failed, as messages for the merchant. */
export function explainPublishError(error: AppError): ProblemMessage[] {
  const kinds = { shopify_throttled: "throttled", shopify_unreachable: "unreachable" } as const;
  const kind = error.code in kinds ? kinds[error.code as keyof typeof kinds] : "refused";
  return explainRefusal({
    kind,
    status: error instanceof ShopifyStatusError ? error.status : undefined,
    message: error.message,
    userErrors: error instanceof ShopifyUserError ? error.userErrors : [],
  });
}

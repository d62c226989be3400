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
import { runInBulk } from "#app/shopify/bulk-mutation.ts";
import { ShopifyStatusError, ShopifyUserError, type ShopRequest } from "#app/shopify/graphql-request.ts";
import {
  deleteMetafields,
  METAFIELDS_PER_CALL,
  METAFIELDS_SET_OPERATION,
  readSetLine,
  setMetafields,
  toSetVariables,
  type WrittenMetafield,
} from "#app/shopify/metafields.ts";
import type { AppError } from "#app/process/errors.ts";

/**
 * From this many calls on, the writes go as one bulk mutation. A call costs about 12 points: 250 of them empty the
 * smallest plan's bucket of 2,000 and wait ten seconds more, about as long as a bulk operation takes to be uploaded,
 * queued and read. With fewer, calls are faster and report refusals at once.
 */
const BULK_FROM_CALLS = 250;

export interface MetafieldAccess extends ShopRequest {
  /** Number of calls from which a bulk mutation is used; for tests. */
  readonly bulkFromCalls?: number | undefined;
}

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
  access: MetafieldAccess,
  writes: readonly MetafieldWrite[],
): Promise<WriteOutcome> {
  const groups = groupWrites(writes, METAFIELDS_PER_CALL);
  if (groups.length < (access.bulkFromCalls ?? BULK_FROM_CALLS)) return writeByCalls(deps, access, groups);
  const left = await writeInBulk(deps, access, groups);
  // Few are left, if any, and a call reports what is wrong with each.
  const rest = await writeByCalls(deps, access, left);
  const leftCount = left.reduce((sum, group) => sum + group.length, 0);
  return { ...rest, written: writes.length - leftCount + rest.written };
}

async function writeByCalls(
  deps: Deps,
  { shop, graphql, signal }: MetafieldAccess,
  groups: readonly (readonly MetafieldWrite[])[],
): Promise<WriteOutcome> {
  const refused = new Map<string, ProblemMessage>();
  const refusedAnchors = new Set<string>();
  let written = 0;
  for (const group of groups) {
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

/** Returns the groups that are not confirmed as written. */
async function writeInBulk(
  deps: Deps,
  { shop, graphql, signal }: MetafieldAccess,
  groups: readonly (readonly MetafieldWrite[])[],
): Promise<(readonly MetafieldWrite[])[]> {
  const { log } = deps;
  for (const group of groups) await noteIntended(deps, shop, group);
  const done = new Set<number>();
  const lines = groups.map((group) => toSetVariables(group));
  for await (const { index, data } of runInBulk({ graphql, log, signal }, METAFIELDS_SET_OPERATION, lines)) {
    const metafields = readSetLine(data);
    const group = groups[index];
    if (metafields === null || group === undefined) continue;
    await noteWritten(deps, shop, group, metafields);
    done.add(index);
  }
  log.info("publish.bulk_written", { lines: groups.length, failed: groups.length - done.size });
  return groups.filter((_, index) => !done.has(index));
}

/**
 * Deletes metafields from the shop and from the notes, in batches.
 *
 * @param onRemoved called after each batch with the number deleted so far
 */
export async function removeMetafields(
  { db, log }: Deps,
  { shop, graphql, signal }: MetafieldAccess,
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

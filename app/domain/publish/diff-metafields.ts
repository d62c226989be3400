import type { DesiredMetafield, MetafieldIdentity } from "./plan-offers.ts";

/** A metafield as the shop holds it. */
export interface ActualMetafield extends MetafieldIdentity {
  readonly value: string;
  /** Shopify's mark of this value: a write that names it fails if somebody wrote in between. */
  readonly compareDigest: string;
}

export interface MetafieldWrite extends DesiredMetafield {
  /** Null when there must be none yet. */
  readonly compareDigest: string | null;
}

export interface MetafieldDiff {
  readonly writes: readonly MetafieldWrite[];
  readonly deletions: readonly ActualMetafield[];
  /** What is there already and right. */
  readonly kept: readonly ActualMetafield[];
}

/**
 * The smallest set of calls from what the shop holds to what it should hold. Both sides name an owner, a
 * namespace and a key at most once. Values are compared as JSON, because Shopify may store other white space.
 *
 * @param actual every metafield of the app that is known to exist
 */
export function diffMetafields(
  desired: readonly DesiredMetafield[],
  actual: readonly ActualMetafield[],
): MetafieldDiff {
  const present = new Map(actual.map((metafield) => [identityOf(metafield), metafield]));
  const writes: MetafieldWrite[] = [];
  const kept: ActualMetafield[] = [];
  for (const wanted of desired) {
    const identity = identityOf(wanted);
    const found = present.get(identity);
    present.delete(identity);
    if (found && isSameJson(found.value, wanted.value)) kept.push(found);
    else writes.push({ ...wanted, compareDigest: found?.compareDigest ?? null });
  }
  return { writes, deletions: [...present.values()], kept };
}

/**
 * Splits writes into calls of at most `size`, never an owner's across two: a call is all or nothing, so a shopper
 * never sees an offer whose variants are missing.
 *
 * @param writes an owner's follow each other and are at most `size`
 */
export function groupWrites(writes: readonly MetafieldWrite[], size: number): MetafieldWrite[][] {
  const groups: MetafieldWrite[][] = [];
  let start = 0;
  while (start < writes.length) {
    let end = start + 1;
    while (end < writes.length && writes[end]!.ownerGid === writes[start]!.ownerGid) end += 1;
    const ofOwner = writes.slice(start, end);
    const last = groups.at(-1);
    if (last && last.length + ofOwner.length <= size) last.push(...ofOwner);
    else groups.push(ofOwner);
    start = end;
  }
  return groups;
}

function identityOf({ ownerGid, namespace, key }: MetafieldIdentity): string {
  return `${ownerGid} ${namespace} ${key}`;
}

function isSameJson(a: string, b: string): boolean {
  if (a === b) return true;
  try {
    return canonical(JSON.parse(a)) === canonical(JSON.parse(b));
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

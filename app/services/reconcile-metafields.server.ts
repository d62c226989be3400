import type { Deps } from "#app/deps.server.ts";
import { AppError } from "#app/errors.ts";
import {
  deletePublishedMetafields,
  listPublishedMetafields,
  savePublishedMetafields,
} from "#app/data/published-metafields.server.ts";
import { diffMetafields, groupWrites, type MetafieldWrite } from "#app/domain/publish/diff-metafields.ts";
import type { DesiredMetafield, OfferPlan } from "#app/domain/publish/plan-offers.ts";
import {
  APP_DATA_NAMESPACE,
  OFFER_VARIANTS_KEY,
  OFFERS_KEY,
  STOREFRONT_KEY,
  StorefrontOffers,
  StorefrontSettings,
} from "#app/domain/publish/storefront-offer.ts";
import type { AdminGraphql } from "#app/shopify/graphql-request.ts";
import { createMetafieldDefinition } from "#app/shopify/metafield-definition-create.ts";
import { deleteMetafields } from "#app/shopify/metafields-delete.ts";
import { METAFIELDS_PER_CALL, setMetafields } from "#app/shopify/metafields-set.ts";
import { readInstallation } from "#app/shopify/read-installation.ts";
import { readOfferMetafields } from "#app/shopify/read-offer-metafields.ts";

export interface MetafieldChanges {
  readonly written: number;
  readonly deleted: number;
  /** Bundles whose anchor product the shop no longer has. */
  readonly missing: readonly { readonly bundleId: string; readonly reason: string }[];
}

const DEFINITIONS = [
  { key: OFFERS_KEY, name: "Bundle offers", type: "json" },
  { key: OFFER_VARIANTS_KEY, name: "Products of the bundle offers", type: "list.variant_reference" },
] as const;
/** How often a pass reads again because somebody wrote a metafield between its reading and its writing. */
const MAX_STALE_READS = 3;

interface Wanted {
  readonly plan: OfferPlan;
  readonly storefront: StorefrontSettings;
}

/**
 * Brings the shop's metafields to the plan: reads those of every product that has an offer, shall get one or was
 * ever given one, writes what differs and deletes what should go.
 *
 * @throws AppError shopify_user_error (retryable) when others keep writing our metafields at the same time
 */
export async function reconcileMetafields(
  deps: Deps,
  { shop, graphql, signal }: { shop: string; graphql: AdminGraphql; signal?: AbortSignal },
  { plan, storefront }: Wanted,
): Promise<MetafieldChanges> {
  const { db, log } = deps;
  const options = { log, signal };
  const known = await listPublishedMetafields(db, shop);
  if (known.length === 0 && plan.metafields.length > 0) {
    for (const definition of DEFINITIONS) await createMetafieldDefinition(graphql, definition, options);
  }

  let written = 0;
  for (let reads = 0; reads < MAX_STALE_READS; reads += 1) {
    const { installationGid, storefront: told } = await readInstallation(graphql, options);
    const owners = new Set([...plan.metafields, ...known].map(({ ownerGid }) => ownerGid));
    owners.delete(installationGid);
    const { metafields, missing } = await readOfferMetafields(
      graphql,
      [...owners].filter((ownerGid) => ownerGid.startsWith("gid://shopify/Product/")),
      options,
    );
    const lost = new Set(missing);
    const desired: DesiredMetafield[] = [
      ...plan.metafields.filter(({ ownerGid }) => !lost.has(ownerGid)),
      {
        ownerGid: installationGid,
        namespace: APP_DATA_NAMESPACE,
        key: STOREFRONT_KEY,
        type: "json",
        value: JSON.stringify(StorefrontSettings.parse(storefront)),
      },
    ];
    const diff = diffMetafields(desired, [...metafields, ...(told ? [told] : [])]);

    const isDone = await writeAll(
      deps,
      { shop, graphql, signal },
      diff.writes,
      (count) => (written += count),
    );
    if (!isDone) continue;
    for (let start = 0; start < diff.deletions.length; start += METAFIELDS_PER_CALL) {
      const group = diff.deletions.slice(start, start + METAFIELDS_PER_CALL);
      await deleteMetafields(graphql, group, options);
    }
    await forgetOthers(deps, shop, desired, known);
    const confirmed = diff.kept.map(({ ownerGid, key, compareDigest, value }) => ({
      ownerGid,
      key,
      compareDigest,
      value,
    }));
    const isKnown = new Map(known.map((row) => [`${row.ownerGid} ${row.key}`, row.compareDigest]));
    await savePublishedMetafields(
      db,
      shop,
      confirmed.filter((row) => isKnown.get(`${row.ownerGid} ${row.key}`) !== row.compareDigest),
    );
    return { written, deleted: diff.deletions.length, missing: bundlesOf(plan, lost) };
  }
  throw new AppError(
    "shopify_user_error",
    `Somebody else keeps changing the offers of ${shop}; trying again later`,
    true,
  );
}

/** Writes all groups; false when one was refused because somebody else wrote meanwhile. */
async function writeAll(
  { db, log }: Deps,
  { shop, graphql, signal }: { shop: string; graphql: AdminGraphql; signal: AbortSignal | undefined },
  writes: readonly MetafieldWrite[],
  onWritten: (count: number) => void,
): Promise<boolean> {
  for (const group of groupWrites(writes, METAFIELDS_PER_CALL)) {
    const intended = group.map(({ ownerGid, key, value }) => ({ ownerGid, key, value, compareDigest: null }));
    await savePublishedMetafields(db, shop, intended);
    const answer = await setMetafields(graphql, group, { log, signal });
    if (answer === null) {
      log.info("publish.stale", { owners: group.length });
      return false;
    }
    const digests = new Map(answer.map((row) => [`${row.ownerGid} ${row.key}`, row.compareDigest]));
    await savePublishedMetafields(
      db,
      shop,
      intended.map((row) => ({ ...row, compareDigest: digests.get(`${row.ownerGid} ${row.key}`) ?? null })),
    );
    onWritten(group.length);
  }
  return true;
}

async function forgetOthers(
  { db }: Deps,
  shop: string,
  desired: readonly DesiredMetafield[],
  known: readonly { readonly ownerGid: string; readonly key: string }[],
): Promise<void> {
  const wanted = new Set(desired.map(({ ownerGid, key }) => `${ownerGid} ${key}`));
  const gone = known.filter(({ ownerGid, key }) => !wanted.has(`${ownerGid} ${key}`));
  await deletePublishedMetafields(db, shop, gone);
}

function bundlesOf(plan: OfferPlan, lost: ReadonlySet<string>): MetafieldChanges["missing"] {
  return plan.metafields
    .filter(({ ownerGid, key }) => key === OFFERS_KEY && lost.has(ownerGid))
    .flatMap(({ value }) => StorefrontOffers.parse(JSON.parse(value)).o)
    .map(({ id }) => ({ bundleId: id, reason: "Its first product no longer exists in the shop" }));
}

import type { Deps } from "#app/services/deps.server.ts";
import { AppError } from "#app/process/errors.ts";
import {
  deletePublishedMetafields,
  listPublishedMetafields,
  savePublishedMetafields,
  type PublishedMetafieldRow,
  saveRemoval,
} from "#app/data/bundles/publication.server.ts";
import {
  diffMetafields,
  type ActualMetafield,
  findMetafieldDrift,
  identityOf,
  type DriftKind,
} from "#app/domain/publish/diff-metafields.ts";
import type { DesiredMetafield, HeldBundle, OfferPlan } from "#app/domain/publish/plan-offers.ts";
import type { ProblemMessage } from "#app/domain/publish/publish-messages.ts";
import {
  OFFER_ANCHORS_KEY,
  STOREFRONT_KEY,
  StorefrontSettings,
} from "#app/domain/publish/storefront-offer.ts";
import { cancelBulkMutations } from "#app/shopify/bulk-mutation.ts";
import {
  createMetafieldDefinition,
  deleteMetafieldDefinition,
  deleteMetafields,
  OFFER_PRODUCTS_PER_CALL,
  PRODUCT_METAFIELDS,
  readInstallation,
  readOfferMetafields,
} from "#app/shopify/metafields.ts";
import { removeMetafields, writeMetafields, type MetafieldAccess } from "./write-metafields.server.ts";
import { holdLiveBundles } from "#app/data/bundles/bundles.server.ts";
import { saveShopNote } from "#app/data/shops/shops.server.ts";
import { deleteAutomaticDiscount, readOwnDiscounts } from "#app/shopify/discounts.ts";
import type { ShopRequest } from "#app/shopify/graphql-request.ts";
import { deleteWebPixel, readWebPixel } from "#app/shopify/web-pixel.ts";

export interface MetafieldChanges {
  readonly written: number;
  readonly deleted: number;
  /** Bundles that Shopify does not take. */
  readonly refused: readonly HeldBundle[];
  /** What somebody else had changed. */
  readonly drift: readonly DriftKind[];
}

/** How often a pass reads again: somebody wrote between its reading and its writing, or Shopify refused an owner. */
const MAX_READS = 5;
const GONE = { code: "publish.firstGone", values: {} } as const;

interface Wanted {
  readonly plan: OfferPlan;
  readonly storefront: StorefrontSettings;
  /** Whether every product is read, also those that should be as they were left. */
  readonly checksAll: boolean;
}

/**
 * Brings the shop's metafields to the plan: deletes what should go, writes what differs. What the shop holds is read
 * of every product that should change. The others are as our notes have them, until a pass that checks all, or until
 * one call reads them all: so the time from an event to the storefront does not grow with the number of offers.
 * A write that was wrong about the shop is refused by its `compareDigest`, and then everything it concerns is read.
 *
 * @throws AppError shopify_user_error (retryable) when others keep writing our metafields at the same time
 * @see app/decisions/publish/015-publishing-reads-what-it-changes.md
 */
export async function reconcileMetafields(
  deps: Deps,
  access: MetafieldAccess,
  { plan, storefront, checksAll }: Wanted,
): Promise<MetafieldChanges> {
  const { db, log } = deps;
  const { shop, graphql, signal } = access;
  const admin = { graphql, log, signal };
  const known = await listPublishedMetafields(db, shop);
  // A killed pass may have left a bulk mutation at work, which would write behind this pass's back.
  if (known.some(({ compareDigest }) => compareDigest === null)) await cancelBulkMutations(admin);
  for (const definition of PRODUCT_METAFIELDS) {
    const isOurs = ({ key }: { key: string }) => key === definition.key;
    if (plan.metafields.some(isOurs) && !known.some(isOurs)) {
      await createMetafieldDefinition(admin, definition);
    }
  }

  const lost = new Map<string, ProblemMessage>();
  const withoutAnchors = new Set<string>();
  let drift: readonly DriftKind[] | null = null;
  let written = 0;
  let deleted = 0;
  for (let reads = 0; reads < MAX_READS; reads += 1) {
    const { installationGid, storefront: stated } = await readInstallation(admin);
    const wanted: DesiredMetafield[] = [
      ...plan.metafields,
      {
        ownerGid: installationGid,
        key: STOREFRONT_KEY,
        value: JSON.stringify(StorefrontSettings.parse(storefront)),
      },
    ];
    const toRead = chooseProducts(wanted, known, { checksAll, isFirst: reads === 0 });
    const { metafields, missing } = await readOfferMetafields(admin, [...toRead]);
    for (const ownerGid of missing) lost.set(ownerGid, GONE);
    const read = new Set([...toRead, installationGid]);
    for (const ownerGid of missing) read.delete(ownerGid);
    const actual = [...metafields, ...(stated ? [stated] : [])];
    drift ??= findMetafieldDrift(known, actual, read);

    const desired = wanted.filter(
      ({ ownerGid, key }) =>
        !lost.has(ownerGid) && !(key === OFFER_ANCHORS_KEY && withoutAnchors.has(ownerGid)),
    );
    const noted = known.filter(({ ownerGid }) => !read.has(ownerGid) && !lost.has(ownerGid));
    const diff = diffMetafields(desired, [...actual, ...noted.filter(isOfProduct)]);
    // First what must go: an offer that can't be kept is worse than one that comes a little later.
    await removeMetafields(deps, access, diff.deletions);
    deleted += diff.deletions.length;
    const outcome = await writeMetafields(deps, access, diff.writes);
    written += outcome.written;
    for (const [ownerGid, reason] of outcome.refused) lost.set(ownerGid, reason);
    for (const ownerGid of outcome.refusedAnchors) withoutAnchors.add(ownerGid);
    // Of what Shopify refuses, what was there before must go.
    if (outcome.isStale || outcome.refused.size > 0 || outcome.refusedAnchors.size > 0) continue;

    await forgetOthers(deps, shop, desired, known, lost);
    await confirm(deps, shop, known, diff.kept);
    return { written, deleted, refused: bundlesOf(plan, lost), drift };
  }
  throw new AppError(
    "shopify_user_error",
    `Somebody else keeps changing the offers of ${shop}; trying again later`,
    true,
  );
}

/**
 * The products whose metafields must be read: all of them where one call does it or all are to be checked, else those
 * that differ from our notes. Of a product that never had an offer there is nothing to read, until a write of this
 * pass was refused.
 */
function chooseProducts(
  wanted: readonly DesiredMetafield[],
  known: readonly PublishedMetafieldRow[],
  { checksAll, isFirst }: { checksAll: boolean; isFirst: boolean },
): Set<string> {
  const isProduct = (ownerGid: string) => ownerGid.startsWith("gid://shopify/Product/");
  const all = new Set([...wanted, ...known].map(({ ownerGid }) => ownerGid).filter(isProduct));
  if (checksAll || all.size <= OFFER_PRODUCTS_PER_CALL) return all;
  const values = new Map(known.map((row) => [identityOf(row), row]));
  const hasNotes = new Set(known.map(({ ownerGid }) => ownerGid));
  const changed = new Set<string>();
  for (const row of wanted) {
    const note = values.get(identityOf(row));
    values.delete(identityOf(row));
    const isAsNoted = note?.value === row.value && note.compareDigest !== null;
    if (isAsNoted || !isProduct(row.ownerGid)) continue;
    if (!isFirst || hasNotes.has(row.ownerGid)) changed.add(row.ownerGid);
  }
  for (const { ownerGid } of values.values()) if (isProduct(ownerGid)) changed.add(ownerGid);
  return changed;
}

/** Whether a note is of a product's metafield that was written. */
function isOfProduct(row: PublishedMetafieldRow): row is PublishedMetafieldRow & ActualMetafield {
  return row.compareDigest !== null && row.key !== STOREFRONT_KEY;
}

/** Notes what was found right in the shop although our notes had it otherwise. */
async function confirm(
  { db }: Deps,
  shop: string,
  known: readonly PublishedMetafieldRow[],
  kept: readonly ActualMetafield[],
): Promise<void> {
  const digests = new Map(known.map((row) => [identityOf(row), row.compareDigest]));
  const rows = kept.filter((row) => digests.get(identityOf(row)) !== row.compareDigest);
  await savePublishedMetafields(db, shop, rows);
}

async function forgetOthers(
  { db }: Deps,
  shop: string,
  desired: readonly DesiredMetafield[],
  known: readonly PublishedMetafieldRow[],
  lost: ReadonlyMap<string, ProblemMessage>,
): Promise<void> {
  const wanted = new Set(desired.filter(({ ownerGid }) => !lost.has(ownerGid)).map(identityOf));
  await deletePublishedMetafields(
    db,
    shop,
    known.filter((row) => !wanted.has(identityOf(row))),
  );
}

/** Without its rule on the anchor an offer is none; one that a product of a pool lost goes on with the others. */
function bundlesOf(plan: OfferPlan, lost: ReadonlyMap<string, ProblemMessage>): MetafieldChanges["refused"] {
  return [...plan.anchors].flatMap(([bundleId, ownerGid]) => {
    const reason = lost.get(ownerGid);
    return reason ? [{ bundleId, reason }] : [];
  });
}

/** Share of the whole that the offers are; the rest are a few calls. */
const OFFERS_RATIO = 0.9;

/**
 * Takes everything of ours out of the shop: offers, settings, the discount, the pixel, the metafields' definitions.
 * Offers go before the discount, so that no shown price is ever refused. Approved bundles stay approved and wait,
 * so that switching on again brings them back. May be killed anywhere and run again; notes how far it has come.
 *
 * The caller holds the shop's lock for publishing.
 */
export async function unpublishEverything(
  deps: Deps,
  { shop, graphql, now, signal }: ShopRequest & { now: Date },
): Promise<void> {
  const { db, log } = deps;
  const admin = { graphql, log, signal };
  await holdLiveBundles(db, shop, { code: "paused.off", values: {} });
  const rows = await listPublishedMetafields(db, shop);
  if (rows.some(({ compareDigest }) => compareDigest === null)) await cancelBulkMutations(admin);
  const targets = rows.toSorted((a, b) => (a.ownerGid < b.ownerGid ? -1 : 1));
  await removeMetafields(deps, { shop, graphql, signal }, targets, (removed) =>
    saveRemoval(db, shop, { removedRatio: (OFFERS_RATIO * removed) / targets.length, removedAt: null }),
  );
  // What our notes do not know of goes with the definitions.
  for (const { key } of PRODUCT_METAFIELDS) await deleteMetafieldDefinition(admin, key);
  const { storefront } = await readInstallation(admin);
  if (storefront) await deleteMetafields(admin, [storefront]);
  for (const { discountGid } of await readOwnDiscounts(admin)) {
    await deleteAutomaticDiscount(admin, discountGid);
  }
  const pixel = await readWebPixel(admin);
  if (pixel) await deleteWebPixel(admin, pixel.pixelGid);
  await saveShopNote(db, shop, { discountGid: null, webPixelGid: null });
  await saveRemoval(db, shop, { removedRatio: 1, removedAt: now });
  log.info("publish.removed", { metafields: rows.length });
}

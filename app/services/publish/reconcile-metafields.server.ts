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
import {
  createMetafieldDefinition,
  deleteMetafieldDefinition,
  deleteMetafields,
  OFFER_PRODUCTS_PER_CALL,
  PRODUCT_METAFIELDS,
  readInstallation,
  readOfferMetafields,
} from "#app/shopify/metafields.ts";
import { removeMetafields, writeMetafields } from "./write-metafields.server.ts";
import { holdLiveBundles } from "#app/data/bundles/bundles.server.ts";
import { saveShopNote } from "#app/data/shops/shops.server.ts";
import { deleteAutomaticDiscount, readOwnDiscounts } from "#app/shopify/discounts.ts";
import type { ShopRequest } from "#app/shopify/graphql-request.ts";
import { deleteWebPixel, readWebPixel } from "#app/shopify/web-pixel.ts";

export interface MetafieldChanges {
  readonly written: number;
  readonly deleted: number;
  /** Bundles that Shopify refuses. */
  readonly refused: readonly HeldBundle[];
  /** Changes by others. */
  readonly drift: readonly DriftKind[];
}

/** Most reads per pass: one more follows if somebody wrote in between, or Shopify refused an owner. */
const MAX_READS = 5;
const GONE = { code: "publish.firstGone", values: {} } as const;

interface Wanted {
  readonly plan: OfferPlan;
  readonly storefront: StorefrontSettings;
  /** Whether to read every product, even one that should be as the app left it. */
  readonly checksAll: boolean;
}

/**
 * Updates the shop's metafields to the plan: deletes those that should go, writes those that differ. Reads every
 * product that should change. For the others it relies on its notes, unless the pass checks all, or one call can read
 * them all. So the time from an event to the storefront does not grow with the number of offers. Shopify refuses a
 * write based on an outdated note by its `compareDigest`; then everything concerned is read.
 *
 * @throws AppError shopify_user_error (retryable) if others keep writing the app's metafields at the same time
 * @see app/decisions/publish/015-publishing-reads-what-it-changes.md
 */
export async function reconcileMetafields(
  deps: Deps,
  access: ShopRequest,
  { plan, storefront, checksAll }: Wanted,
): Promise<MetafieldChanges> {
  const { db, log } = deps;
  const { shop, graphql, signal } = access;
  const admin = { graphql, log, signal };
  const known = await listPublishedMetafields(db, shop);
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
    // Deletions first: an offer that cannot be honoured is worse than one that appears a little later.
    await removeMetafields(deps, access, diff.deletions);
    deleted += diff.deletions.length;
    const outcome = await writeMetafields(deps, access, diff.writes);
    written += outcome.written;
    for (const [ownerGid, reason] of outcome.refused) lost.set(ownerGid, reason);
    for (const ownerGid of outcome.refusedAnchors) withoutAnchors.add(ownerGid);
    // If Shopify refuses an owner, its earlier metafields must go.
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
 * Chooses the products whose metafields are read: all if one call can read them or all are to be checked, else those
 * that differ from the notes. A product that never had an offer has nothing to read, until a write of this pass was
 * refused.
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

/** Updates the notes of metafields that were found right in the shop. */
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

/** An offer without its rule on the anchor does not exist; a pool that loses one product goes on with the others. */
function bundlesOf(plan: OfferPlan, lost: ReadonlyMap<string, ProblemMessage>): MetafieldChanges["refused"] {
  return [...plan.anchors].flatMap(([bundleId, ownerGid]) => {
    const reason = lost.get(ownerGid);
    return reason ? [{ bundleId, reason }] : [];
  });
}

/** Share of the offers in the progress; the rest are a few calls. */
const OFFERS_RATIO = 0.9;

/**
 * Removes everything of the app from the shop: offers, settings, the discount, the pixel, the metafields' definitions.
 * Offers go before the discount, so that no shown price is ever refused. Approved bundles stay approved, so that
 * switching on again brings them back. Can be killed at any time and run again; saves its progress.
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
  const targets = rows.toSorted((a, b) => (a.ownerGid < b.ownerGid ? -1 : 1));
  await removeMetafields(deps, { shop, graphql, signal }, targets, (removed) =>
    saveRemoval(db, shop, { removedRatio: (OFFERS_RATIO * removed) / targets.length, removedAt: null }),
  );
  // Metafields without a note go with the definitions.
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

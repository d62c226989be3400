import { saveComponents, type NewComponent, saveDecision } from "#app/data/bundles/bundle-edits.server.ts";
import type { Db } from "#app/data/db.server.ts";
import {
  listCollectionBundles,
  lockBundle,
  readSaleables,
  saveBundleStatus,
} from "#app/data/bundles/bundles.server.ts";
import { listVariantsOfProducts } from "#app/data/products/products.server.ts";
import { canMove, statusAfter } from "#app/domain/bundle-status.ts";
import { MAX_POOL } from "#app/domain/offer/offer.ts";
import type { HeldMessage } from "#app/domain/publish/publish-messages.ts";
import type { Deps } from "#app/services/deps.server.ts";
import type { ShopRequest } from "#app/shopify/graphql-request.ts";
import { readCollection } from "#app/shopify/read-collections.ts";

interface PoolRequest extends ShopRequest {
  readonly now: Date;
}

/** A bundle, and the collection that was its pool when the pass read it. */
interface CollectionBundle {
  readonly id: string;
  readonly collectionGid: string;
}

/**
 * Updates the pools that are a collection to its products in Shopify, before anything is published. Pauses an offer,
 * with the reason, if its collection is gone, empty or too large. A product that the app does not know yet joins in a
 * later pass. Idempotent.
 *
 * @throws AppError from the Admin API
 */
export async function keepPools(deps: Deps, request: PoolRequest): Promise<void> {
  const { shop } = request;
  const bundles = await listCollectionBundles(deps.db, shop);
  for (const collectionGid of new Set(bundles.map((bundle) => bundle.collectionGid))) {
    const own = bundles.filter((bundle) => bundle.collectionGid === collectionGid);
    const pool = await readPool(deps, request, collectionGid);
    if ("hold" in pool) await pauseAll(deps, request, own, pool.hold);
    else {
      const variants = await listVariantsOfProducts(deps.db, shop, pool.productGids);
      const known = new Set(variants.map(({ variantGid }) => variantGid));
      for (const bundle of own) await savePoolOf(deps, { shop, known }, bundle, pool.members);
    }
  }
}

/**
 * The present products of a collection as an offer's pool, or the reason why its offers have to wait.
 *
 * @throws AppError from the Admin API
 */
export async function readPool(
  deps: Pick<Deps, "db" | "log">,
  { shop, graphql, signal }: ShopRequest,
  collectionGid: string,
): Promise<{ hold: HeldMessage } | { productGids: readonly string[]; members: readonly NewComponent[] }> {
  const admin = { graphql, log: deps.log, signal };
  const found = await readCollection(admin, { collectionGid, first: MAX_POOL });
  if (found === null) return { hold: { code: "paused.collectionGone", values: {} } };
  const { count: products, productGids } = found;
  if (products > MAX_POOL) {
    return { hold: { code: "paused.collectionLarge", values: { products, most: MAX_POOL } } };
  }
  const members = await toComponents(deps, shop, productGids);
  if (members.length === 0) return { hold: { code: "paused.fewProducts", values: {} } };
  return { productGids, members };
}

/** The first variant of each product, as components to write; unknown products are left out. */
export async function toComponents(
  { db }: { readonly db: Db },
  shop: string,
  productGids: readonly string[],
): Promise<NewComponent[]> {
  const variants = await listVariantsOfProducts(db, shop, productGids);
  const firstOf = new Map(variants.toReversed().map((variant) => [variant.productGid, variant]));
  const first = productGids.flatMap((productGid) => firstOf.get(productGid) ?? []);
  const saleables = await readSaleables(db, shop, first);
  return first.flatMap(({ variantGid }) => {
    const saleable = saleables.get(variantGid);
    return saleable ? [{ ...saleable, quantity: 1, isGift: false }] : [];
  });
}

/**
 * Saves a bundle's pool. Products that stay keep their position, so that the first product of the offer is stable. If
 * the variant of one was deleted, another of its variants takes its place.
 *
 * @param known every variant of the members' products
 */
async function savePoolOf(
  { db, log }: Pick<Deps, "db" | "log">,
  { shop, known }: { readonly shop: string; readonly known: ReadonlySet<string> },
  { id: bundleId, collectionGid }: CollectionBundle,
  members: readonly NewComponent[],
): Promise<void> {
  await db.$transaction(async (tx) => {
    const bundle = await lockBundle(tx, { shop, bundleId });
    // The merchant may have chosen single products during the call to Shopify.
    if (!bundle || bundle.collectionGid !== collectionGid) return;
    const gift = bundle.components.filter(({ isGift }) => isGift);
    const held = bundle.components.filter(({ isGift }) => !isGift);
    const byProduct = new Map(members.map((member) => [member.productGid, member]));
    const stayed = held.flatMap((component) => {
      const member = byProduct.get(component.productGid);
      if (!member) return [];
      byProduct.delete(component.productGid);
      return [known.has(component.variantGid) ? component : member];
    });
    if (byProduct.size === 0 && stayed.length === held.length && stayed.every((one, at) => one === held[at]))
      return;
    const pool = [...stayed, ...byProduct.values(), ...gift];
    await saveComponents(tx, bundle, pool);
    log.info("publish.pool_kept", { bundleId, products: pool.length - gift.length });
  });
}

async function pauseAll(
  { db, log }: Pick<Deps, "db" | "log">,
  { shop, now }: PoolRequest,
  bundles: readonly CollectionBundle[],
  pausedReason: HeldMessage,
): Promise<void> {
  for (const { id: bundleId, collectionGid } of bundles) {
    await db.$transaction(async (tx) => {
      const bundle = await lockBundle(tx, { shop, bundleId });
      if (!bundle || bundle.collectionGid !== collectionGid || !canMove(bundle.status, "pause")) return;
      const [from, to] = [bundle.status, statusAfter("pause")];
      await saveBundleStatus(tx, { shop, bundleId }, { status: to, pausedReason });
      const detail = { from, to, reason: { ...pausedReason } };
      await saveDecision(tx, {
        shop,
        bundleId,
        decidedBy: "system",
        action: "pause",
        detail,
        decidedAt: now,
      });
      log.info("publish.pool_lost", { bundleId, reason: pausedReason.code });
    });
  }
}

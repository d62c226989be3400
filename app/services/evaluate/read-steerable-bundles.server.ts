import { toOfferTerms } from "#app/domain/offer/offer.ts";
import { listSteerable, type SteerableRow } from "#app/data/bundles/steerable-bundles.server.ts";
import { readVariantFacts, type VariantFacts } from "#app/data/bundles/autopilot.server.ts";
import { listExcludedVariants } from "#app/data/products/catalogue.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { STEERABLE_STATUSES } from "#app/domain/evaluate/autopilot/plan-steering.ts";
import { toCurrent, worthNow } from "#app/domain/publish/expect-now.ts";
import { isPool } from "#app/domain/publish/storefront-offer.ts";
import type { StandIn } from "#app/domain/publish/stand-ins.ts";
import {
  readSellableBundles,
  type SellableRequest,
  readOpenVariants,
} from "#app/services/publish/read-approved-bundles.server.ts";

export interface SteerableBundles {
  readonly rows: readonly SteerableRow[];
  readonly facts: ReadonlyMap<string, VariantFacts>;
  /** By bundle and component, the variants that shoppers can take. */
  readonly openVariants: ReadonlyMap<string, readonly (readonly string[])[]>;
  /** By bundle, what the storefront sells instead of a component that is out of stock. */
  readonly standIns: ReadonlyMap<string, StandIn>;
}

/**
 * Bundles with all components in the scope that the merchant opened to the autopilot and none excluded, each with its
 * expected effect at the current discount, highest first. Ignores products of a pool that the catalogue no longer has.
 */
export async function readSteerableBundles(
  { db, pool }: Pick<Deps, "db" | "pool">,
  { now, collectionGids, ...request }: SellableRequest & { now: Date; collectionGids: readonly string[] },
): Promise<SteerableBundles> {
  const { shop, settings } = request;
  const rows = await listSteerable(db, shop, STEERABLE_STATUSES);
  // Proposals of the same products would block each other, although only one of them can ever be live.
  const decided = rows.filter(({ status }) => status !== "proposed");
  const openVariants = await readOpenVariants({ db }, { shop, settings, rows: decided });
  const sellable = await readSellableBundles({ db, pool }, { ...request, rows: decided });
  const standIns = new Map(sellable.standIns.map((standIn) => [standIn.bundleId, standIn]));
  const own = rows.flatMap(({ components }) => components.map(({ variantGid }) => variantGid));
  const others = [...[...openVariants.values()].flat(2), ...sellable.standIns.map((each) => each.variantGid)];
  const [facts, excluded] = await Promise.all([
    readVariantFacts(db, { shop, now, variantGids: [...own, ...others] }),
    listExcludedVariants(pool, { shop, ...settings }),
  ]);
  const isOpen = (variantGid: string) =>
    facts.has(variantGid) &&
    !excluded.has(variantGid) &&
    (collectionGids.length === 0 ||
      facts.get(variantGid)!.collectionGids.some((gid) => collectionGids.includes(gid)));
  const priced = rows.map((row) => ({
    ...row,
    expectedExtraMarginMinor: worthNow(row, toCurrent(row, facts, request)),
  }));
  priced.sort((a, b) => b.expectedExtraMarginMinor - a.expectedExtraMarginMinor);
  const known = priced.map((row) => {
    const left = row.components.filter(({ isGift, variantGid }) => isGift || facts.has(variantGid));
    return isPool(toOfferTerms(row)) && left.some(({ isGift }) => !isGift)
      ? { ...row, components: left }
      : row;
  });
  return {
    rows: known.filter(({ components }) => components.every(({ variantGid }) => isOpen(variantGid))),
    facts,
    openVariants,
    standIns,
  };
}

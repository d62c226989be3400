import { readSaleables, type BundleRow } from "#app/data/bundles/bundles.server.ts";
import { type NewComponent, wasApproved } from "#app/data/bundles/bundle-edits.server.ts";
import type { Db } from "#app/data/db.server.ts";
import type { KeyedComponent } from "#app/domain/offer/offer.ts";
import type { Evidence } from "#app/domain/propose/proposal/bundle-proposal.ts";
import type { Result } from "#app/domain/result.ts";

type WantedComponent = Omit<KeyedComponent, "productGid">;

/** Products as components to write, in the given order; "productGone" if the shop lacks one. */
export async function readWanted(
  tx: Db,
  shop: string,
  wanted: readonly WantedComponent[],
): Promise<Result<readonly NewComponent[], "productGone">> {
  const saleables = await readSaleables(tx, shop, wanted);
  const components = wanted.flatMap(({ variantGid, ...how }) => {
    const saleable = saleables.get(variantGid);
    return saleable ? [{ ...saleable, ...how }] : [];
  });
  return components.length < wanted.length
    ? { ok: false, reason: "productGone" }
    : { ok: true, value: components };
}

/**
 * Other products for a bundle, as components to write. Only for a bundle that was never approved, because orders are
 * attributed to a bundle by its components. Each refusal has a sentence for the merchant.
 */
export async function planReplacement(
  tx: Db,
  { id: bundleId, shop, status }: BundleRow,
  wanted: readonly WantedComponent[],
): Promise<Result<readonly NewComponent[], "keepsProducts" | "productGone">> {
  const hasApproval = await wasApproved(tx, { shop, bundleId });
  if (status !== "proposed" || hasApproval) return { ok: false, reason: "keepsProducts" };
  return readWanted(tx, shop, wanted);
}

/** Replaces the evidence of a combination that the merchant chose. */
export const CHOSEN_BY_HAND: Evidence = {
  kind: "caution",
  value: 0,
  code: "chosenByHand",
  values: {},
};

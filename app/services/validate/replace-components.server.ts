import { hasTwin, saveComponents } from "#app/data/bundles/bundle-edits.server.ts";
import { readSaleables, type BundleRow, type Saleable } from "#app/data/bundles/bundles.server.ts";
import { wasApproved } from "#app/data/bundles/decisions.server.ts";
import type { Db } from "#app/data/db.server.ts";
import { type Evidence, componentKeyOf } from "#app/domain/propose/proposal/bundle-proposal.ts";
import type { Result } from "#app/domain/result.ts";

type Tx = Pick<Db, "bundle" | "bundleComponent" | "decision" | "variant">;

interface WantedComponent {
  readonly variantGid: string;
  readonly quantity: number;
}

interface Replacement {
  readonly componentKey: string;
  readonly components: readonly (Saleable & { readonly quantity: number })[];
}

/** Why products cannot be taken; each names a sentence for the merchant. */
type ReplacementRefusal = "keepsProducts" | "productGone" | "combinationExists";

/**
 * Other products for a bundle, as they would be written. Only for a bundle that was never approved: orders of one that
 * was live are attributed to it by what it holds.
 */
export async function planReplacement(
  tx: Tx,
  bundle: BundleRow,
  wanted: readonly WantedComponent[],
): Promise<Result<Replacement, ReplacementRefusal>> {
  const { id: bundleId, shop, status } = bundle;
  const hasApproval = await wasApproved(tx, { shop, bundleId });
  if (status !== "proposed" || hasApproval) return { ok: false, reason: "keepsProducts" };
  const saleables = await readSaleables(
    tx,
    shop,
    wanted.map(({ variantGid }) => variantGid),
  );
  const components = wanted.flatMap(({ variantGid, quantity }) => {
    const saleable = saleables.get(variantGid);
    return saleable ? [{ ...saleable, quantity }] : [];
  });
  if (components.length < wanted.length) return { ok: false, reason: "productGone" };
  const componentKey = componentKeyOf(
    components.map(({ variantGid, quantity }) => ({ key: variantGid, quantity })),
  );
  if (await hasTwin(tx, bundle, componentKey)) return { ok: false, reason: "combinationExists" };
  return { ok: true, value: { componentKey, components } };
}

/** What a combination of the merchant's own has in the place of evidence. */
const CHOSEN_BY_HAND: Evidence = {
  kind: "caution",
  value: 0,
  code: "chosenByHand",
  values: {},
};

/** Writes other products into a bundle. What was known of the ones before is no evidence for these, and goes. */
export async function replaceComponents(tx: Tx, bundle: BundleRow, replacement: Replacement): Promise<void> {
  await saveComponents(tx, bundle, { ...replacement, evidence: [CHOSEN_BY_HAND] });
}

interface OtherUnits {
  readonly componentKey: string;
  /** Units of each component that make a set, anchor first. */
  readonly quantities: readonly number[];
}

/**
 * Other units of what a bundle holds, as they would be written: another combination, which a run tells apart.
 *
 * @param quantities one for each component
 * @returns null where they are the bundle's own
 */
export async function planQuantities(
  tx: Tx,
  bundle: BundleRow,
  quantities: readonly number[],
): Promise<Result<OtherUnits | null, "combinationExists">> {
  const { components } = bundle;
  if (components.every(({ quantity }, at) => quantity === quantities[at])) return { ok: true, value: null };
  const componentKey = componentKeyOf(
    components.map(({ variantGid }, at) => ({ key: variantGid, quantity: quantities[at]! })),
  );
  if (await hasTwin(tx, bundle, componentKey)) return { ok: false, reason: "combinationExists" };
  return { ok: true, value: { componentKey, quantities } };
}

import { readSaleables, type BundleRow, type Saleable } from "#app/data/bundles.server.ts";
import type { Prisma } from "#app/data/generated/client.ts";
import type { Evidence } from "#app/domain/propose/bundle-proposal.ts";
import type { Result } from "#app/domain/result.ts";

type Tx = Prisma.TransactionClient;

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
  { id: bundleId, shop, status }: BundleRow,
  wanted: readonly WantedComponent[],
): Promise<Result<Replacement, ReplacementRefusal>> {
  const approvals = await tx.decision.count({ where: { shop, bundleId, action: "approve" } });
  if (status !== "proposed" || approvals > 0) return { ok: false, reason: "keepsProducts" };
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
  // As `componentKeyOf` of the proposals writes it, so that a later run knows the combination again.
  const componentKey = components
    .map(({ variantGid, quantity }) => `${variantGid}*${quantity}`)
    .sort()
    .join("|");
  const twin = await tx.bundle.findFirst({
    where: { shop, componentKey, id: { not: bundleId } },
    select: { id: true },
  });
  if (twin) return { ok: false, reason: "combinationExists" };
  return { ok: true, value: { componentKey, components } };
}

/** What a combination of the merchant's own has in the place of evidence. */
const CHOSEN_BY_HAND: Evidence = {
  kind: "caution",
  text: "The products were chosen by hand, so nothing is known yet of how they sell together.",
  value: 0,
  code: "chosenByHand",
};

/** Writes other products into a bundle. What was known of the ones before is no evidence for these, and goes. */
export async function replaceComponents(
  tx: Tx,
  { id: bundleId, shop }: BundleRow,
  { componentKey, components }: Replacement,
): Promise<void> {
  await tx.bundle.update({
    where: { id: bundleId, shop },
    data: {
      componentKey,
      expected: {},
      validation: {},
      evidence: [{ ...CHOSEN_BY_HAND }],
      expectedExtraMarginMinor: 0,
    },
  });
  await tx.bundleComponent.deleteMany({ where: { shop, bundleId } });
  await tx.bundleComponent.createMany({
    data: components.map((component, position) => ({ ...component, shop, bundleId, position })),
  });
}

/** Writes how many units of each component make a set, anchor first. */
export async function saveQuantities(
  tx: Tx,
  { id: bundleId, shop }: BundleRow,
  quantities: readonly number[],
): Promise<void> {
  for (const [position, quantity] of quantities.entries()) {
    await tx.bundleComponent.update({
      where: { bundleId_position: { bundleId, position }, shop },
      data: { quantity },
    });
  }
}

import type { Db } from "#app/data/db.server.ts";
import type { Evidence } from "#app/domain/propose/proposal/bundle-proposal.ts";
import type { BundleRow, Saleable } from "./bundles.server.ts";

/** Which bundle is edited; the caller's transaction holds its row. */
type EditedBundle = Pick<BundleRow, "id" | "shop">;

/** Whether another bundle of the shop, in whatever state, is this combination already. */
export async function hasTwin(
  db: Pick<Db, "bundle">,
  { id, shop }: EditedBundle,
  componentKey: string,
): Promise<boolean> {
  const twins = await db.bundle.count({ where: { shop, componentKey, id: { not: id } } });
  return twins > 0;
}

/** What the merchant sets of a bundle besides its products. */
type BundleTerms = Pick<
  BundleRow,
  "title" | "discountRatio" | "startsAt" | "endsAt" | "letsShopperChoose" | "placement" | "countries" | "note"
>;

/** Writes all terms of a bundle. */
export async function saveBundleTerms(
  db: Pick<Db, "bundle">,
  { id, shop }: EditedBundle,
  terms: BundleTerms,
): Promise<void> {
  await db.bundle.update({ where: { id, shop }, data: terms });
}

/** Writes other products, anchor first, into a bundle. What was known of the ones before goes. */
export async function saveComponents(
  tx: Pick<Db, "bundle" | "bundleComponent">,
  { id: bundleId, shop }: EditedBundle,
  {
    componentKey,
    components,
    evidence,
  }: {
    readonly componentKey: string;
    readonly components: readonly (Saleable & { readonly quantity: number })[];
    /** What is known of these. */
    readonly evidence: readonly Evidence[];
  },
): Promise<void> {
  await tx.bundle.update({
    where: { id: bundleId, shop },
    data: {
      componentKey,
      expected: {},
      validation: {},
      evidence: evidence.map((one) => ({ ...one })),
      expectedExtraMarginMinor: 0,
    },
  });
  await tx.bundleComponent.deleteMany({ where: { shop, bundleId } });
  await tx.bundleComponent.createMany({
    data: components.map((component, position) => ({ ...component, shop, bundleId, position })),
  });
}

/** Writes how many units of each component, anchor first, make a set. */
export async function saveQuantities(
  tx: Pick<Db, "bundle" | "bundleComponent">,
  { id: bundleId, shop }: EditedBundle,
  { componentKey, quantities }: { readonly componentKey: string; readonly quantities: readonly number[] },
): Promise<void> {
  await tx.bundle.update({ where: { id: bundleId, shop }, data: { componentKey } });
  for (const [position, quantity] of quantities.entries()) {
    await tx.bundleComponent.update({
      where: { bundleId_position: { bundleId, position }, shop },
      data: { quantity },
    });
  }
}

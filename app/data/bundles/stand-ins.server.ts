import { z } from "zod";
import type { Db } from "#app/data/db.server.ts";
import type { BundleStatus } from "#app/domain/bundle-status.ts";
import type { StandIn, StandInCandidate } from "#app/domain/publish/stand-ins.ts";
import { inNumbers } from "#app/data/columns.ts";

/** Enough of a product type to find a similar product, and few enough for a pass of seconds. */
const MAX_PER_PASS = 2_000;

/**
 * The given variants, and the first variant of every product on sale of the same product types. Products without a type
 * have no neighbours.
 *
 * @param excluded variants that may not stand in
 */
export async function listStandInCandidates(
  db: Db,
  shop: string,
  variantGids: readonly string[],
  excluded: ReadonlySet<string>,
): Promise<StandInCandidate[]> {
  if (variantGids.length === 0) return [];
  const missing = await db.variant.findMany({
    where: { shop, variantGid: { in: [...variantGids] }, product: { productType: { not: "" } } },
    include: { product: { select: { title: true, productType: true } } },
  });
  const productTypes = [...new Set(missing.map(({ product }) => product.productType))];
  const others = await db.variant.findMany({
    where: {
      shop,
      position: 1,
      variantGid: { notIn: [...variantGids] },
      OR: [{ inventoryQuantity: null }, { inventoryQuantity: { gt: 0 } }],
      product: { productType: { in: productTypes }, status: "active", deletedAt: null },
    },
    include: { product: { select: { title: true, productType: true } } },
    orderBy: { variantGid: "asc" },
    // Excluded below, because a query takes at most 32,767 values.
    take: MAX_PER_PASS + excluded.size,
  });
  const allowed = others.filter(({ variantGid }) => !excluded.has(variantGid)).slice(0, MAX_PER_PASS);
  return [...missing, ...allowed]
    .map(inNumbers)
    .map(({ variantGid, productGid, priceMinor, costMinor, inventoryQuantity, product }) => ({
      variantGid,
      productGid,
      title: product.title,
      productType: product.productType,
      priceMinor,
      costMinor,
      stockUnits: inventoryQuantity,
    }));
}

/** A stand-in as its bundle stores it: for ever, because an order that redeemed it can come late. */
export const StandInNote = z.object({
  position: z.number().int(),
  variantGid: z.string(),
  productGid: z.string(),
  title: z.string(),
  /** Whether the storefront shows it now. */
  isShown: z.boolean(),
});
export type StandInNote = z.infer<typeof StandInNote>;

/** Saves which stand-ins the storefront shows; all others are no longer shown. */
export async function saveStandIns(tx: Db, shop: string, standIns: readonly StandIn[]): Promise<void> {
  const rows = await tx.bundle.findMany({
    where: {
      shop,
      OR: [{ id: { in: standIns.map(({ bundleId }) => bundleId) } }, { NOT: { standIns: { equals: [] } } }],
    },
    select: { id: true, standIns: true },
  });
  for (const { id, standIns: stored } of rows) {
    const before = z.array(StandInNote).parse(stored);
    const shown = standIns
      .filter(({ bundleId }) => bundleId === id)
      .map(({ position, variantGid, productGid, title }) => ({ position, variantGid, productGid, title }));
    const isShown = (note: StandInNote) =>
      shown.some(({ position, variantGid }) => position === note.position && variantGid === note.variantGid);
    const earlier = before.filter((note) => !isShown(note)).map((note) => ({ ...note, isShown: false }));
    const notes = [...earlier, ...shown.map((note) => ({ ...note, isShown: true }))];
    if (JSON.stringify(notes) === JSON.stringify(before)) continue;
    await tx.bundle.update({ where: { id, shop }, data: { standIns: notes } });
  }
}

/** Stand-ins that the storefront shows now, with the titles of the components that they replace. */
export async function listShownStandIns(
  db: Db,
  shop: string,
): Promise<{ bundle: string; missing: string; standIn: string }[]> {
  const rows = await db.bundle.findMany({
    where: { shop, status: "published" satisfies BundleStatus, NOT: { standIns: { equals: [] } } },
    select: {
      title: true,
      standIns: true,
      components: { where: { shop }, select: { position: true, title: true } },
    },
    orderBy: { title: "asc" },
  });
  return rows.flatMap(({ title, standIns, components }) =>
    z
      .array(StandInNote)
      .parse(standIns)
      .filter(({ isShown }) => isShown)
      .map((note) => ({
        bundle: title,
        missing: components.find(({ position }) => position === note.position)?.title ?? "",
        standIn: note.title,
      })),
  );
}

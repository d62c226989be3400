import type { Db } from "../db.server.ts";
import type { Prisma } from "./generated/client.ts";

export const BUNDLE_SORTS = ["profit", "newest", "discount"] as const;
type BundleSort = (typeof BUNDLE_SORTS)[number];

const ORDER_BY: Readonly<Record<BundleSort, Prisma.BundleOrderByWithRelationInput>> = {
  profit: { expectedExtraMarginMinor: "desc" },
  newest: { createdAt: "desc" },
  discount: { discountRatio: "desc" },
};

interface BundleFilter {
  readonly shop: string;
  readonly statuses: readonly string[];
  readonly kind: string | null;
  /** Part of the title or of a component's title, any case; empty for all. */
  readonly search: string;
}

/** One page of a shop's bundles with their components in order. Ties are broken by id, so that pages never overlap. */
export async function listBundles(
  db: Db,
  filter: BundleFilter,
  { sort, offset, limit }: { sort: BundleSort; offset: number; limit: number },
) {
  return db.bundle.findMany({
    where: toWhere(filter),
    orderBy: [ORDER_BY[sort], { id: "asc" }],
    skip: offset,
    take: limit,
    include: { components: { orderBy: { position: "asc" } } },
  });
}

function toWhere({ shop, statuses, kind, search }: BundleFilter): Prisma.BundleWhereInput {
  const contains = { contains: search, mode: "insensitive" as const };
  return {
    shop,
    status: { in: [...statuses] },
    ...(kind ? { kind } : {}),
    ...(search ? { OR: [{ title: contains }, { components: { some: { title: contains } } }] } : {}),
  };
}

/** One bundle with its components in order and its decisions, newest first; null if the shop has none of that id. */
export async function findBundle(db: Db, { shop, bundleId }: { shop: string; bundleId: string }) {
  return db.bundle.findFirst({
    where: { id: bundleId, shop },
    include: {
      components: { orderBy: { position: "asc" } },
      decisions: { orderBy: { decidedAt: "desc" }, take: 50 },
    },
  });
}

/** What the catalogue says now of some variants, by variant gid; variants that are gone are absent. */
export async function readVariants(
  db: Db,
  { shop, variantGids }: { shop: string; variantGids: readonly string[] },
) {
  const variants = await db.variant.findMany({
    where: { shop, variantGid: { in: [...new Set(variantGids)] } },
    include: {
      product: { select: { title: true, imageUrl: true, status: true, deletedAt: true, handle: true } },
    },
  });
  return new Map(variants.map((variant) => [variant.variantGid, variant]));
}

export type CatalogueVariant =
  Awaited<ReturnType<typeof readVariants>> extends Map<string, infer V> ? V : never;

/** The newest forecasts of some variants, by variant gid. */
export async function readForecasts(
  db: Db,
  { shop, variantGids }: { shop: string; variantGids: readonly string[] },
) {
  const forecasts = await db.forecast.findMany({ where: { shop, variantGid: { in: [...variantGids] } } });
  return new Map(forecasts.map((forecast) => [forecast.variantGid, forecast]));
}

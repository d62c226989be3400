import type { BundleStatus } from "#app/domain/bundle-status.ts";
import type { Db } from "#app/data/db.server.ts";
import type { Prisma } from "#app/data/generated/client.ts";
import { toBundleRow } from "./bundle-row.ts";
import { toLoggedAction } from "./decisions.server.ts";
import { toLiteralPattern } from "#app/data/literal-pattern.ts";
import { inNumbers } from "#app/data/money-columns.ts";

export const BUNDLE_SORTS = ["profit", "newest", "discount"] as const;
type BundleSort = (typeof BUNDLE_SORTS)[number];

const ORDER_BY: Readonly<Record<BundleSort, Prisma.BundleOrderByWithRelationInput>> = {
  profit: { expectedExtraMarginMinor: "desc" },
  newest: { createdAt: "desc" },
  discount: { discountRatio: "desc" },
};

interface BundleFilter {
  readonly shop: string;
  readonly statuses: readonly BundleStatus[];
  readonly kind: string | null;
  /** Only bundles with a product of this collection; null for all. */
  readonly collectionGid: string | null;
  /** `profit`: the whole interval of the extra profit is above zero; `tested`: held up on later orders. */
  readonly confidence: "profit" | "tested" | null;
  /** Least extra margin in 28 days, minor units; null for any. */
  readonly minProfitMinor: number | null;
  /** Part of the title or of a component's title, any case; empty for all. */
  readonly search: string;
}

/** One page of a shop's bundles with their components in order. Ties are broken by id, so that pages never overlap. */
export async function listBundles(
  db: Db,
  filter: BundleFilter,
  { sort, offset, limit }: { sort: BundleSort; offset: number; limit: number },
) {
  const bundles = await db.bundle.findMany({
    where: await toWhere(db, filter),
    orderBy: [ORDER_BY[sort], { id: "asc" }],
    skip: offset,
    take: limit,
    include: { components: { where: { shop: filter.shop }, orderBy: { position: "asc" } } },
  });
  return bundles.map((bundle) => toBundleRow(bundle));
}

/** How many bundles all pages of a list hold together. */
export async function countBundles(db: Db, filter: BundleFilter): Promise<number> {
  return db.bundle.count({ where: await toWhere(db, filter) });
}

/** Bundles of the shop with a product of the collection. */
async function listBundleIdsOf(
  db: Db,
  { shop }: Pick<BundleFilter, "shop">,
  collectionGid: string,
): Promise<string[]> {
  const rows = await db.$queryRaw<{ bundleId: string }[]>`
    SELECT DISTINCT c."bundleId" FROM "BundleComponent" c
    JOIN "Product" p ON p."shop" = c."shop" AND p."productGid" = c."productGid"
    WHERE c."shop" = ${shop} AND p."collectionGids" @> ARRAY[${collectionGid}]`;
  return rows.map(({ bundleId }) => bundleId);
}

async function toWhere(db: Db, filter: BundleFilter): Promise<Prisma.BundleWhereInput> {
  const { shop, statuses, kind, search, confidence, minProfitMinor, collectionGid } = filter;
  const contains = { contains: toLiteralPattern(search), mode: "insensitive" as const };
  return {
    shop,
    status: { in: [...statuses] },
    ...(collectionGid ? { id: { in: await listBundleIdsOf(db, filter, collectionGid) } } : {}),
    ...(kind ? { kind } : {}),
    ...(minProfitMinor === null ? {} : { expectedExtraMarginMinor: { gte: minProfitMinor } }),
    ...(confidence === "profit" ? { expected: { path: ["extraMarginMinor", "low"], gt: 0 } } : {}),
    ...(confidence === "tested" ? { validation: { path: ["isSupported"], equals: true } } : {}),
    ...(search ? { OR: [{ title: contains }, { components: { some: { shop, title: contains } } }] } : {}),
  };
}

/** One bundle with its components in order and its decisions, newest first; null if the shop has none of that id. */
export async function findBundle(db: Db, { shop, bundleId }: { shop: string; bundleId: string }) {
  const bundle = await db.bundle.findFirst({
    where: { id: bundleId, shop },
    include: {
      components: { where: { shop }, orderBy: { position: "asc" } },
      decisions: { where: { shop }, orderBy: [{ decidedAt: "desc" }, { id: "desc" }], take: 50 },
    },
  });
  if (!bundle) return null;
  const decisions = bundle.decisions.map((entry) => ({ ...entry, action: toLoggedAction(entry.action) }));
  return { ...toBundleRow(bundle), decisions };
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
  return new Map(variants.map((variant) => [variant.variantGid, inNumbers(variant)]));
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

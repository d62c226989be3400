import type { BundleStatus } from "#app/domain/bundle-status.ts";
import type { Db } from "#app/data/db.server.ts";
import type { Prisma } from "#app/data/generated/client.ts";
import { toBundleRow, type BundleKey, type Waits, whereWaiting } from "./bundles.server.ts";
import { toLoggedAction } from "./bundle-edits.server.ts";
import { toLiteralPattern } from "#app/data/columns.ts";

interface BundleFilter {
  readonly shop: string;
  readonly statuses: readonly BundleStatus[];
  readonly kind?: string | null;
  /** Only bundles with a product of this collection. */
  readonly collectionGid?: string | null;
  /** `tested`: held up on later orders. */
  readonly confidence?: "tested" | null;
  /** Only bundles that wait. */
  readonly waits?: Waits | null;
  /** Part of the title or of a component's title, any case; empty for all. */
  readonly search?: string;
}

/** What a bundle's components and figures say of its place in a list. */
interface BundleParts {
  readonly bundleId: string;
  readonly anchor: string;
  readonly missing: number;
  readonly sold: number;
  /** Whether it gives another discount than the one that its figures hold for, be it by a rounding. */
  readonly hasOtherDiscount: boolean;
}
const NO_PARTS = { anchor: "", missing: 0, sold: 0, hasOtherDiscount: false };

/** What the order of a list depends on, of every bundle that fits the filter. */
export async function listInBrief(db: Db, filter: BundleFilter) {
  const rows = await db.bundle.findMany({
    where: await toWhere(db, filter),
    select: {
      id: true,
      startsAt: true,
      createdAt: true,
      discountRatio: true,
      expectedExtraMarginMinor: true,
      terms: true,
    },
  });
  const bundleIds = rows.map(({ id }) => id);
  const parts = await db.$queryRaw<BundleParts[]>`
    SELECT c."bundleId", (array_agg(c."productGid" ORDER BY c.position))[1] AS anchor,
      (count(*) FILTER (WHERE p."productGid" IS NULL))::int AS missing, count(p."productGid")::int AS sold,
      EXISTS (SELECT FROM "Bundle" b WHERE b.shop = ${filter.shop} AND b.id = c."bundleId"
        AND jsonb_path_exists(b.evidence, '$[*] ? (@.code starts with "margin") ? (@.values.discountRatio != $now)',
          jsonb_build_object('now', b."discountRatio"))) AS "hasOtherDiscount"
    FROM "BundleComponent" c
    LEFT JOIN "Variant" v ON v.shop = ${filter.shop} AND v."variantGid" = c."variantGid"
      AND (v."inventoryQuantity" IS NULL OR v."inventoryQuantity" > 0)
    LEFT JOIN "Product" p ON p.shop = ${filter.shop} AND p."productGid" = v."productGid"
      AND p.status = 'active' AND p."deletedAt" IS NULL
    WHERE c.shop = ${filter.shop} AND c."bundleId" = ANY(${bundleIds})
    GROUP BY 1`;
  const partsOf = new Map(parts.map((one) => [one.bundleId, one]));
  return rows.map(({ terms, expectedExtraMarginMinor, ...row }) => {
    const { anchor, missing, sold, hasOtherDiscount } = partsOf.get(row.id) ?? NO_PARTS;
    return {
      ...row,
      anchor,
      hasOtherDiscount,
      worth: Number(expectedExtraMarginMinor),
      // Of what shoppers choose from, the rest is still a choice.
      isInStock: terms === null ? missing === 0 : sold > 0,
    };
  });
}

/** These bundles of a shop in this order, with their components in order; those that are gone are left out. */
export async function listBundles(db: Db, { shop, ids }: { shop: string; ids: readonly string[] }) {
  const bundles = await db.bundle.findMany({
    where: { shop, id: { in: [...ids] } },
    include: { components: { where: { shop }, orderBy: { position: "asc" } } },
  });
  const byId = new Map(bundles.map((bundle) => [bundle.id, toBundleRow(bundle)]));
  return ids.flatMap((id) => byId.get(id) ?? []);
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
  const { shop, statuses, kind, search = "", confidence, collectionGid, waits } = filter;
  const contains = { contains: toLiteralPattern(search), mode: "insensitive" as const };
  return {
    shop,
    status: { in: [...statuses] },
    ...(collectionGid ? { id: { in: await listBundleIdsOf(db, filter, collectionGid) } } : {}),
    ...(kind ? { kind } : {}),
    ...(confidence === "tested" ? { validation: { path: ["isSupported"], equals: true } } : {}),
    ...(waits ? { AND: whereWaiting(waits) } : {}),
    ...(search ? { OR: [{ title: contains }, { components: { some: { shop, title: contains } } }] } : {}),
  };
}

const NEWEST_FIRST = [
  { decidedAt: "desc" },
  { id: "desc" },
] as const satisfies Prisma.DecisionOrderByWithRelationInput[];

/** The id of the newest entry of each bundle's history, by the bundle's id; a bundle without history has none. */
export async function readNewestEntries(
  db: Db,
  { shop, bundleIds }: { shop: string; bundleIds: readonly string[] },
): Promise<ReadonlyMap<string, string>> {
  const entries = await db.decision.findMany({
    where: { shop, bundleId: { in: [...bundleIds] } },
    distinct: ["bundleId"],
    orderBy: [...NEWEST_FIRST],
    select: { id: true, bundleId: true },
  });
  return new Map(entries.map(({ id, bundleId }) => [bundleId, id]));
}

/** One bundle with its components in order and its decisions, newest first; null if the shop has none of that id. */
export async function findBundle(db: Db, { shop, bundleId }: BundleKey) {
  const bundle = await db.bundle.findFirst({
    where: { id: bundleId, shop },
    include: {
      components: { where: { shop }, orderBy: { position: "asc" } },
      decisions: { where: { shop }, orderBy: [...NEWEST_FIRST], take: 50 },
    },
  });
  if (!bundle) return null;
  const decisions = bundle.decisions.map((entry) => ({ ...entry, action: toLoggedAction(entry.action) }));
  return { ...toBundleRow(bundle), decisions };
}

/** The newest forecasts of some variants, by variant gid. */
export async function readForecasts(
  db: Db,
  { shop, variantGids }: { shop: string; variantGids: readonly string[] },
) {
  const forecasts = await db.forecast.findMany({ where: { shop, variantGid: { in: [...variantGids] } } });
  return new Map(forecasts.map((forecast) => [forecast.variantGid, forecast]));
}

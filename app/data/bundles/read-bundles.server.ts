import type { BundleStatus } from "#app/domain/bundle-status.ts";
import type { WaitingOffer } from "#app/domain/propose/choice/order-for-decision.ts";
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
  /** `tested`: supported by the replay on later orders. */
  readonly confidence?: "tested" | null;
  readonly waits?: Waits | null;
  /** Part of the title or of a component's title, case-insensitive; empty for all. */
  readonly search?: string;
}

/** The fields of a bundle that sort a list. `worth` is in minor units; `anchor` is empty without components. */
export interface BundleInBrief extends WaitingOffer {
  readonly createdAt: Date;
  readonly discountRatio: number;
  /** Whether its discount differs from the one that its figures hold for, even by a rounding. */
  readonly hasOtherDiscount: boolean;
}

/** The sort fields of every bundle that matches the filter. */
export async function listInBrief(db: Db, filter: BundleFilter): Promise<BundleInBrief[]> {
  const found = await db.bundle.findMany({ where: await toWhere(db, filter), select: { id: true } });
  const bundleIds = found.map(({ id }) => id);
  // Joins the ids as rows: planning thousands of them as one condition takes longer than reading. A pool is in stock
  // while any of its components is.
  return db.$queryRaw<BundleInBrief[]>`
    SELECT b.id, b."startsAt", b."createdAt", b."discountRatio", b."expectedExtraMarginMinor"::float8 AS worth,
      coalesce(min(c."productGid") FILTER (WHERE c.position = 0), '') AS anchor,
      CASE WHEN b.terms IS NULL OR b.terms @> '{"kind": "set"}' OR b.terms @> '{"kind": "gift", "spendMinor": null}'
        THEN count(c."bundleId") = count(p."productGid") ELSE count(p."productGid") > 0 END AS "isInStock",
      jsonb_path_exists(b.evidence, '$[*] ? (@.code starts with "margin" && @.values.discountRatio != $now
        || @.code like_regex "^(fullPriceMeasured|fullPriceUntold|shownTogether)$" && $now != 0)',
        jsonb_build_object('now', b."discountRatio")) AS "hasOtherDiscount"
    FROM unnest(${bundleIds}::text[]) AS found(id)
    JOIN "Bundle" b ON b.id = found.id AND b.shop = ${filter.shop}
    LEFT JOIN "BundleComponent" c ON c.shop = ${filter.shop} AND c."bundleId" = b.id
    LEFT JOIN "Variant" v ON v.shop = ${filter.shop} AND v."variantGid" = c."variantGid"
      AND (v."inventoryQuantity" IS NULL OR v."inventoryQuantity" > 0)
    LEFT JOIN "Product" p ON p.shop = ${filter.shop} AND p."productGid" = v."productGid"
      AND p.status = 'active' AND p."deletedAt" IS NULL
    GROUP BY b.id`;
}

/** These bundles of a shop in this order, with their components in order; missing ones are left out. */
export async function listBundles(db: Db, { shop, ids }: { shop: string; ids: readonly string[] }) {
  const bundles = await db.bundle.findMany({
    where: { shop, id: { in: [...ids] } },
    include: { components: { where: { shop }, orderBy: { position: "asc" } } },
  });
  const byId = new Map(bundles.map((bundle) => [bundle.id, toBundleRow(bundle)]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

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

/** Id of the newest log entry of each bundle, by bundle id; bundles without an entry are absent. */
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

/** One bundle with its components in order and its newest 50 decisions; null if the shop has none with that id. */
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

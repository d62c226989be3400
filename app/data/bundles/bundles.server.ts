import type { Db, DbClient } from "#app/data/db.server.ts";
import {
  LIVE_STATUSES,
  statusAfter,
  statusesBefore,
  type BundleStatus,
  toBundleStatus,
} from "#app/domain/bundle-status.ts";
import { isOnlyVariant } from "#app/domain/collect/product-facts.ts";
import { groupBy } from "#app/domain/group-by.ts";
import type { PausedReason } from "#app/domain/evaluate/autopilot/steering-messages.ts";
import type { OfferPlan } from "#app/domain/publish/plan-offers.ts";
import { EXPECTED_HOLDS } from "#app/domain/publish/publish-messages.ts";
import type { StandIn } from "#app/domain/publish/stand-ins.ts";
import { Prisma } from "#app/data/generated/client.ts";
import { inNumbers, type InNumbers } from "#app/data/columns.ts";
import { saveStandIns } from "./stand-ins.server.ts";

type StoredBundle = Prisma.BundleGetPayload<{ include: { components: true } }>;
export type BundleRow = ReturnType<typeof toBundleRow<StoredBundle["components"][number], StoredBundle>>;

export interface BundleKey {
  readonly shop: string;
  readonly bundleId: string;
}

/** Bundles that the merchant approved, on the storefront or not, and those of `ids`. */
export async function listLiveBundles(
  db: Db,
  shop: string,
  ids: readonly string[] = [],
): Promise<BundleRow[]> {
  const bundles = await db.bundle.findMany({
    where: { shop, OR: [{ status: { in: [...LIVE_STATUSES] } }, { id: { in: [...ids] } }] },
    include: { components: { where: { shop }, orderBy: { position: "asc" } } },
  });
  return bundles.map((bundle) => toBundleRow(bundle));
}

/** Bundles that are on offer or wait for a decision, with a collection as pool. */
export async function listCollectionBundles(
  db: Db,
  shop: string,
): Promise<{ id: string; collectionGid: string }[]> {
  const statuses: readonly BundleStatus[] = ["proposed", ...LIVE_STATUSES];
  const rows = await db.bundle.findMany({
    where: { shop, status: { in: [...statuses] }, collectionGid: { not: null } },
    select: { id: true, collectionGid: true },
    orderBy: { id: "asc" },
  });
  return rows.flatMap(({ id, collectionGid }) => (collectionGid === null ? [] : [{ id, collectionGid }]));
}

/** Number of bundles that the merchant approved, on the storefront or not. */
export async function countLiveBundles(db: Db, shop: string): Promise<number> {
  return db.bundle.count({ where: { shop, status: { in: [...LIVE_STATUSES] } } });
}

/** Number of bundles that were live after the newest approval, by the log. */
export async function countLiveAtApproval(db: Db, shop: string): Promise<number> {
  const rows = await db.$queryRaw<{ live: number }[]>`
    SELECT count(*)::int AS live FROM (
      SELECT DISTINCT ON ("bundleId") detail->>'to' AS status FROM "Decision"
      WHERE shop = ${shop} AND action <> 'edit' AND "decidedAt" <= (
        SELECT max("decidedAt") FROM "Decision" WHERE shop = ${shop} AND action = 'approve')
      ORDER BY "bundleId", "decidedAt" DESC) AS newest
    WHERE status = ANY (${[...LIVE_STATUSES]})`;
  return rows[0]!.live;
}

/** Takes every bundle off "published" and notes the reason. Approvals stay. */
export async function holdLiveBundles(db: Db, shop: string, reason: PausedReason): Promise<void> {
  await db.bundle.updateMany({
    where: { shop, status: { in: statusesBefore("hold") } },
    data: { status: statusAfter("hold"), pausedReason: reason },
  });
}

/** Outcome of a publishing pass. */
export interface PassOutcome extends Pick<OfferPlan, "offered" | "held" | "ended"> {
  readonly standIns: readonly StandIn[];
}

/**
 * Saves the outcome of a publishing pass. Changes only bundles that are still approved or published: a decision made
 * during the pass stays, and so does a postponed last day. Repeats change nothing.
 *
 * @param now the instant for which the pass was planned
 * @returns ids of the bundles that ended with it
 */
export async function savePublication(
  db: DbClient,
  shop: string,
  { offered, held, ended, standIns }: PassOutcome,
  now: Date,
): Promise<string[]> {
  return db.$transaction(async (tx) => {
    await tx.bundle.updateMany({
      where: {
        shop,
        id: { in: [...offered] },
        status: { in: statusesBefore("publish") },
        NOT: { status: statusAfter("publish"), pausedReason: { equals: Prisma.DbNull } },
      },
      data: { status: statusAfter("publish"), pausedReason: Prisma.DbNull },
    });
    for (const group of groupBy(held, ({ reason }) => JSON.stringify(reason)).values()) {
      const ids = group.map(({ bundleId }) => bundleId);
      await tx.bundle.updateMany({
        where: { shop, id: { in: ids }, status: { in: statusesBefore("hold") } },
        data: { status: statusAfter("hold"), pausedReason: group[0]!.reason },
      });
    }
    await saveStandIns(tx, shop, standIns);
    const retired: string[] = [];
    for (const bundleId of ended) {
      const { count } = await tx.bundle.updateMany({
        where: { shop, id: bundleId, status: { in: statusesBefore("end") }, endsAt: { lte: now } },
        data: { status: statusAfter("end"), pausedReason: OVER },
      });
      if (count === 0) continue;
      await tx.decision.create({
        data: { shop, bundleId, decidedBy: "system", action: "retire", decidedAt: now },
      });
      retired.push(bundleId);
    }
    return retired;
  });
}

const OVER = { code: "paused.over", values: {} } as const satisfies PausedReason;

/** A bundle whose row is locked until the transaction ends, or null. */
export async function lockBundle(tx: Db, { shop, bundleId }: BundleKey): Promise<BundleRow | null> {
  await tx.$queryRaw`SELECT id FROM "Bundle" WHERE id = ${bundleId} AND shop = ${shop} FOR UPDATE`;
  const bundle = await tx.bundle.findFirst({
    where: { id: bundleId, shop },
    include: { components: { where: { shop }, orderBy: { position: "asc" } } },
  });
  return bundle && toBundleRow(bundle);
}

/** Saves the state of one bundle, with the reason if it waits there. */
export async function saveBundleStatus(
  db: Db,
  { shop, bundleId }: BundleKey,
  { status, pausedReason }: { readonly status: BundleStatus; readonly pausedReason: PausedReason | null },
): Promise<void> {
  const data = { status, pausedReason: pausedReason ?? Prisma.DbNull };
  await db.bundle.update({ where: { id: bundleId, shop }, data });
}

/** Some variants in today's catalogue, by variant gid; variants that are gone are absent. */
export async function readVariants(db: Db, shop: string, wanted: readonly { readonly variantGid: string }[]) {
  const variants = await db.variant.findMany({
    where: { shop, variantGid: { in: [...new Set(wanted.map(({ variantGid }) => variantGid))] } },
    include: {
      product: {
        select: {
          title: true,
          imageUrl: true,
          status: true,
          deletedAt: true,
          handle: true,
          productType: true,
        },
      },
    },
  });
  return new Map(variants.map((variant) => [variant.variantGid, inNumbers(variant)]));
}

export type CatalogueVariant =
  Awaited<ReturnType<typeof readVariants>> extends Map<string, infer V> ? V : never;

export interface Saleable {
  readonly variantGid: string;
  readonly productGid: string;
  /** As a shopper reads it: the product, and the variant if there is a choice. */
  readonly title: string;
  /** Today's price, minor units. */
  readonly priceMinor: number;
}

/** Today's titles and prices of these variants. Those missing from the catalogue have no entry. */
export async function readSaleables(
  db: Db,
  shop: string,
  wanted: readonly { readonly variantGid: string }[],
): Promise<Map<string, Saleable>> {
  const variants = [...(await readVariants(db, shop, wanted)).values()];
  const held = variants.filter(({ product }) => product.deletedAt === null);
  return new Map(
    held.map(({ variantGid, productGid, priceMinor, product, title: own }) => {
      const title = isOnlyVariant(own) ? product.title : `${product.title} – ${own}`;
      return [variantGid, { variantGid, productGid, title, priceMinor }];
    }),
  );
}

/** Number of bundles in each status. */
type StatusCounts = ReadonlyMap<BundleStatus, number>;

/** Number of a shop's bundles in each status; statuses without a bundle are absent. */
export async function countBundlesByStatus(db: Db, { shop }: { shop: string }): Promise<StatusCounts> {
  const groups = await db.bundle.groupBy({ by: ["status"], where: { shop }, _count: true });
  return new Map(groups.map(({ status, _count }) => [toBundleStatus(status), _count]));
}

/** Which approved bundles that wait: all, or those held for an unwanted reason, such as a product sold out. */
export const WAITS = ["all", "held"] as const;
export type Waits = (typeof WAITS)[number];

export function whereWaiting(waits: Waits): Prisma.BundleWhereInput {
  const expected = EXPECTED_HOLDS.map((code) => ({ pausedReason: { path: ["code"], equals: code } }));
  return {
    status: statusAfter("hold"),
    pausedReason: { not: Prisma.DbNull },
    ...(waits === "held" ? { NOT: expected } : {}),
  };
}

/** Number of bundles held for an unwanted reason. */
export async function countHeldBundles(db: Db, { shop }: { shop: string }): Promise<number> {
  return db.bundle.count({ where: { shop, ...whereWaiting("held") } });
}

export function countAmong(counts: StatusCounts, statuses: readonly BundleStatus[]): number {
  return statuses.reduce((sum, status) => sum + (counts.get(status) ?? 0), 0);
}

/**
 * Converts a bundle and its components: amounts to numbers, the state to a known one.
 *
 * @throws RangeError if the row has an unknown state
 */
export function toBundleRow<C extends object, T extends { components: C[]; status: unknown }>(
  bundle: T,
): InNumbers<Omit<T, "components" | "status">> & {
  status: BundleStatus;
  components: InNumbers<T["components"][number]>[];
} {
  const { components, status, ...row } = bundle;
  return { ...inNumbers(row), status: toBundleStatus(status), components: components.map(inNumbers) };
}

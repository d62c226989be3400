import type { Pool } from "pg";
import { EACH_ORDER_ONCE, IN_OWN_CURRENCY } from "#app/data/columns.ts";
import { holdShopRow, type Db, type DbClient } from "#app/data/db.server.ts";
import type { HoldoutChange } from "#app/data/generated/client.ts";
import {
  CAP_QUANTILE,
  capDays,
  capOf,
  type LeftOutDays,
  type LeftOutReason,
  type NotedDays,
} from "#app/domain/evaluate/proof/measuring-period.ts";
import { linesOf } from "./counted-orders.server.ts";

/** Instant of the first approval of a bundle, from which shoppers could be exposed to an offer; null without one. */
export async function findFirstApproval(db: Db, shop: string): Promise<Date | null> {
  const first = await db.decision.findFirst({
    where: { shop, action: "approve" },
    orderBy: { decidedAt: "asc" },
    select: { decidedAt: true },
  });
  return first?.decidedAt ?? null;
}

/** Notes a change of the holdout share. A repeat at the same instant overwrites it. */
export async function saveHoldoutChange(
  db: Db,
  shop: string,
  change: Omit<HoldoutChange, "shop">,
): Promise<void> {
  const { changedAt, ...ratios } = change;
  await db.holdoutChange.upsert({
    where: { shop_changedAt: { shop, changedAt } },
    create: { shop, ...change },
    update: ratios,
  });
}

/** Every change of the holdout share, the earliest first. */
export async function listHoldoutChanges(db: Db, shop: string): Promise<HoldoutChange[]> {
  return db.holdoutChange.findMany({ where: { shop }, orderBy: { changedAt: "asc" } });
}

/**
 * Data for the draw of a visit; null for a shop without the app. `publishedRatio` is the holdout share on the
 * storefront, null before the first. A prepared statement, because every page that a shopper opens runs it.
 */
export async function findVisitDraw(pool: Pool, shop: string) {
  const { rows } = await pool.query<{
    holdoutSalt: string;
    customerKeySecret: string;
    settings: unknown;
    publishedRatio: number | null;
  }>({
    name: "find-visit-draw",
    text: `
      SELECT "holdoutSalt", "customerKeySecret", "settings", (
        SELECT "ratioAfter" FROM "HoldoutChange" WHERE "shop" = $1 ORDER BY "changedAt" DESC LIMIT 1
      ) AS "publishedRatio"
      FROM "Shop" WHERE "shop" = $1 AND "uninstalledAt" IS NULL`,
    values: [shop],
  });
  return rows[0] ?? null;
}

/**
 * Cap of the primary metric: a quantile of the order totals of the `capDays` before a period, less the share of tax in
 * the largest orders; null with too few orders. The largest orders are as many as would exceed the cap without ties,
 * because in a shop with one price all orders tie. Refunds are not taken off, because later refunds would move the cap.
 */
export async function findRevenueCap(
  pool: Pool,
  { shop, before, ordersKeptDays }: { shop: string; before: Date; ordersKeptDays: number },
): Promise<number | null> {
  const { rows } = await pool.query<{ orders: number; quantile: number | null }>(
    `WITH earlier AS MATERIALIZED (
       SELECT o."orderGid", o."totalMinor" FROM "Order" o
       WHERE o.shop = $1 AND o."placedAt" < $2::timestamp(3) AND o."placedAt" >= $2::timestamp(3) - make_interval(days => $3)
         AND ${IN_OWN_CURRENCY} AND ${EACH_ORDER_ONCE}
         AND NOT o."isTest" AND o."cancelledAt" IS NULL AND o."totalMinor" > 0
     ), cap AS (
       SELECT count(*)::int AS orders, percentile_disc(${CAP_QUANTILE}) WITHIN GROUP (ORDER BY "totalMinor") AS minor
       FROM earlier
     ), largest AS (
       SELECT "orderGid" FROM earlier ORDER BY "totalMinor" DESC, "orderGid"
       LIMIT (SELECT orders - ceil(orders * ${CAP_QUANTILE}) + 1 FROM cap)
     )
     SELECT orders, minor * (1 - coalesce((
       SELECT sum(l."includedTaxMinor")::float8 / nullif(sum(l."unitPriceMinor" * l.quantity - l."discountMinor"), 0)
       FROM largest CROSS JOIN ${linesOf("largest")}
       WHERE NOT l."isGiftCard" AND l."includedTaxMinor" IS NOT NULL
     ), 0)) AS quantile
     FROM cap`,
    [shop, before.toISOString(), capDays(ordersKeptDays)],
  );
  const { orders = 0, quantile = null } = rows[0] ?? {};
  return capOf({ earlierOrders: orders, quantileMinor: quantile });
}

/** Notes days that a merchant leaves out; false if the same days are on record, also from a concurrent call. */
export async function saveLeftOutDays(
  db: DbClient,
  shop: string,
  { from, to, ...rest }: LeftOutDays,
): Promise<boolean> {
  const days = { shop, startsAt: from, endsAt: to };
  return db.$transaction(async (tx) => {
    await holdShopRow(tx, shop);
    if ((await tx.leftOutDays.count({ where: days })) > 0) return false;
    await tx.leftOutDays.create({ data: { ...days, ...rest } });
    return true;
  });
}

/** Deletes left-out days, except days that have begun since they were noted: their data is known by now. */
export async function deleteLeftOutDays(
  db: Db,
  { shop, id, now }: { readonly shop: string; readonly id: string; readonly now: Date },
): Promise<boolean> {
  const isOpen = [{ startsAt: { gt: now } }, { startsAt: { lte: db.leftOutDays.fields.notedAt } }];
  const { count } = await db.leftOutDays.deleteMany({ where: { shop, id, OR: isOpen } });
  return count > 0;
}

/** Left-out days that overlap the time between two instants, the earliest first. */
export async function listLeftOutDays(
  db: Db,
  shop: string,
  { from, to }: { readonly from: Date; readonly to: Date },
): Promise<NotedDays[]> {
  const rows = await db.leftOutDays.findMany({
    where: { shop, startsAt: { lt: to }, endsAt: { gt: from } },
    orderBy: [{ startsAt: "asc" }, { notedAt: "asc" }],
    select: { id: true, startsAt: true, endsAt: true, reason: true, notedAt: true },
  });
  return rows.map(({ startsAt, endsAt, reason, ...row }) => ({
    ...row,
    from: startsAt,
    to: endsAt,
    reason: reason as LeftOutReason,
  }));
}

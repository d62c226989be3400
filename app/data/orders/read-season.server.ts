import type { Pool } from "pg";
import { EACH_ORDER_ONCE, IN_OWN_CURRENCY } from "#app/data/columns.ts";
import { LEARNED_FROM } from "./units-together.server.ts";

/** One month of the shop's calendar. */
interface MonthCount {
  /** "2026-11" */
  readonly month: string;
  /** Orders that held what was asked for. */
  readonly orders: number;
}

/** How many units an offer asks for, of one of its products or of all together. */
export interface AskedUnits {
  readonly units: number;
  readonly isOfOne: boolean;
}

/** What is known of the orders that hold all components of a bundle, or so many units of them. */
export interface TogetherOrders {
  /** Months with at least one such order, the oldest first. */
  readonly months: readonly MonthCount[];
  readonly orders: number;
  /** Of them, those of a customer whom the shop knows. */
  readonly withCustomer: number;
  /** Of those, the ones whose customer had ordered before. */
  readonly byReturning: number;
  /** Half of these orders cost less, minor units; null without an order. */
  readonly medianTotalMinor: number | null;
}

/**
 * Counts the orders that hold every one of some products, or so many units of any of them, month by month. Cancelled
 * and test orders are left out, and lines that are not learned from.
 *
 * @param variantGids of each product those of which any counts; at least one product. A variant of two counts as both
 * @param quantities of each product the units that an order must hold of it; read only where every product is asked for
 * @param asked units of one of them, or of all together, that an order must hold; null asks for every product
 * @param from orders placed before it are not counted
 * @param timeZone IANA name that PostgreSQL knows; months are those of the shop's own calendar
 */
export async function readTogetherOrders(
  pool: Pool,
  {
    shop,
    variantGids,
    quantities = [],
    asked,
    from,
    timeZone,
  }: {
    shop: string;
    variantGids: readonly (readonly string[])[];
    quantities?: readonly number[];
    asked: AskedUnits | null;
    from: Date;
    timeZone: string;
  },
): Promise<TogetherOrders> {
  const wanted = variantGids.flatMap((gids, product) => gids.map((gid) => [gid, product] as const));
  const { rows } = await pool.query<Omit<TogetherOrders, "months"> & { month: string | null }>(
    // Customers' first orders are looked up once. Asked for with each order, they would be looked up for every order of the
    // shop, once for each that holds the bundle, wherever the planner has no statistics: as right after a history was read.
    `WITH held AS (
       SELECT "orderGid" FROM (
         SELECT l."orderGid", wanted.product, SUM(l."quantity") AS units, MIN(wanted.quantity) AS quantity FROM "OrderLine" l
         JOIN (SELECT DISTINCT * FROM unnest($2::text[], $6::int[], $9::int[]) AS named(gid, product, quantity)) wanted ON l."variantGid" = wanted.gid
         WHERE l."shop" = $1 AND ${LEARNED_FROM} GROUP BY l."orderGid", wanted.product
       ) of_product GROUP BY "orderGid"
       HAVING CASE WHEN $7::int IS NULL THEN COUNT(*) FILTER (WHERE units >= quantity) = $3
         WHEN $8::boolean THEN MAX(units) >= $7 ELSE SUM(units) >= $7 END
     ), counted AS MATERIALIZED (
       SELECT to_char("placedAt" AT TIME ZONE 'UTC' AT TIME ZONE $5, 'YYYY-MM') AS month, o."placedAt", o."customerKey",
         o."totalMinor"
       FROM held JOIN "Order" o ON o."shop" = $1 AND o."orderGid" = held."orderGid"
       WHERE o."cancelledAt" IS NULL AND NOT o."isTest" AND o."placedAt" >= $4::timestamp(3)
         AND ${EACH_ORDER_ONCE} AND ${IN_OWN_CURRENCY}
     ), earliest AS (
       SELECT f."customerKey", MIN(f."placedAt") AS "placedAt" FROM "Order" f
       WHERE f."shop" = $1 AND f."customerKey" IN (SELECT "customerKey" FROM counted)
         AND f."cancelledAt" IS NULL AND NOT f."isTest"
       GROUP BY f."customerKey"
     )
     SELECT month, COUNT(*)::int AS orders, COUNT("customerKey")::int AS "withCustomer",
            COUNT(*) FILTER (WHERE earliest."placedAt" < counted."placedAt")::int AS "byReturning",
            percentile_cont(0.5) WITHIN GROUP (ORDER BY "totalMinor") AS "medianTotalMinor"
     FROM counted LEFT JOIN earliest USING ("customerKey") GROUP BY GROUPING SETS ((month), ()) ORDER BY month NULLS FIRST`,
    [
      shop,
      wanted.map(([gid]) => gid),
      variantGids.length,
      from.toISOString(),
      timeZone,
      wanted.map(([, product]) => product),
      asked?.units ?? null,
      asked?.isOfOne ?? false,
      wanted.map(([, product]) => quantities[product] ?? 1),
    ],
  );
  const [all, ...months] = rows;
  return {
    months: months.map(({ month, orders }) => ({ month: month!, orders })),
    orders: all?.orders ?? 0,
    withCustomer: all?.withCustomer ?? 0,
    byReturning: all?.byReturning ?? 0,
    medianTotalMinor: all?.medianTotalMinor ?? null,
  };
}

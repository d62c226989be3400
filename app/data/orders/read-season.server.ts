import type { Pool } from "pg";
import { EACH_ORDER_ONCE, IN_OWN_CURRENCY } from "#app/data/columns.ts";
import { LEARNED_FROM } from "./units-together.server.ts";

interface MonthCount {
  /** "2026-11" */
  readonly month: string;
  /** Orders with the products or units asked for. */
  readonly orders: number;
}

/** Units that an offer requires, of one of its products or of all together. */
export interface AskedUnits {
  readonly units: number;
  readonly isOfOne: boolean;
}

/** Orders that hold all components of a bundle, or the units asked for. */
export interface TogetherOrders {
  /** Months with at least one such order, the oldest first. */
  readonly months: readonly MonthCount[];
  readonly orders: number;
  /** Of them, those with a known customer. */
  readonly withCustomer: number;
  /** Of those, the ones of a customer who had ordered before. */
  readonly byReturning: number;
  /** Median order total, minor units; null without an order. */
  readonly medianTotalMinor: number | null;
}

export interface TogetherRequest {
  readonly shop: string;
  /** For each product the variants that count; at least one product. A variant of two counts as both. */
  readonly variantGids: readonly (readonly string[])[];
  /** For each product the units that an order must hold; used only when every product is asked for. */
  readonly quantities?: readonly number[];
  /** Units that an order must hold, of one product or of all together; null asks for every product. */
  readonly asked: AskedUnits | null;
  /** Earlier orders do not count. */
  readonly from: Date;
  /** IANA name that PostgreSQL knows; months are those of the shop's calendar. */
  readonly timeZone: string;
}

/**
 * Counts the orders by month that hold every one of some products, or the units asked for. Leaves out cancelled and
 * test orders, and lines that are not learned from.
 */
export async function readTogetherOrders(
  pool: Pool,
  { shop, variantGids, quantities = [], asked, from, timeZone }: TogetherRequest,
): Promise<TogetherOrders> {
  const wanted = variantGids.flatMap((gids, product) => gids.map((gid) => [gid, product] as const));
  const { rows } = await pool.query<Omit<TogetherOrders, "months"> & { month: string | null }>(
    // Looks up the customers' first orders once. A lookup per order would read all orders of the shop each time if the
    // planner has no statistics, as right after a history was read.
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

import type { Pool, PoolClient } from "pg";
import {
  MEASURES,
  NO_VISITORS,
  PRODUCTS,
  toCohortSums,
  type CohortDay,
  type CohortSums,
  type Measure,
} from "#app/domain/evaluate/proof/cohort-day.ts";
import { groupBy } from "#app/domain/group-by.ts";
import type { DelayedOrders } from "#app/domain/evaluate/proof/orders-to-come.ts";
import { IN_OWN_CURRENCY } from "#app/data/columns.ts";
import { inTransaction } from "#app/data/db.server.ts";
import {
  COMPONENTS,
  COST,
  COUNTED_ORDERS,
  KEPT,
  refundedSums,
  REVENUE,
  SOLD_UNITS,
} from "./counted-orders.server.ts";
import {
  dayOf,
  findCountedVisitors,
  toBounds,
  type CountedVisitors,
  type ResultsWindow,
  type VisitorRules,
} from "./counted-visitors.server.ts";

/** How to count what a visitor did. */
interface CountingRules extends VisitorRules {
  /** Margin of a product whose cost the shop did not say, 0 to 1. */
  readonly assumedMarginRatio: number;
  /** Whether costs that the shop said count; otherwise every product has the assumed margin. */
  readonly usesShopifyCosts: boolean;
  /** What no visitor counts above in the capped revenue, minor units; null for no cap. */
  readonly capMinor: number | null;
  /** Orders before this instant were made while nobody could see an offer. */
  readonly offersSince: Date;
}

const EARLIER_ORDERS = `o."placedAt" < $7::timestamp(3) AND NOT o."isTest" AND o."cancelledAt" IS NULL
  AND ${IN_OWN_CURRENCY}`;

/** The measures of a visitor, as columns b of the orders, e of what was known before, r of the first exposure. */
const COLUMN: Readonly<Record<Measure, string>> = {
  orders: `b.orders`,
  buyers: `b.buyers`,
  repeatBuyers: `b.repeats`,
  revenueMinor: `b.revenue`,
  cappedRevenueMinor: `b.capped`,
  marginMinor: `b.margin`,
  units: `b.units`,
  soldUnits: `b.sold`,
  returnedUnits: `b.returned`,
  fullPriceUnits: `b.full_price`,
  componentOrders: `b.with_component`,
  attachedOrders: `b.attached`,
  earlierRevenueMinor: `e.revenue`,
  exposableVisitors: `(r.at IS NOT NULL)::int`,
  exposableOrders: `b.exposable_orders`,
  exposableBuyers: `b.exposable_buyers`,
  exposableRevenueMinor: `b.exposable_revenue`,
  exposableCappedRevenueMinor: `b.exposable_capped`,
  exposableMarginMinor: `b.exposable_margin`,
  exposableUnits: `b.exposable_units`,
  exposableFullPriceUnits: `b.exposable_full_price`,
};

/** The part of a visitor's sum that comes from orders which offers can have changed. */
const EXPOSABLE = (value: string) => `coalesce(${value} FILTER (WHERE line."placedAt" >= r.at), 0)::float8`;

/**
 * $6 the cap, $7 since when there are offers. Parts that many rows are joined with are made once: for a shop thought
 * small they would be made for each row.
 */
const SUM_COHORTS = `
  WITH ${COMPONENTS}, ${refundedSums(COUNTED_ORDERS)}, offered AS (
    SELECT "variantGid", bool_or(size IS NOT NULL) AS is_part FROM component GROUP BY 1
  ), line AS (
    SELECT l."orderGid", o."visitorKey", o."placedAt", count(*) FILTER (WHERE f.is_part) AS components,
      sum(${REVENUE}) AS revenue, sum(${REVENUE} - ${COST}) AS margin, sum(${KEPT}) AS units,
      coalesce(sum(${SOLD_UNITS}) FILTER (WHERE NOT l."isGiftCard"), 0) AS sold,
      coalesce(sum(${KEPT}) FILTER (WHERE f."variantGid" IS NOT NULL AND l."bundleDiscountMinor" = 0), 0)
        AS full_price
    FROM "Order" o JOIN "OrderLine" l ON l.shop = o.shop AND l."orderGid" = o."orderGid"
    LEFT JOIN "Variant" v ON v.shop = $1 AND v."variantGid" = l."variantGid"
    LEFT JOIN offered f ON f."variantGid" = l."variantGid"
    LEFT JOIN refunded_sum s ON s."orderGid" = o."orderGid"
    WHERE ${COUNTED_ORDERS} AND l.quantity > 0
    GROUP BY 1, 2, 3
  ), attached AS MATERIALIZED (
    SELECT DISTINCT "orderGid" FROM (
      SELECT l."orderGid", c."bundleId", c.size FROM component c
      JOIN "OrderLine" l ON l.shop = $1 AND l."variantGid" = c."variantGid" AND l.quantity > 0
      JOIN "Order" o ON o."orderGid" = l."orderGid"
      WHERE ${COUNTED_ORDERS}
      GROUP BY l."orderGid", c."bundleId", c.position, c.size, c.quantity HAVING sum(l.quantity) >= c.quantity
    ) held
    GROUP BY "orderGid", "bundleId", size HAVING count(*) = size
  ), bought AS MATERIALIZED (
    SELECT *, 1 AS buyers, (orders >= 2)::int AS repeats, least(revenue, $6::float8) AS capped,
      (exposable_orders = orders)::int AS exposable_buyers,
      least(revenue, $6::float8) - least(revenue - exposable_revenue, $6::float8) AS exposable_capped
    FROM (
      SELECT line."visitorKey", count(*)::float8 AS orders, sum(revenue)::float8 AS revenue,
        sum(margin)::float8 AS margin, sum(units)::float8 AS units, sum(sold)::float8 AS sold,
        sum(sold - units)::float8 AS returned, sum(full_price)::float8 AS full_price,
        count(*) FILTER (WHERE components > 0)::float8 AS with_component, count(a."orderGid")::float8 AS attached,
        ${EXPOSABLE("count(*)")} AS exposable_orders, ${EXPOSABLE("sum(revenue)")} AS exposable_revenue,
        ${EXPOSABLE("sum(margin)")} AS exposable_margin, ${EXPOSABLE("sum(units)")} AS exposable_units,
        ${EXPOSABLE("sum(full_price)")} AS exposable_full_price
      FROM line LEFT JOIN attached a USING ("orderGid") LEFT JOIN exposable r USING ("visitorKey")
      GROUP BY 1
    ) visitors
  ), known AS (
    SELECT DISTINCT "visitorKey", "customerKey" FROM "Order"
    WHERE shop = $1 AND "placedAt" < $7::timestamp(3) AND "visitorKey" IS NOT NULL AND "customerKey" IS NOT NULL
  ), earlier AS (
    SELECT "visitorKey", sum(minor)::float8 AS revenue FROM (
      SELECT k."visitorKey", o."totalMinor" - o."refundedMinor" AS minor
      FROM known k JOIN "Order" o ON o.shop = $1 AND o."customerKey" = k."customerKey"
      WHERE ${EARLIER_ORDERS}
      UNION ALL
      SELECT o."visitorKey", o."totalMinor" - o."refundedMinor" FROM "Order" o
      WHERE o.shop = $1 AND o."visitorKey" IS NOT NULL AND o."customerKey" IS NULL AND ${EARLIER_ORDERS}
    ) orders
    GROUP BY 1
  )
  SELECT v.arm, ${dayOf("$2")} AS day,
    count(*)::float8 AS visitors,
    ARRAY[${MEASURES.map((measure) => `coalesce(sum(${COLUMN[measure]}), 0)`).join(", ")}]::float8[] AS sums,
    ARRAY[${PRODUCTS.map(([a, b]) => `coalesce(sum(${COLUMN[a]} * ${COLUMN[b]}), 0)`).join(", ")}]::float8[]
      AS products
  FROM visitor v LEFT JOIN bought b USING ("visitorKey") LEFT JOIN earlier e USING ("visitorKey")
    LEFT JOIN exposable r USING ("visitorKey")
  GROUP BY 1, 2 ORDER BY 2`;

const COUNT_DELAYED = `
  SELECT floor(extract(epoch FROM o."placedAt" - v.at) / 86400)::int AS "delayDays",
    floor(extract(epoch FROM $3::timestamp(3) - v.at) / 86400)::int AS "ageDays", count(*)::int AS orders
  FROM visitor v JOIN "Order" o ON o."visitorKey" = v."visitorKey" AND o."placedAt" >= v.at
  WHERE ${COUNTED_ORDERS}
  GROUP BY 1, 2`;

interface CohortRow extends CohortSums {
  readonly arm: "treated" | "holdout";
  readonly day: number;
}

/**
 * What the visitors of each arm bought in a window, whether or not they saw an offer (intention to treat), by the day
 * of their first page view. Test and cancelled orders are left out, refunds taken off as they stand now: nothing is kept
 * of an earlier reading, so a late event or refund changes the result as if it had been there from the start.
 */
async function sumShop(
  client: PoolClient,
  window: ResultsWindow,
  { assumedMarginRatio, usesShopifyCosts, capMinor, offersSince }: CountingRules,
): Promise<CohortDay[]> {
  const { rows } = await client.query<CohortRow>(SUM_COHORTS, [
    ...toBounds(window),
    assumedMarginRatio,
    usesShopifyCosts,
    capMinor ?? Infinity,
    offersSince.toISOString(),
  ]);
  return toDays(rows);
}

function toDays(rows: readonly CohortRow[]): CohortDay[] {
  const days = new Map<number, { day: number; treated: CohortSums; holdout: CohortSums }>();
  for (const { arm, day, ...sums } of rows) {
    const known = days.get(day) ?? { day, treated: NO_VISITORS, holdout: NO_VISITORS };
    days.set(day, { ...known, [arm]: sums });
  }
  return [...days.values()].sort((a, b) => a.day - b.day);
}

const SUM_BUNDLE_COHORTS = `
  WITH ${COMPONENTS}, ${refundedSums(COUNTED_ORDERS)}, exposed AS (
    SELECT "bundleId", "visitorKey", viewed_at FROM exposure WHERE viewed_at IS NOT NULL
  ), bought AS MATERIALIZED (
    SELECT c."bundleId", o."visitorKey", count(DISTINCT o."orderGid")::float8 AS orders,
      sum(${REVENUE} - ${COST})::float8 AS margin
    FROM (SELECT DISTINCT "bundleId", "variantGid" FROM component) c
    JOIN "OrderLine" l ON l.shop = $1 AND l."variantGid" = c."variantGid" AND l.quantity > 0
    JOIN "Order" o ON o."orderGid" = l."orderGid"
    JOIN exposed m ON m."bundleId" = c."bundleId" AND m."visitorKey" = o."visitorKey" AND o."placedAt" >= m.viewed_at
    LEFT JOIN "Variant" v ON v.shop = $1 AND v."variantGid" = l."variantGid"
    LEFT JOIN refunded_sum s ON s."orderGid" = o."orderGid"
    WHERE ${COUNTED_ORDERS}
    GROUP BY 1, 2
  )
  SELECT m."bundleId", v.arm, ${dayOf("$2")} AS day,
    count(*)::float8 AS visitors, coalesce(sum(b.orders), 0)::float8 AS orders,
    coalesce(sum(b.margin), 0)::float8 AS margin,
    coalesce(sum(b.orders * b.orders), 0)::float8 AS "ordersSquared",
    coalesce(sum(b.margin * b.margin), 0)::float8 AS "marginSquared"
  FROM exposed m JOIN visitor v USING ("visitorKey") LEFT JOIN bought b USING ("bundleId", "visitorKey")
  GROUP BY 1, 2, 3`;

interface BundleCohortRow {
  readonly bundleId: string;
  readonly arm: "treated" | "holdout";
  readonly day: number;
  readonly visitors: number;
  readonly orders: number;
  readonly margin: number;
  readonly ordersSquared: number;
  readonly marginSquared: number;
}

/**
 * For each bundle, the visitors who came to a page that shows it, of one of its products or of its first alone, while it
 * was approved, whether the offer was shown to them or held back, and the margin of what they bought of its components
 * from then on. The page is reached before the offer is seen, so both arms come to it alike. Known weakness: hours in
 * which it was out of stock count as offered, which draws towards no effect; so does that where only the cart shows it,
 * few of its products' visitors come so far. Its place and its first day are those of today.
 *
 * @returns cohorts by bundle; only `orders` (with a component) and `marginMinor` are filled
 */
async function sumBundles(
  client: PoolClient,
  window: ResultsWindow,
  { assumedMarginRatio, usesShopifyCosts }: CountingRules,
): Promise<Map<string, CohortDay[]>> {
  const { rows } = await client.query<BundleCohortRow>(SUM_BUNDLE_COHORTS, [
    ...toBounds(window),
    assumedMarginRatio,
    usesShopifyCosts,
  ]);
  const toCohort = ({ arm, day, visitors, ...row }: BundleCohortRow): CohortRow => ({
    arm,
    day,
    ...toCohortSums(visitors, {
      orders: [row.orders, row.ordersSquared],
      marginMinor: [row.margin, row.marginSquared],
    }),
  });
  const ofBundle = groupBy(rows, ({ bundleId }) => bundleId);
  return new Map([...ofBundle].map(([bundleId, own]) => [bundleId, toDays(own.map(toCohort))]));
}

/** What the visitors of a window did, by day and arm: of the whole shop, and of each bundle's page. */
interface Cohorts extends CountedVisitors {
  readonly days: CohortDay[];
  readonly ofBundle: Map<string, CohortDay[]>;
  readonly delayed: DelayedOrders[];
}

/**
 * Adds up a window for both comparisons, with its visitors found once. Reads only; the visitors lie in a temporary table
 * that ends with the transaction. Memory of the database: up to 200 MiB for a million visitors, on disk beyond.
 */
export async function readCohorts(pool: Pool, window: ResultsWindow, rules: CountingRules): Promise<Cohorts> {
  return inTransaction(pool, async (client) => {
    const counted = await findCountedVisitors(client, window, rules);
    const days = await sumShop(client, window, rules);
    const ofBundle = await sumBundles(client, window, rules);
    const { rows: delayed } = await client.query<DelayedOrders>(COUNT_DELAYED, toBounds(window));
    return { days, ofBundle, ...counted, delayed };
  });
}

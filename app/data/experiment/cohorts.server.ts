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

interface CountingRules extends VisitorRules {
  /** Margin of a product without a known cost, 0 to 1. */
  readonly assumedMarginRatio: number;
  /** Whether known costs count; if not, every product has the assumed margin. */
  readonly usesShopifyCosts: boolean;
  /** Cap on the revenue of one visitor, minor units; null for no cap. */
  readonly capMinor: number | null;
  /** First instant at which a shopper could see an offer. */
  readonly offersSince: Date;
}

const EARLIER_ORDERS = `o."placedAt" < $7::timestamp(3) AND NOT o."isTest" AND o."cancelledAt" IS NULL
  AND ${IN_OWN_CURRENCY}`;

/** SQL of each measure of a visitor: b is `bought`, e is `earlier`, r is `exposable`. */
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

/** The part of a visitor's sum from orders that an offer can have changed. */
const EXPOSABLE = (value: string) => `coalesce(${value} FILTER (WHERE line."placedAt" >= r.at), 0)::float8`;

/**
 * $6 is the cap, $7 the first instant with offers. Parts that many rows join are materialized, because the planner
 * would compute them again for each row of a shop that it believes to be small.
 */
const SUM_COHORTS = `
  WITH ${COMPONENTS}, ${refundedSums(COUNTED_ORDERS)}, offered AS (
    SELECT "variantGid", bool_or(size IS NOT NULL) AS is_part FROM component GROUP BY 1
  ), line AS (
    SELECT l."orderGid", o."visitorKey", o."placedAt",
      count(*) FILTER (WHERE f.is_part AND ${SOLD_UNITS} > 0) AS components,
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
      GROUP BY l."orderGid", c."bundleId", c.position, c.size, c.quantity HAVING sum(${SOLD_UNITS}) >= c.quantity
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
 * Sums the purchases of each arm in a window by the day of the visitor's first page view. All visitors count, whether
 * or not they saw an offer (intention to treat). Test and cancelled orders are left out, refunds are taken off as of
 * today. No earlier reading is stored, so a late event or refund changes the result as if it had been there from the
 * start.
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
  const days = new Map<number, CohortDay>();
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
 * For each bundle: the visitors of a page that shows it while it was approved, and the margin of its components that
 * they bought from then on. The page is one of any of its products, or of its first product only, by its placement.
 * Visitors count whether they saw the offer or were held out. They reach the page before they see the offer, so both
 * arms reach it alike.
 *
 * Known weakness: hours in which the bundle was out of stock count as offered, which biases the effect towards zero. So
 * does an offer that only the cart shows, because few visitors of its products get that far. Placement and first day
 * are those of today.
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

/** Sums of a window by day and arm, of the whole shop and of each bundle. */
interface Cohorts extends CountedVisitors {
  readonly days: CohortDay[];
  readonly ofBundle: Map<string, CohortDay[]>;
  readonly delayed: DelayedOrders[];
}

/**
 * Sums a window for both comparisons and finds its visitors once. Writes only temporary tables, which end with the
 * transaction. Memory of PostgreSQL: up to 200 MiB for a million visitors; more goes to disk.
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

import type { Pool } from "pg";
import { LIVE_STATUSES } from "#app/domain/bundle-status.ts";
import { CAP_QUANTILE } from "#app/domain/evaluate/proof/measuring-period.ts";
import type { ExpectedTraffic } from "#app/domain/evaluate/proof/time-to-answer.ts";
import { LEAD_DAYS, MOST_ELSEWHERE_RATIO, SAME_PAGE, SAME_SECOND } from "./counted-visitors.server.ts";
import { IN_OWN_CURRENCY, toSqlList } from "#app/data/columns.ts";

const TRAFFIC = `
  WITH span AS (
    SELECT $2::timestamp(3) AS until, $2::timestamp(3) - make_interval(days => $3) AS since
  ), seen AS (
    SELECT count(DISTINCT "visitorKey")::float8 AS visitors, min("occurredAt") AS since
    FROM "BrowseEvent"
    WHERE shop = $1 AND kind = 'page_viewed'
      AND "occurredAt" >= (SELECT since FROM span) AND "occurredAt" < (SELECT until FROM span)
    GROUP BY arm IS NULL ORDER BY arm IS NULL LIMIT 1
  ), placed AS (
    SELECT "totalMinor"::float8 AS minor, "visitorKey", "orderGid" FROM "Order" o
    WHERE shop = $1 AND ${IN_OWN_CURRENCY} AND "placedAt" >= (SELECT since FROM seen) AND "placedAt" < (SELECT until FROM span)
      AND NOT "isTest" AND "cancelledAt" IS NULL
  ), counted AS (
    SELECT minor, coalesce("visitorKey", "orderGid") AS buyer FROM placed
    WHERE "visitorKey" IS NOT NULL OR NOT EXISTS (SELECT FROM placed WHERE "visitorKey" IS NOT NULL)
  ), cap AS (
    SELECT percentile_disc(${CAP_QUANTILE}) WITHIN GROUP (ORDER BY minor) AS minor FROM counted
  ), spent AS (
    SELECT least(sum(counted.minor), max(cap.minor)) AS minor FROM counted, cap GROUP BY counted.buyer
  )
  SELECT seen.visitors, extract(epoch FROM span.until - seen.since)::float8 / 86400 AS days,
    sum(spent.minor) AS sum, sum(spent.minor ^ 2) AS squares
  FROM seen, span, spent GROUP BY 1, 2`;

/** Enough to know a share to within two hundredths, however many orders a shop has. */
const MOST_SAMPLED = 1_000;
/** With fewer orders the share is unknown, as in the comparison. */
const LEAST_KNOWN_ORDERS = 30;

/** Whether the visitor of row x came to a product with an offer in the `LEAD_DAYS` before x.at. */
const CAN_BE_EXPOSED = `EXISTS (
  SELECT FROM "BrowseEvent" e JOIN offered USING ("productGid")
  WHERE e.shop = $1 AND e."visitorKey" = x."visitorKey" AND e.kind IN ('product_viewed', 'product_added_to_cart')
    AND e."occurredAt" <= x.at AND e."occurredAt" > x.at - interval '${LEAD_DAYS} days')`;

/** Of the latest orders, and the latest views of an offer: those whose visitor had come to an offered product. */
const REACH = `
  WITH offered AS MATERIALIZED (
    SELECT c."productGid" FROM "BundleComponent" c JOIN "Bundle" b ON b.shop = c.shop AND b.id = c."bundleId"
    WHERE c.shop = $1 AND b.status IN (${toSqlList(LIVE_STATUSES)})
    UNION
    SELECT v."productGid" FROM "Bundle" b, jsonb_to_recordset(b."standIns") AS s("variantGid" text)
    JOIN "Variant" v ON v.shop = $1 AND v."variantGid" = s."variantGid"
    WHERE b.shop = $1 AND b.status IN (${toSqlList(LIVE_STATUSES)})
  ), bought AS (
    SELECT count(*)::float8 AS orders, (count(*) FILTER (WHERE ${CAN_BE_EXPOSED}))::float8 AS exposable FROM (
      SELECT "visitorKey", "placedAt" + ${SAME_SECOND} AS at FROM "Order"
      WHERE shop = $1 AND "placedAt" >= $2::timestamp(3) - make_interval(days => $3) AND "placedAt" < $2::timestamp(3)
        AND "visitorKey" IS NOT NULL AND NOT "isTest" AND "cancelledAt" IS NULL
      ORDER BY "placedAt" DESC LIMIT ${MOST_SAMPLED}
    ) x
  ), touched AS (
    SELECT count(*)::float8 AS sights, (count(*) FILTER (WHERE ${CAN_BE_EXPOSED}))::float8 AS exposed FROM (
      SELECT "visitorKey", "occurredAt" + ${SAME_PAGE} AS at FROM "BrowseEvent"
      WHERE shop = $1 AND kind = 'offer_seen'
        AND "occurredAt" >= $2::timestamp(3) - make_interval(days => $3) AND "occurredAt" < $2::timestamp(3)
      ORDER BY "occurredAt" DESC LIMIT ${MOST_SAMPLED}
    ) x
  )
  SELECT (SELECT count(*) FROM offered)::int AS products, orders, exposable, sights, exposed FROM bought, touched`;

/**
 * Visitors a day, and spend per visitor capped as in the primary metric, in the days before an instant. As in the
 * comparison, visitors with an arm count from the first of them on, with the orders known to be theirs.
 *
 * Known weakness: before an arm is drawn, all visitors of the pixel count, and each order counts as one visitor's.
 * Shoppers who refuse analytics or buy at a till are then among the orders only, which overstates the spend per
 * visitor.
 *
 * @returns null without a visitor or an order
 */
export async function readExpectedTraffic(
  pool: Pool,
  { shop, now, days }: { shop: string; now: Date; days: number },
): Promise<Omit<ExpectedTraffic, "holdoutRatio"> | null> {
  const values = [shop, now.toISOString(), days];
  const [{ rows: traffic }, { rows: reach }] = await Promise.all([
    pool.query<Record<"visitors" | "days" | "sum" | "squares", number>>(TRAFFIC, values),
    pool.query<LatestReach>(REACH, values),
  ]);
  const [found] = traffic;
  if (!found || !(found.sum > 0)) return null;
  const meanMinor = found.sum / found.visitors;
  return {
    // Less than a day of visitors counts as a whole day.
    visitorsADay: found.visitors / Math.max(1, found.days),
    meanMinor,
    deviationMinor: Math.sqrt(Math.max(0, found.squares / found.visitors - meanMinor ** 2)),
    exposableRatio: exposableRatioOf(reach[0]!),
  };
}

interface LatestReach {
  readonly products: number;
  readonly orders: number;
  readonly exposable: number;
  readonly sights: number;
  readonly exposed: number;
}

/** 1, all of it, while no offer is live, too few orders are known, or offers are seen elsewhere as well. */
function exposableRatioOf({ products, orders, exposable, sights, exposed }: LatestReach): number {
  if (products === 0 || orders < LEAST_KNOWN_ORDERS || sights - exposed > MOST_ELSEWHERE_RATIO * sights)
    return 1;
  // Even if no order was exposable so far, the next can be: assume one.
  return Math.max(1, exposable) / orders;
}

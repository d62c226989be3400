import type { Pool } from "pg";

export interface ResultsWindow {
  readonly shop: string;
  /** First instant that counts. */
  readonly from: Date;
  /** First instant that does not count any more. */
  readonly to: Date;
}

/** Sums over the visitors of one arm, from which mean and variance of a visitor follow. */
export interface ArmSums {
  readonly arm: "treated" | "holdout";
  readonly visitors: number;
  /** Visitors with at least one order. */
  readonly buyers: number;
  readonly orders: number;
  readonly ordersSquared: number;
  /** Paid for goods after discounts, before tax and shipping, refunds taken off; minor units. */
  readonly revenueMinor: number;
  readonly revenueMinorSquared: number;
  /** Revenue minus the cost of the goods, minor units. */
  readonly marginMinor: number;
  readonly marginMinorSquared: number;
}

/**
 * What the visitors of each arm bought in a window, whether or not they saw an offer (intention to treat). A
 * visitor is who looked at a page after an arm was drawn; the first arm counts should there be two, which only a
 * changed salt can cause. Carts, checkouts and orders make no visitor, since offers change who comes so far, and
 * choosing by the outcome would bias the comparison. Test and cancelled orders are left out.
 *
 * @param assumedMarginRatio margin of a product whose cost the shop did not say, 0 to 1
 */
export async function sumByArm(
  pool: Pool,
  { shop, from, to }: ResultsWindow,
  assumedMarginRatio: number,
): Promise<ArmSums[]> {
  const { rows } = await pool.query<Record<keyof ArmSums, string>>(
    `WITH met AS (
       SELECT "visitorKey", arm, min("occurredAt") AS at FROM "BrowseEvent"
       WHERE shop = $1 AND "occurredAt" >= $2 AND "occurredAt" < $3 AND arm IS NOT NULL
         AND kind IN ('page_viewed', 'product_viewed', 'collection_viewed', 'search_submitted')
       GROUP BY 1, 2
     ), visitor AS (
       SELECT DISTINCT ON ("visitorKey") "visitorKey", arm FROM met ORDER BY "visitorKey", at
     ), bought AS (
       SELECT o."visitorKey", count(DISTINCT o."orderGid") AS orders, sum(kept.revenue) AS revenue,
         sum(kept.revenue - kept.cost) AS margin
       FROM "Order" o
       JOIN LATERAL (
         SELECT (l."unitPriceMinor"::float8 * l.quantity - l."discountMinor")
             * (l.quantity - l."refundedQuantity") / l.quantity AS revenue,
           coalesce(v."costMinor"::float8, l."unitPriceMinor" * (1 - $4::float8))
             * (l.quantity - l."refundedQuantity") AS cost
         FROM "OrderLine" l
         LEFT JOIN "Variant" v ON v.shop = l.shop AND v."variantGid" = l."variantGid"
         WHERE l.shop = o.shop AND l."orderGid" = o."orderGid" AND l.quantity > 0
       ) kept ON true
       WHERE o.shop = $1 AND o."placedAt" >= $2 AND o."placedAt" < $3 AND o."visitorKey" IS NOT NULL
         AND NOT o."isTest" AND o."cancelledAt" IS NULL
       GROUP BY 1
     )
     SELECT v.arm, count(*) AS visitors, count(b.orders) AS buyers,
       coalesce(sum(b.orders), 0) AS orders,
       coalesce(sum(b.orders::float8 * b.orders), 0) AS "ordersSquared",
       coalesce(sum(b.revenue), 0) AS "revenueMinor",
       coalesce(sum(b.revenue * b.revenue), 0) AS "revenueMinorSquared",
       coalesce(sum(b.margin), 0) AS "marginMinor",
       coalesce(sum(b.margin * b.margin), 0) AS "marginMinorSquared"
     FROM visitor v LEFT JOIN bought b USING ("visitorKey")
     GROUP BY v.arm`,
    [shop, from, to, assumedMarginRatio],
  );
  return rows.flatMap(({ arm, ...sums }) => {
    if (arm !== "treated" && arm !== "holdout") return [];
    const numbers = Object.fromEntries(Object.entries(sums).map(([name, value]) => [name, Number(value)]));
    return [{ arm, ...numbers } as unknown as ArmSums];
  });
}

/** What one bundle did in a window. */
export interface BundleSums {
  readonly bundleId: string;
  readonly title: string;
  readonly status: string;
  /** Distinct visitors who had the offer in view, took it, or closed it. */
  readonly seenVisitors: number;
  readonly addedVisitors: number;
  readonly dismissedVisitors: number;
  /** Orders that redeemed the discount. */
  readonly conversions: number;
  readonly sets: number;
  /** Paid for the components, refunds taken off in the order's proportion; minor units. */
  readonly revenueMinor: number;
  readonly discountMinor: number;
}

/** Every bundle that was seen or redeemed in the window, the most revenue first. */
export async function sumByBundle(pool: Pool, { shop, from, to }: ResultsWindow): Promise<BundleSums[]> {
  const { rows } = await pool.query<Record<keyof BundleSums, string>>(
    `WITH offer AS (
       SELECT "bundleId",
         count(DISTINCT "visitorKey") FILTER (WHERE kind = 'offer_seen') AS seen,
         count(DISTINCT "visitorKey") FILTER (WHERE kind = 'offer_added') AS added,
         count(DISTINCT "visitorKey") FILTER (WHERE kind = 'offer_dismissed') AS dismissed
       FROM "BrowseEvent"
       WHERE shop = $1 AND kind IN ('offer_seen', 'offer_added', 'offer_dismissed')
         AND "occurredAt" >= $2 AND "occurredAt" < $3 AND "bundleId" IS NOT NULL
       GROUP BY 1
     ), redeemed AS (
       SELECT c."bundleId", count(*) AS conversions, sum(c.sets) AS sets, sum(c."discountMinor") AS discount,
         sum(c."revenueMinor" * (1 - least(1, coalesce(o."refundedMinor"::float8 / nullif(o."totalMinor", 0), 0))))
           AS revenue
       FROM "Conversion" c LEFT JOIN "Order" o ON o.shop = c.shop AND o."orderGid" = c."orderGid"
       WHERE c.shop = $1 AND c."convertedAt" >= $2 AND c."convertedAt" < $3
       GROUP BY 1
     )
     SELECT b.id AS "bundleId", b.title, b.status, coalesce(o.seen, 0) AS "seenVisitors",
       coalesce(o.added, 0) AS "addedVisitors", coalesce(o.dismissed, 0) AS "dismissedVisitors",
       coalesce(r.conversions, 0) AS conversions, coalesce(r.sets, 0) AS sets,
       round(coalesce(r.revenue, 0)) AS "revenueMinor", coalesce(r.discount, 0) AS "discountMinor"
     FROM "Bundle" b LEFT JOIN offer o ON o."bundleId" = b.id LEFT JOIN redeemed r ON r."bundleId" = b.id
     WHERE b.shop = $1 AND (o."bundleId" IS NOT NULL OR r."bundleId" IS NOT NULL)
     ORDER BY "revenueMinor" DESC, "seenVisitors" DESC, b.id`,
    [shop, from, to],
  );
  return rows.map(({ bundleId, title, status, ...sums }) => {
    const numbers = Object.fromEntries(Object.entries(sums).map(([name, value]) => [name, Number(value)]));
    return { bundleId, title, status, ...numbers } as unknown as BundleSums;
  });
}

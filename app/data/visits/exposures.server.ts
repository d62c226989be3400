import type { Pool, PoolClient } from "pg";
import { IN_OWN_CURRENCY } from "#app/data/columns.ts";
import { inTransaction } from "#app/data/db.server.ts";
import {
  COMPONENTS,
  linesOf,
  refundedSums,
  REVENUE,
  SOLD_UNITS,
} from "#app/data/experiment/counted-orders.server.ts";
import {
  LEAD_DAYS,
  SAME_SECOND,
  toBounds,
  type ResultsWindow,
} from "#app/data/experiment/counted-visitors.server.ts";
import { toBundleStatus, type BundleStatus } from "#app/domain/bundle-status.ts";

/** Results of one bundle in a window. */
export interface BundleSums {
  readonly bundleId: string;
  readonly title: string;
  readonly kind: string;
  readonly status: BundleStatus;
  /** Distinct visitors who had the offer in view, added it, or closed it. */
  readonly exposedVisitors: number;
  readonly addedVisitors: number;
  readonly dismissedVisitors: number;
  /** Orders that took the offer; see `SOLD`. */
  readonly orders: number;
  /** Paid for the components before tax, refunds taken off; minor units. */
  readonly revenueMinor: number;
  readonly discountMinor: number;
}

const IN_TIME = `c.shop = $1 AND c."convertedAt" >= $2::timestamp(3) AND c."convertedAt" < $3::timestamp(3)`;
/** A subquery per row: for a join, the planner would read all orders of all shops to find those in another currency. */
const IN_WINDOW = `${IN_TIME} AND (SELECT ${IN_OWN_CURRENCY} FROM "Order" o
  WHERE o.shop = $1 AND o."orderGid" = c."orderGid") IS NOT FALSE`;
/** Revenue of a conversion c, less its share of the sums s refunded beyond returned units. */
const PAID = `c."revenueMinor" * (1 - coalesce(s.ratio, 0))`;

/**
 * `sold`: the orders of a window that took an offer. An order that redeemed its discount did. At full price an order
 * does not show its cause. It took the offer if it holds all of its products (for a range, as many as it asks for) and
 * its visitor had the offer in view in the days before. Some orders of both kinds would have come without the offer.
 * The revenue of a line counts once: a line with a discount of the app counts for that offer, any other in equal parts
 * for each offer that the order holds. $4: the bundles asked for, null for all.
 *
 * Known weakness: visitors who refuse tracking are missing at full price, and the components of an offer are today's.
 *
 * @see app/decisions/evaluate/118-at-full-price-who-saw-an-offer-took-it.md
 */
const SOLD = `term AS (
  SELECT "bundleId", until, coalesce(lag(until) OVER own, '-infinity') AS since,
    coalesce(before, lag(after) OVER own, after) AS ratio
  FROM (
    SELECT "bundleId", "decidedAt" AS until, (detail->'before'->>'discountRatio')::float8 AS before,
      coalesce(detail->'changes'->>'discountRatio', detail->'before'->>'discountRatio', detail->>'discountRatio')::float8
        AS after
    FROM "Decision" WHERE shop = $1
    UNION ALL
    SELECT id, 'infinity', NULL, "discountRatio" FROM "Bundle" WHERE shop = $1
  ) log
  WINDOW own AS (PARTITION BY "bundleId" ORDER BY until)
), full_price AS (
  SELECT "bundleId", since, until FROM term
  WHERE ratio = 0 AND since < $3::timestamp(3) AND until >= $2::timestamp(3)
    AND ($4::text[] IS NULL OR "bundleId" = ANY($4))
), shown AS (
  SELECT DISTINCT "bundleId" FROM full_price
), placed AS MATERIALIZED (
  SELECT o."orderGid", o."visitorKey", o."placedAt" FROM "Order" o
  WHERE o.shop = $1 AND o."placedAt" >= $2::timestamp(3) AND o."placedAt" < $3::timestamp(3)
    AND o."visitorKey" IS NOT NULL AND NOT o."isTest" AND o."cancelledAt" IS NULL AND ${IN_OWN_CURRENCY}
), viewed AS MATERIALIZED (
  SELECT DISTINCT e."bundleId", o."orderGid"
  FROM placed o
  JOIN "BrowseEvent" e ON e.shop = $1 AND e.kind IN ('offer_seen', 'offer_added') AND e.arm IS NOT NULL
    AND e."occurredAt" >= $2::timestamp(3) - interval '${LEAD_DAYS} days' AND e."occurredAt" < $3::timestamp(3) + ${SAME_SECOND}
    AND e."visitorKey" = o."visitorKey"
    AND e."occurredAt" BETWEEN o."placedAt" - interval '${LEAD_DAYS} days' AND o."placedAt" + ${SAME_SECOND}
  JOIN full_price f ON f."bundleId" = e."bundleId" AND o."placedAt" >= f.since AND o."placedAt" < f.until
), ${refundedSums(
  `o.shop = $1 AND o."placedAt" >= $2::timestamp(3) AND o."placedAt" < $3::timestamp(3) AND o."orderGid" IN (
    SELECT c."orderGid" FROM "Conversion" c WHERE ${IN_WINDOW} UNION SELECT "orderGid" FROM viewed)`,
)}, ${COMPONENTS}, line AS MATERIALIZED (
  SELECT DISTINCT ON (t."bundleId", t."orderGid", l.position) t."bundleId", t."orderGid", c.position, c.size, c.quantity,
    l.position AS number, l."variantGid", ${SOLD_UNITS} AS units, ${REVENUE} AS revenue
  FROM viewed t
  CROSS JOIN ${linesOf("t")}
  JOIN component c ON c."bundleId" = t."bundleId" AND c."variantGid" = l."variantGid"
  LEFT JOIN refunded_sum s ON s."orderGid" = t."orderGid"
  WHERE l."bundleDiscountMinor" = 0 AND ${SOLD_UNITS} > 0
  ORDER BY t."bundleId", t."orderGid", l.position, c.position
), held AS (
  SELECT "bundleId", "orderGid", position, size, sum(units) AS units, count(DISTINCT "variantGid") AS choices,
    sum(units) / quantity AS sets, quantity::float8 / sum(units) AS ratio
  FROM line GROUP BY "bundleId", "orderGid", position, size, quantity
), whole AS (
  SELECT h."bundleId", h."orderGid", CASE WHEN b.terms->>'kind' = 'range' THEN NULL ELSE min(h.sets) END AS sets
  FROM held h JOIN "Bundle" b ON b.shop = $1 AND b.id = h."bundleId"
  GROUP BY b.id, 1, 2
  HAVING CASE WHEN b.terms->>'kind' = 'range'
    THEN CASE WHEN (b.terms->>'allowsRepeats')::boolean THEN sum(h.units) ELSE sum(h.choices) END
      >= (b.terms->>'units')::int
    ELSE count(*) = max(h.size) AND min(h.sets) >= 1 END
), sold AS MATERIALIZED (
  SELECT c."bundleId", c."orderGid", ${PAID} AS revenue, c."discountMinor" AS discount
  FROM "Conversion" c LEFT JOIN refunded_sum s ON s."orderGid" = c."orderGid" WHERE ${IN_WINDOW}
  UNION ALL
  SELECT "bundleId", "orderGid", sum(revenue), 0 FROM (
    SELECT "bundleId", "orderGid",
      revenue * coalesce(whole.sets * ratio, 1) / count(*) OVER (PARTITION BY "orderGid", number) AS revenue
    FROM whole JOIN held USING ("bundleId", "orderGid") JOIN line USING ("bundleId", "orderGid", position)
  ) shared
  GROUP BY 1, 2
)`;

/** For a query that begins with `SOLD`: the planner expects a handful of rows in it and would use nested loops. */
async function joinSold<T>(pool: Pool, query: (client: PoolClient) => Promise<T>): Promise<T> {
  return inTransaction(pool, async (client) => {
    await client.query("SET LOCAL enable_nestloop = off");
    await client.query("SET LOCAL work_mem = '64MB'");
    return query(client);
  });
}

/** A version that changes with the orders of a window that redeemed an offer, and with the shop's currency. */
export async function readRedeemedVersion(pool: Pool, { shop, from, to }: ResultsWindow): Promise<string> {
  const { rows } = await pool.query<{ version: string }>(
    `SELECT concat(count(*), ' ', max(c."convertedAt"), ' ', (SELECT "currency" FROM "Shop" WHERE "shop" = $1)) AS version
     FROM "Conversion" c WHERE ${IN_TIME}`,
    [shop, from.toISOString(), to.toISOString()],
  );
  return rows[0]!.version;
}

const SUM_OFFERS = `
  WITH ${SOLD}, offer AS (
     SELECT "bundleId",
       count(DISTINCT "visitorKey") FILTER (WHERE kind = 'offer_seen') AS seen,
       count(DISTINCT "visitorKey") FILTER (WHERE kind = 'offer_added') AS added,
       count(DISTINCT "visitorKey") FILTER (WHERE kind = 'offer_dismissed') AS dismissed
     FROM "BrowseEvent"
     WHERE shop = $1 AND kind IN ('offer_seen', 'offer_added', 'offer_dismissed')
       AND "occurredAt" >= $2::timestamp(3) AND "occurredAt" < $3::timestamp(3) AND "bundleId" IS NOT NULL
       AND arm IS NOT NULL
     GROUP BY 1
   ), taken AS (
     SELECT "bundleId", count(DISTINCT "orderGid") AS orders, sum(discount) AS discount, sum(revenue) AS revenue
     FROM sold GROUP BY 1
   )
   SELECT b.id AS "bundleId", b.title, b.kind, b.status, coalesce(o.seen, 0) AS "exposedVisitors",
     coalesce(o.added, 0) AS "addedVisitors", coalesce(o.dismissed, 0) AS "dismissedVisitors",
     coalesce(r.orders, 0) AS orders, round(coalesce(r.revenue, 0)) AS "revenueMinor",
     coalesce(r.discount, 0) AS "discountMinor", (SELECT count(DISTINCT "orderGid") FROM sold) AS "ofAll"
   FROM "Bundle" b LEFT JOIN offer o ON o."bundleId" = b.id LEFT JOIN taken r ON r."bundleId" = b.id
   WHERE b.shop = $1 AND (o."bundleId" IS NOT NULL OR r."bundleId" IS NOT NULL)
   ORDER BY "revenueMinor" DESC, "exposedVisitors" DESC, b.id`;

/** Results of a shop's offers in a window. */
export interface OfferSums {
  /** Every bundle seen by visitors with a ticket, or taken, in the window, the highest revenue first. */
  readonly bundles: readonly BundleSums[];
  /** Orders that took an offer; one with several counts once. */
  readonly orders: number;
}

export async function sumOffers(pool: Pool, window: ResultsWindow): Promise<OfferSums> {
  const { rows } = await joinSold(pool, (client) =>
    client.query<Record<keyof BundleSums | "ofAll", string>>(SUM_OFFERS, [...toBounds(window), null]),
  );
  const bundles = rows.map(({ bundleId, title, kind, status, ...sums }) => {
    const numbers = Object.fromEntries(Object.entries(sums).map(([name, value]) => [name, Number(value)]));
    return { bundleId, title, kind, status: toBundleStatus(status), ...numbers } as unknown as BundleSums;
  });
  return { bundles, orders: Number(rows[0]?.ofAll ?? 0) };
}

/** Sales of an offer in a window. */
export interface SoldSums {
  /** Orders that took the offer; see `SOLD`. */
  readonly orders: number;
  /** Paid for the components before tax, refunds taken off; minor units. */
  readonly revenueMinor: number;
  /** When a person or the autopilot last approved it; null if unknown. */
  readonly approvedAt: Date | null;
}

const SUM_SOLD = `
  WITH ${SOLD}
  SELECT b.id AS "bundleId", count(DISTINCT s."orderGid")::int AS orders,
    round(coalesce(sum(s.revenue), 0))::float8 AS "revenueMinor",
    (SELECT max(d."decidedAt") FROM "Decision" d
     WHERE d.shop = $1 AND d."bundleId" = b.id AND d.action = 'approve') AT TIME ZONE 'UTC' AS "approvedAt"
  FROM "Bundle" b LEFT JOIN sold s ON s."bundleId" = b.id
  WHERE b.shop = $1 AND b.id = ANY($4)
  GROUP BY b.id`;

/** Sales of each of some bundles, by id; a bundle without sales has zeros. */
export async function sumSold(
  pool: Pool,
  { bundleIds, ...window }: ResultsWindow & { readonly bundleIds: readonly string[] },
): Promise<Map<string, SoldSums>> {
  const { rows } = await joinSold(pool, (client) =>
    client.query<SoldSums & { bundleId: string }>(SUM_SOLD, [...toBounds(window), bundleIds]),
  );
  return new Map(rows.map(({ bundleId, ...sums }) => [bundleId, sums]));
}

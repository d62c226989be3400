import type { Pool } from "pg";
import { IN_OWN_CURRENCY } from "#app/data/columns.ts";
import { refundedSums } from "#app/data/experiment/counted-orders.server.ts";
import type { ResultsWindow } from "#app/data/experiment/counted-visitors.server.ts";
import { toBundleStatus, type BundleStatus } from "#app/domain/bundle-status.ts";

/** What one bundle did in a window. */
export interface BundleSums {
  readonly bundleId: string;
  readonly title: string;
  readonly kind: string;
  readonly status: BundleStatus;
  /** Distinct visitors who had the offer in view, took it, or closed it. */
  readonly exposedVisitors: number;
  readonly addedVisitors: number;
  readonly dismissedVisitors: number;
  /** Orders that redeemed the discount. */
  readonly conversions: number;
  /** False at full price, where no order says that it came by the offer. */
  readonly isCounted: boolean;
  /** Paid for the components before tax, refunds taken off; minor units. */
  readonly revenueMinor: number;
  readonly discountMinor: number;
}

const IN_WINDOW = `c.shop = $1 AND c."convertedAt" >= $2::timestamp(3) AND c."convertedAt" < $3::timestamp(3)
  AND NOT EXISTS (SELECT FROM "Order" o WHERE o.shop = $1 AND o."orderGid" = c."orderGid" AND NOT ${IN_OWN_CURRENCY})`;
const REFUNDED_SUMS = refundedSums(
  `o.shop = $1 AND o."orderGid" IN (SELECT c."orderGid" FROM "Conversion" c WHERE ${IN_WINDOW})`,
);
/** What a conversion c brought, less its part of the sums s that were given back beside units of the order. */
const PAID = `c."revenueMinor" * (1 - coalesce(s.ratio, 0))`;

/** Orders that redeemed an offer in the window, and a text that changes with them. */
export async function countRedeemed(
  pool: Pool,
  { shop, from, to }: ResultsWindow,
): Promise<{ orders: number; version: string }> {
  const { rows } = await pool.query<{ orders: number; version: string }>(
    `SELECT count(DISTINCT c."orderGid")::int AS orders, concat(count(*), ' ', max(c."convertedAt")) AS version
     FROM "Conversion" c WHERE ${IN_WINDOW}`,
    [shop, from.toISOString(), to.toISOString()],
  );
  return rows[0]!;
}

/** Every bundle that was seen, by visitors whom a ticket speaks for, or redeemed in the window, the most revenue first. */
export async function sumByBundle(pool: Pool, { shop, from, to }: ResultsWindow): Promise<BundleSums[]> {
  const { rows } = await pool.query<
    Record<Exclude<keyof BundleSums, "isCounted">, string> & Pick<BundleSums, "isCounted">
  >(
    `WITH ${REFUNDED_SUMS}, offer AS (
       SELECT "bundleId",
         count(DISTINCT "visitorKey") FILTER (WHERE kind = 'offer_seen') AS seen,
         count(DISTINCT "visitorKey") FILTER (WHERE kind = 'offer_added') AS added,
         count(DISTINCT "visitorKey") FILTER (WHERE kind = 'offer_dismissed') AS dismissed
       FROM "BrowseEvent"
       WHERE shop = $1 AND kind IN ('offer_seen', 'offer_added', 'offer_dismissed')
         AND "occurredAt" >= $2::timestamp(3) AND "occurredAt" < $3::timestamp(3) AND "bundleId" IS NOT NULL
         AND arm IS NOT NULL
       GROUP BY 1
     ), redeemed AS (
       SELECT c."bundleId", count(*) AS conversions, sum(c."discountMinor") AS discount,
         sum(${PAID}) AS revenue
       FROM "Conversion" c LEFT JOIN refunded_sum s ON s."orderGid" = c."orderGid" WHERE ${IN_WINDOW}
       GROUP BY 1
     )
     SELECT b.id AS "bundleId", b.title, b.kind, b.status, coalesce(o.seen, 0) AS "exposedVisitors",
       coalesce(o.added, 0) AS "addedVisitors", coalesce(o.dismissed, 0) AS "dismissedVisitors",
       coalesce(r.conversions, 0) AS conversions,
       (b."discountRatio" > 0 OR r."bundleId" IS NOT NULL) AS "isCounted",
       round(coalesce(r.revenue, 0)) AS "revenueMinor", coalesce(r.discount, 0) AS "discountMinor"
     FROM "Bundle" b LEFT JOIN offer o ON o."bundleId" = b.id LEFT JOIN redeemed r ON r."bundleId" = b.id
     WHERE b.shop = $1 AND (o."bundleId" IS NOT NULL OR r."bundleId" IS NOT NULL)
     ORDER BY "revenueMinor" DESC, "exposedVisitors" DESC, b.id`,
    [shop, from.toISOString(), to.toISOString()],
  );
  return rows.map(({ bundleId, title, kind, status, isCounted, ...sums }) => {
    const numbers = Object.fromEntries(Object.entries(sums).map(([name, value]) => [name, Number(value)]));
    const own = { bundleId, title, kind, status: toBundleStatus(status), isCounted };
    return { ...own, ...numbers } as unknown as BundleSums;
  });
}

/** What an offer sold in a window. */
export interface SoldSums {
  /** Orders that redeemed the discount. */
  readonly orders: number;
  /** Paid for the components before tax, refunds taken off; minor units. */
  readonly revenueMinor: number;
  /** When a person or the autopilot last approved it; null when that is not known. */
  readonly approvedAt: Date | null;
}

/** What each of some bundles sold, by id, also of those that sold nothing. */
export async function sumSold(
  pool: Pool,
  { shop, from, to, bundleIds }: ResultsWindow & { readonly bundleIds: readonly string[] },
): Promise<Map<string, SoldSums>> {
  const { rows } = await pool.query<SoldSums & { bundleId: string }>(
    `WITH ${REFUNDED_SUMS}
     SELECT b.id AS "bundleId", count(c."orderGid")::int AS orders,
       round(coalesce(sum(${PAID}), 0))::float8 AS "revenueMinor",
       (SELECT max(d."decidedAt") FROM "Decision" d
        WHERE d.shop = $1 AND d."bundleId" = b.id AND d.action = 'approve') AT TIME ZONE 'UTC' AS "approvedAt"
     FROM "Bundle" b
     LEFT JOIN "Conversion" c ON c."bundleId" = b.id AND ${IN_WINDOW}
     LEFT JOIN refunded_sum s ON s."orderGid" = c."orderGid"
     WHERE b.shop = $1 AND b.id = ANY($4)
     GROUP BY b.id`,
    [shop, from.toISOString(), to.toISOString(), bundleIds],
  );
  return new Map(rows.map(({ bundleId, ...sums }) => [bundleId, sums]));
}

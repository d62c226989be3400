import type { PoolClient } from "pg";
import type { ResultsWindow } from "#app/data/visits/exposures.server.ts";
import { findForeignHours, type CountedHour } from "#app/domain/evaluate/proof/sample-ratio.ts";
import { SHOWN_STATUSES } from "#app/domain/bundle-status.ts";
import type { LeftOutHours } from "#app/domain/publish/rollouts.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { toSqlList } from "#app/data/columns.ts";

/** Whoever looks at more pages on a day is a program, whatever it calls itself. */
const PAGE_VIEWS_A_DAY = 300;

/**
 * Who looked at a page after an arm was drawn, with the arm and the instant of the first look. Carts, checkouts and
 * orders make no visitor, since offers change who comes so far, and choosing by the outcome would bias the comparison;
 * the first arm counts should there be two. Programs are left out alike in both arms. $1 shop, $2 from, $3 to.
 */
const FIND_VISITORS = `
  INSERT INTO visitor ("visitorKey", at, arm)
  SELECT "visitorKey", least(treated, holdout) AS at,
    CASE WHEN holdout IS NULL OR treated <= holdout THEN 'treated' ELSE 'holdout' END AS arm
  FROM (
    SELECT "visitorKey", min("occurredAt") FILTER (WHERE arm = 'treated') AS treated,
      min("occurredAt") FILTER (WHERE arm = 'holdout') AS holdout, count(*) AS views,
      max("occurredAt")::date - min("occurredAt")::date + 1 AS days
    FROM "BrowseEvent"
    WHERE shop = $1 AND "occurredAt" >= $2::timestamp(3) AND "occurredAt" < $3::timestamp(3)
      AND arm IN ('treated', 'holdout')
      AND kind IN ('page_viewed', 'product_viewed', 'collection_viewed', 'search_submitted')
    GROUP BY 1
  ) seen_pages
  WHERE views <= ${PAGE_VIEWS_A_DAY} * days`;

/**
 * Takes those visitors out of the temporary table who came in hours that count for nothing, and notes the hours in a table of
 * their own, so that no order of theirs counts.
 *
 * @returns of each stretch of hours how many visitors
 */
async function leaveStretchesOut(client: PoolClient, leftOut: CountingRules["leftOut"]): Promise<number[]> {
  await client.query(`CREATE TEMP TABLE left_out (since timestamp(3), until timestamp(3)) ON COMMIT DROP`);
  const visitors: number[] = [];
  for (const hours of leftOut) {
    const stretch = [hours.from.toISOString(), hours.to.toISOString()];
    await client.query("INSERT INTO left_out VALUES ($1::timestamp(3), $2::timestamp(3))", stretch);
    const { rowCount } = await client.query(
      "DELETE FROM visitor v WHERE v.at >= $1::timestamp(3) AND v.at < $2::timestamp(3)",
      stretch,
    );
    visitors.push(rowCount ?? 0);
  }
  return visitors;
}

/** The visitors by the hour since $1 in which each came first. */
const COUNT_HOURS = `
  SELECT floor(extract(epoch FROM v.at - $1::timestamp(3)) / 3600)::int AS hour,
    (count(*) FILTER (WHERE v.arm = 'treated'))::int AS treated, (count(*) FILTER (WHERE v.arm = 'holdout'))::int AS holdout
  FROM visitor v GROUP BY 1 ORDER BY 1`;

/**
 * Takes those visitors out of the temporary table who came in hours that someone else than the shop's draw filled.
 *
 * @returns how many
 */
async function leaveHoursOut(
  client: PoolClient,
  { from }: ResultsWindow,
  holdoutRatioOf: (day: number) => number,
): Promise<number> {
  const { rows } = await client.query<CountedHour>(COUNT_HOURS, [from.toISOString()]);
  const hours = findForeignHours(rows, (hour) => holdoutRatioOf(Math.floor(hour / 24)));
  if (hours.length === 0) return 0;
  const { rowCount } = await client.query(
    `DELETE FROM visitor v WHERE floor(extract(epoch FROM v.at - $1::timestamp(3)) / 3600)::int = ANY($2::int[])`,
    [from.toISOString(), hours],
  );
  await client.query("ANALYZE visitor");
  return rowCount ?? 0;
}

/**
 * Fills the temporary table `visitor` with those of a window who count.
 *
 * @returns how many were left out with hours that `findForeignHours` found, and with each stretch the caller names
 */
export async function findVisitors(
  client: PoolClient,
  window: ResultsWindow,
  { leftOut, holdoutRatioOf }: CountingRules,
): Promise<{ leftOutVisitors: number; stretchVisitors: number[] }> {
  const { shop, from, to } = window;
  await client.query(
    `CREATE TEMP TABLE visitor ("visitorKey" text, at timestamp(3), arm text) ON COMMIT DROP`,
  );
  await client.query(FIND_VISITORS, [shop, from.toISOString(), to.toISOString()]);
  const stretchVisitors = await leaveStretchesOut(client, leftOut);
  await client.query("ANALYZE visitor");
  return { leftOutVisitors: await leaveHoursOut(client, window, holdoutRatioOf), stretchVisitors };
}

/** How to count what a visitor did. */
export interface CountingRules {
  /** Margin of a product whose cost the shop did not say, 0 to 1. */
  readonly assumedMarginRatio: number;
  /** Whether costs that the shop said count; otherwise every product has the assumed margin. */
  readonly usesShopifyCosts: boolean;
  /** What no visitor counts above in the capped revenue, minor units; null for no cap. */
  readonly capMinor: number | null;
  /** Orders before this instant were made while nobody could see an offer. */
  readonly offersSince: Date;
  /** Share that was meant to be held out on a day of the window, from 0; 0 to 1, 0 where that says nothing. */
  readonly holdoutRatioOf: (day: number) => number;
  /** What no figure counts of; see `toLeftOutHours`. */
  readonly leftOut: readonly LeftOutHours[];
}

/** Orders o of visitors that count, beside the temporary table `left_out`. $1 shop, $2 from, $3 to. */
export const COUNTED_ORDERS = `o.shop = $1 AND o."placedAt" >= $2::timestamp(3) AND o."placedAt" < $3::timestamp(3)
  AND o."visitorKey" IS NOT NULL AND NOT o."isTest" AND o."cancelledAt" IS NULL
  AND NOT EXISTS (SELECT FROM left_out WHERE o."placedAt" >= left_out.since AND o."placedAt" < left_out.until)`;

/** Units of a line l that are kept after refunds. */
export const KEPT = `(l.quantity - l."refundedQuantity")`;
/** What the given units of a line l brought after discounts, minor units. */
const paidFor = (units: string) =>
  `(l."unitPriceMinor"::float8 * l.quantity - l."discountMinor") * ${units} / l.quantity`;
/**
 * Orders of which a merchant gave back a sum beside the units that came back, with its share of what was kept, 0 to 1: more
 * was refunded than these units had cost. To be joined as s with the lines of which `REVENUE` is read. Known weakness: of
 * a refund that the Admin API alone told, taxes and shipping count as such a sum.
 */
export const REFUNDED_SUMS = `refunded_sum AS MATERIALIZED (
  SELECT o."orderGid", greatest(0, least(1,
    (o."refundedMinor" - sum(${paidFor(`l."refundedQuantity"`)})) / nullif(sum(${paidFor(KEPT)}), 0))) AS ratio
  FROM "Order" o JOIN "OrderLine" l ON l.shop = o.shop AND l."orderGid" = o."orderGid"
  WHERE ${COUNTED_ORDERS} AND o."refundedMinor" > 0 AND l.quantity > 0
  GROUP BY o."orderGid", o."refundedMinor"
)`;
/** What a line l brought after discounts and refunds, minor units. */
export const REVENUE = `${paidFor(KEPT)} * (1 - coalesce(s.ratio, 0))`;
const KNOWN_COST = `CASE WHEN $5::boolean THEN v."costMinor"::float8 END`;
/** What was kept of a line l cost, minor units. $4 margin of a variant v without a cost, $5 if any has one. */
export const COST = `coalesce(${KNOWN_COST}, l."unitPriceMinor" * (1 - $4::float8)) * ${KEPT}`;

/** Days since $2 on which the visitor v was first seen. */
export const DAY = `floor(extract(epoch FROM v.at - $2::timestamp(3))::float8 / ${DAY_MS / 1000})::int`;

/**
 * Fills the temporary table `shown` with the bundles that a shopper could have been exposed to: also one that is off the storefront
 * while it is sold out, or that was rejected or proposed anew since, if it was seen in the window. The window's many
 * events are looked through only where there is such a one. $1 shop, $2 from, $3 to.
 */
export const FIND_SHOWN = `
  INSERT INTO shown ("bundleId")
  SELECT b.id FROM "Bundle" b
  WHERE b.shop = $1 AND (b.status IN (${toSqlList(SHOWN_STATUSES)}) OR (
    EXISTS (SELECT FROM "Decision" d WHERE d.shop = $1 AND d."bundleId" = b.id AND d.action = 'approve')
    AND b.id IN (
      SELECT e."bundleId" FROM "BrowseEvent" e WHERE e.shop = $1 AND e.kind = 'offer_seen'
        AND e."occurredAt" >= $2::timestamp(3) AND e."occurredAt" < $3::timestamp(3))))`;

/**
 * Bundles of the temporary table `shown`, and the variants that count as each of their components: all of its product
 * where shoppers may choose, unless the bundle holds the product twice. In both arms alike.
 */
export const COMPONENTS = `part AS (
  SELECT c."bundleId", c.position, c."variantGid", c."productGid", count(*) OVER (PARTITION BY c."bundleId") AS size,
    b."letsShopperChoose" AND count(*) OVER (PARTITION BY c."bundleId", c."productGid") = 1 AS is_open
  FROM "BundleComponent" c JOIN "Bundle" b ON b.id = c."bundleId" JOIN shown ON shown."bundleId" = b.id
  WHERE b.shop = $1 AND c.shop = $1
), component AS (
  SELECT "bundleId", position, "variantGid", size FROM part
  UNION
  SELECT p."bundleId", p.position, v."variantGid", p.size
  FROM part p JOIN "Variant" v ON v.shop = $1 AND v."productGid" = p."productGid"
  WHERE p.is_open
)`;

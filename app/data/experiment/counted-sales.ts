import { SHOWN_STATUSES } from "#app/domain/bundle-status.ts";
import type { LeftOutHours } from "#app/domain/publish/rollouts.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { toSqlList } from "#app/data/columns.ts";

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
/** What a line l brought after discounts and refunds, minor units. */
export const REVENUE = `(l."unitPriceMinor"::float8 * l.quantity - l."discountMinor") * ${KEPT} / l.quantity`;
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

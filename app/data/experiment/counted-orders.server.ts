import { IN_OWN_CURRENCY } from "#app/data/columns.ts";

/** Condition for the orders o that count; reads the temporary table `left_out`. $1 shop, $2 from, $3 to. */
export const COUNTED_ORDERS = `o.shop = $1 AND o."placedAt" >= $2::timestamp(3) AND o."placedAt" < $3::timestamp(3)
  AND o."visitorKey" IS NOT NULL AND NOT o."isTest" AND o."cancelledAt" IS NULL AND ${IN_OWN_CURRENCY}
  AND NOT EXISTS (SELECT FROM left_out WHERE o."placedAt" >= left_out.since AND o."placedAt" < left_out.until)`;

/** Units of a line l kept after refunds; 0 for a gift card, which counts when it is spent. */
export const KEPT = `(CASE WHEN l."isGiftCard" THEN 0 ELSE l.quantity - l."refundedQuantity" END)`;
/** Units sold of a line l, without those that an edit removed; SQL of `countRemovedUnits`. $1 shop. */
export const SOLD_UNITS = `(l.quantity - CASE WHEN l."refundedQuantity" = 0 THEN 0 ELSE (
  SELECT CASE WHEN bool_or(r."amountMinor" > 0 AND r.lines = '[]') THEN 0
    ELSE greatest(0, l."refundedQuantity" - coalesce(sum(named.units), 0)) END
  FROM "Refund" r, LATERAL (
    SELECT sum(x.quantity) AS units FROM jsonb_to_recordset(r.lines) AS x("lineGid" text, quantity int)
    WHERE x."lineGid" = l."lineGid") named
  WHERE r.shop = $1 AND r."orderGid" = l."orderGid")::int END)`;
/** Units of a line l that were refunded, without those that an edit removed. $1 shop. */
const RETURNED_UNITS = `(${SOLD_UNITS} - l.quantity + l."refundedQuantity")`;
/** Price paid for the given units of a line l after discounts, minor units. */
const paidFor = (units: string) =>
  `(l."unitPriceMinor"::float8 * l.quantity - l."discountMinor") * ${units} / l.quantity`;
/**
 * The lines l of a relation with an `orderGid`, looked up per order. For a few orders the planner would otherwise read
 * every line of the shop. $1 shop.
 */
export const linesOf = (order: string) => `LATERAL (
  SELECT * FROM "OrderLine" line WHERE line.shop = $1 AND line."orderGid" = ${order}."orderGid" AND line.quantity > 0 OFFSET 0
) l`;
/**
 * Refunded orders with the refund beyond the price of the returned units, as a share of the value kept, 0 to 1.
 * `REVENUE` reads it as s. Known weakness: for a refund that only the Admin API reports, taxes and shipping count as
 * such a refund.
 *
 * @param counted condition for the orders o
 * @see app/decisions/evaluate/106-what-counts-is-goods-that-were-kept-before-tax.md
 */
export const refundedSums = (counted: string) => `refunded_sum AS MATERIALIZED (
  SELECT o."orderGid", greatest(0, least(1,
    (o."refundedMinor" - sum(${paidFor(RETURNED_UNITS)})) / nullif(sum(${paidFor(KEPT)}), 0))) AS ratio
  FROM "Order" o CROSS JOIN ${linesOf("o")}
  WHERE ${counted} AND o."refundedMinor" > 0
  GROUP BY o."orderGid", o."refundedMinor"
)`;
/** Share of the price paid for a line l that is not tax, 0 to 1. */
const UNTAXED = `(1 - coalesce(l."includedTaxMinor"::float8
  / nullif(l."unitPriceMinor"::float8 * l.quantity - l."discountMinor", 0), 0))`;
/** Revenue of a line l after discounts and refunds, before tax, minor units. */
export const REVENUE = `${paidFor(KEPT)} * ${UNTAXED} * (1 - coalesce(s.ratio, 0))`;
const KNOWN_COST = `CASE WHEN $5::boolean THEN v."costMinor"::float8 END`;
/** Cost of the kept units of a line l, minor units. $4 margin of a variant v without a cost, $5 whether costs count. */
export const COST = `coalesce(${KNOWN_COST}, l."unitPriceMinor" * ${UNTAXED} * (1 - $4::float8)) * ${KEPT}`;

/**
 * Variants that count as each component of the bundles in the temporary table `shown`, the same for both arms. All
 * variants of the product count in a range, in quantity breaks, in the purchase that a gift by spending requires, and
 * where shoppers may choose unless the bundle holds the product twice. Today's stand-ins count, too. `size`: number of
 * components of the whole bundle; null for a pool to choose from.
 */
export const COMPONENTS = `part AS (
  SELECT c."bundleId", c.position, c."variantGid", c."productGid", c.quantity, b."standIns",
    CASE WHEN NOT m.is_pool THEN count(*) OVER (PARTITION BY c."bundleId") END AS size,
    CASE WHEN m.is_pool THEN NOT c."isGift"
      ELSE b."letsShopperChoose" AND count(*) OVER (PARTITION BY c."bundleId", c."productGid") = 1 END AS is_open
  FROM "BundleComponent" c JOIN "Bundle" b ON b.id = c."bundleId" JOIN shown ON shown."bundleId" = b.id,
    LATERAL (SELECT coalesce(b.terms->>'kind' IN ('range', 'breaks'), false) OR b.terms->>'spendMinor' IS NOT NULL
      AS is_pool) m
  WHERE b.shop = $1 AND c.shop = $1
), component AS (
  SELECT "bundleId", position, "variantGid", quantity, size FROM part
  UNION
  SELECT p."bundleId", p.position, v."variantGid", p.quantity, p.size
  FROM part p JOIN "Variant" v ON v.shop = $1 AND v."productGid" = p."productGid"
  WHERE p.is_open
  UNION
  SELECT p."bundleId", p.position, s."variantGid", p.quantity, p.size
  FROM part p, jsonb_to_recordset(p."standIns") AS s(position int, "variantGid" text) WHERE s.position = p.position
)`;

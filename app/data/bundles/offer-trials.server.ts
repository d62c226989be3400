import type { Pool } from "pg";
import type { OfferTime } from "#app/domain/evaluate/past-terms.ts";
import type { OfferDay, ShopDay } from "#app/domain/evaluate/autopilot/offer-trials.ts";
import { MOST_PURCHASES, type PurchaseRule } from "#app/domain/offer/offer.ts";
import type { CostSettings, ShopSettings } from "#app/domain/shop-settings.ts";
import { IN_OWN_CURRENCY } from "#app/data/columns.ts";
import { inTransaction } from "#app/data/db.server.ts";
import { SOLD_UNITS } from "#app/data/experiment/counted-orders.server.ts";
import type { ResultsWindow } from "#app/data/experiment/counted-visitors.server.ts";

/** One bundle or some of its components, with the times of its discounts and the definition of one purchase. */
export interface TimedOffer {
  /** Key of its trials; the bundle's id if all of it counts. */
  readonly key: string;
  readonly bundleId: string;
  /** Positions of the components that count; absent for all. */
  readonly positions?: readonly number[] | undefined;
  readonly times: readonly OfferTime[];
  readonly purchase: PurchaseRule;
}

/**
 * The visitors of one bundle's page who were exposed to one discount on one day, and their purchases. No discount: the
 * visitor came before the bundle was shown or while it was paused, or was held out.
 */
export interface TrialDay extends OfferDay {
  readonly key: string;
  readonly visitors: number;
  readonly unitsSold: number;
  readonly unitsReturned: number;
}

/** An order counts for this many days after the first page view. */
const ORDER_DAYS = 7;
/** Pseudo-count of prompt orders: a handful of observed orders says little of how soon they come. */
const PROMPT_ORDERS = 10;

/**
 * A visitor with an arm, and so with a ticket, counts once per bundle, with the discount at the first view of the page
 * of a component; only the anchor's page counts if only that shows the offer. A component is any of its variants where
 * shoppers may choose, and its stand-ins. In a pool any variant of its products counts, except the gift, which the
 * others earn. What an edit removed from an order was never bought; what came back was.
 *
 * A held-out visitor was exposed to no discount. A treated visitor counts for a discount only on days on which somebody
 * saw the offer, so that hours out of stock do not count as failures. If the shop had another currency, visitors from
 * before its last order in it do not count, because their purchases would count as zero.
 */
const COUNT_TRIALS = `
  WITH time AS (
    SELECT * FROM unnest($4::text[], $5::timestamp(3)[], $6::timestamp(3)[], $7::float8[])
      AS t(key, since, until, ratio)
  ), purchase AS (
    SELECT * FROM unnest($8::text[], $11::text[], $12::float8[], $13::text[], $14::boolean[], $15::text[], $16::text[])
      AS p(key, counts, least, scope, is_distinct, "bundleId", positions)
  ), part AS (
    SELECT r.key, c.position, c."variantGid", c."productGid", b."standIns", r.scope, m.is_pool,
      CASE WHEN m.is_pool THEN 1 ELSE c.quantity END AS quantity,
      NOT c."isGift" AND (b.placement <> 'first' OR c.position = 0) AS is_shown,
      CASE r.counts WHEN 'units' THEN 1 WHEN 'spending' THEN 2 ELSE count(*) OVER (PARTITION BY r.key) END AS size,
      m.is_pool OR r.counts = 'parts' AND b."letsShopperChoose"
        AND count(*) OVER (PARTITION BY r.key, c."productGid") = 1 AS is_open
    FROM "BundleComponent" c JOIN "Bundle" b ON b.id = c."bundleId" JOIN purchase r ON r."bundleId" = c."bundleId"
        AND (r.positions IS NULL OR c.position = ANY(string_to_array(r.positions, ',')::int[])),
      LATERAL (SELECT r.counts <> 'parts' AND NOT c."isGift" AS is_pool) m
    WHERE b.shop = $1 AND c.shop = $1
  ), filling AS (
    SELECT p.*, p."variantGid" AS gid FROM part p
    UNION ALL
    SELECT p.*, v."variantGid" FROM part p JOIN "Variant" v ON v.shop = $1 AND v."productGid" = p."productGid" WHERE p.is_open
    UNION ALL
    SELECT p.*, s."variantGid"
    FROM part p, jsonb_to_recordset(p."standIns") AS s(position int, "variantGid" text) WHERE s.position = p.position
  ), component AS (
    SELECT DISTINCT key, gid AS "variantGid", quantity, size, is_pool, CASE WHEN NOT is_pool THEN position::text
      WHEN scope = 'variant' THEN gid WHEN scope = 'product' THEN "productGid" ELSE 'pool' END AS part
    FROM filling f WHERE NOT is_pool OR NOT EXISTS (
      SELECT FROM filling gift WHERE gift.key = f.key AND gift.gid = f.gid AND NOT gift.is_pool)
  ), page AS (
    SELECT key, "productGid" FROM part WHERE is_shown
    UNION
    SELECT f.key, v."productGid"
    FROM filling f JOIN "Variant" v ON v.shop = $1 AND v."variantGid" = f.gid WHERE f.is_shown
  ), countable AS (
    SELECT coalesce(max(o."placedAt"), '-infinity') AS since FROM "Order" o
    WHERE o.shop = $1 AND o."placedAt" >= $2::timestamp(3) AND o."placedAt" < $3::timestamp(3)
      AND o.source = 'shopify' AND NOT ${IN_OWN_CURRENCY}
  ), exposed AS (
    SELECT DISTINCT ON (p.key, e."visitorKey") p.key, e."visitorKey", e."occurredAt" AS at, e.arm
    FROM page p JOIN "BrowseEvent" e ON e.shop = $1 AND e.kind = 'product_viewed'
      AND e."productGid" = p."productGid" AND e.arm IS NOT NULL AND e."occurredAt" >= $2::timestamp(3)
      AND e."occurredAt" < $3::timestamp(3) AND e."occurredAt" >= (SELECT since FROM countable)
    ORDER BY p.key, e."visitorKey", e."occurredAt"
  ), seen AS (
    SELECT DISTINCT r.key, e."occurredAt"::date AS day FROM "BrowseEvent" e JOIN purchase r ON r."bundleId" = e."bundleId"
    WHERE e.shop = $1 AND e.kind = 'offer_seen' AND e.arm = 'treated'
      AND e."occurredAt" >= $2::timestamp(3) AND e."occurredAt" < $3::timestamp(3)
  ), visitor AS (
    SELECT m.key, m."visitorKey", m.at, CASE WHEN m.arm <> 'holdout' THEN t.ratio END AS ratio
    FROM exposed m JOIN time t ON t.key = m.key AND m.at >= t.since AND m.at < t.until
    WHERE t.ratio IS NULL OR m.arm = 'holdout' OR (m.arm = 'treated' AND EXISTS (
      SELECT 1 FROM seen s WHERE s.key = m.key AND s.day = m.at::date))
  ), ordered AS MATERIALIZED (
    SELECT v.key, v."visitorKey", o."orderGid", extract(epoch FROM o."placedAt" - v.at)::float8 AS delay
    FROM visitor v JOIN "Order" o ON o.shop = $1 AND o."visitorKey" = v."visitorKey"
    WHERE NOT o."isTest" AND o."cancelledAt" IS NULL AND ${IN_OWN_CURRENCY} AND o."placedAt" >= v.at
      AND o."placedAt" < v.at + interval '${ORDER_DAYS} days' AND o."placedAt" < $3::timestamp(3)
  ), line AS MATERIALIZED (
    SELECT o.key, o."visitorKey", o.delay, ${SOLD_UNITS} AS sold, l.* FROM ordered o
    JOIN "OrderLine" l ON l.shop = $1 AND l."orderGid" = o."orderGid" AND l.quantity > 0
  ), held AS (
    SELECT l.key, l."visitorKey", l."orderGid", c.part, c.size, c.is_pool, c.quantity,
      min(l.delay) AS delay, sum(l.sold)::float8 AS units, count(DISTINCT l."variantGid") AS choices,
      sum(l.sold + l."refundedQuantity" - l.quantity) AS back, sum(l."unitPriceMinor"::float8 * l.sold) AS price,
      sum(l."discountMinor" * l.sold::float8 / l.quantity) AS discount,
      sum(l."bundleDiscountMinor" * l.sold::float8 / l.quantity) AS given,
      sum(coalesce(p."costMinor" * $10::float8, l."unitPriceMinor" * (1 - $9::float8)) * l.sold) AS cost
    FROM line l
    JOIN component c ON c.key = l.key AND c."variantGid" = l."variantGid"
    LEFT JOIN "Variant" p ON p.shop = $1 AND p."variantGid" = l."variantGid"
    WHERE l.sold > 0
    GROUP BY 1, 2, 3, 4, c.size, c.is_pool, c.quantity
  ), reached AS (
    SELECT h.*, CASE WHEN NOT h.is_pool THEN (h.units >= h.quantity)::int::float8
      WHEN r.counts = 'spending' THEN (h.price >= r.least)::int
      WHEN h.units < r.least OR r.is_distinct AND h.choices < r.least THEN 0 ELSE h.units / r.least END AS times
    FROM held h JOIN purchase r USING (key)
  ), bought AS (
    SELECT key, "visitorKey", "orderGid", count(*) FILTER (WHERE times > 0) >= max(size) AS is_whole,
      CASE WHEN max(size) = 1 THEN sum(times) ELSE 1 END AS sets, min(delay) AS delay, sum(units) AS sold,
      sum(back) AS back, sum(price - cost) AS full_margin, sum(price - discount - cost) AS margin, sum(given) AS given
    FROM reached GROUP BY 1, 2, 3
  ), outcome AS (
    SELECT key, "visitorKey", bool_or(is_whole) AS whole, min(delay) AS delay,
      CASE WHEN bool_or(is_whole) THEN least(${MOST_PURCHASES}, max(sets) FILTER (WHERE is_whole)) END AS sets,
      least(1, ${MOST_PURCHASES} / max(sets) FILTER (WHERE is_whole)) AS counted,
      sum(sold) AS sold, sum(back)::float8 AS back, sum(margin)::float8 AS margin,
      max(full_margin) FILTER (WHERE is_whole) AS full_margin, max(given) FILTER (WHERE is_whole)::float8 AS given
    FROM bought GROUP BY 1, 2
  ), prompt AS MATERIALIZED (
    SELECT array_agg(o.delay ORDER BY o.delay) AS delays
    FROM outcome o JOIN visitor v USING (key, "visitorKey")
    WHERE v.at <= $3::timestamp(3) - interval '${ORDER_DAYS} days'
  )
  SELECT v.key, v.ratio AS "discountRatio",
    floor(extract(epoch FROM $3::timestamp(3) - v.at) / 86400)::int AS "ageDays", count(*)::int AS visitors,
    sum(CASE WHEN v.at <= $3::timestamp(3) - interval '${ORDER_DAYS} days' THEN 1 ELSE
      (${PROMPT_ORDERS} + coalesce(width_bucket(extract(epoch FROM $3::timestamp(3) - v.at)::float8,
        (SELECT delays FROM prompt)), 0))::float8
      / (${PROMPT_ORDERS} + coalesce(cardinality((SELECT delays FROM prompt)), 0)) END)::float8 AS "ripeVisitors",
    coalesce(sum(o.sets), 0)::float8 AS sets, coalesce(sum(o.sets ^ 2), 0)::float8 AS "setsSquared",
    (count(*) FILTER (WHERE NOT o.whole))::int AS parts,
    coalesce(sum(o.counted * o.full_margin), 0)::float8 AS "setMarginMinor",
    coalesce(sum(o.counted * o.given), 0)::float8 AS "givenMinor",
    coalesce(sum(o.margin) FILTER (WHERE NOT o.whole), 0)::float8 AS "partMarginMinor",
    coalesce(sum(o.sold), 0)::float8 AS "unitsSold", coalesce(sum(o.back), 0)::float8 AS "unitsReturned"
  FROM visitor v LEFT JOIN outcome o USING (key, "visitorKey")
  GROUP BY 1, 2, 3 ORDER BY 1, 2 NULLS FIRST, 3`;

/**
 * Counts the purchases of each bundle page's visitors by discount and day.
 *
 * Orders of the last week's visitors can still come. A discount tried since yesterday has only such visitors, the
 * holdout few. So each visitor counts with `ripeVisitors`: the share of orders that came as soon after the first page
 * view, among visitors whose orders are complete. In 40 simulated shops with a third of the orders up to six days late,
 * a steering with full counts earns 88 % of an oracle, with these shares 91 %, and 92 % if all orders come at once.
 * Leaving these visitors out earns as much, but a new discount would have no data for a week even if orders come at
 * once.
 *
 * Known weaknesses: the share is one for the whole shop, with an offer and without; stand-ins, quantities and pools are
 * those of today.
 */
export async function countOfferTrials(
  pool: Pool,
  {
    shop,
    from,
    to,
    offers,
    assumedMarginRatio,
    usesShopifyCosts,
    includedTaxRatio,
  }: ResultsWindow &
    Pick<ShopSettings, "assumedMarginRatio"> &
    CostSettings & { offers: readonly TimedOffer[] },
): Promise<TrialDay[]> {
  const times = offers.flatMap(({ key, times: own }) => own.map((time) => ({ key, ...time })));
  return inTransaction(pool, async (client) => {
    // Everything joins everything. The planner expects small parts and would use nested loops.
    await client.query("SET LOCAL enable_nestloop = off");
    await client.query("SET LOCAL work_mem = '64MB'");
    const { rows } = await client.query<TrialDay>(COUNT_TRIALS, [
      shop,
      from.toISOString(),
      to.toISOString(),
      times.map(({ key }) => key),
      times.map(({ fromMs }) => new Date(fromMs).toISOString()),
      times.map(({ toMs }) => new Date(toMs).toISOString()),
      times.map(({ discountRatio }) => discountRatio),
      offers.map(({ key }) => key),
      assumedMarginRatio,
      usesShopifyCosts ? 1 + includedTaxRatio : null,
      offers.map(({ purchase }) => purchase.counts),
      offers.map(({ purchase }) => purchase.least),
      offers.map(({ purchase }) => purchase.scope),
      offers.map(({ purchase }) => purchase.isDistinct),
      offers.map(({ bundleId }) => bundleId),
      offers.map(({ positions }) => positions?.join(",") ?? null),
    ]);
    return rows;
  });
}

const SHOP_DAYS = `
  SELECT floor(extract(epoch FROM $3::timestamp(3) - "placedAt") / 86400)::int AS "ageDays", count(*)::int AS orders,
    (count(*) FILTER (WHERE "visitorKey" IS NOT NULL AND ${IN_OWN_CURRENCY}))::int AS known
  FROM "Order" o
  WHERE shop = $1 AND "placedAt" >= $2::timestamp(3) AND "placedAt" < $3::timestamp(3)
    AND NOT "isTest" AND "cancelledAt" IS NULL
  GROUP BY 1`;

/**
 * The shop's orders by day before the end of a window, and those that can count in a trial: own currency, with visitor.
 */
export async function countShopDays(pool: Pool, { shop, from, to }: ResultsWindow): Promise<ShopDay[]> {
  const { rows } = await pool.query<ShopDay>(SHOP_DAYS, [shop, from.toISOString(), to.toISOString()]);
  return rows;
}

import type { PoolClient } from "pg";
import { LIVE_STATUSES } from "#app/domain/bundle-status.ts";
import type { ResultsWindow } from "#app/data/visits/exposures.server.ts";
import { toSqlList } from "#app/data/columns.ts";

/** Carts live so long: who was exposed to an offer shortly before the window may buy because of it within. */
export const LEAD_DAYS = 30;
/** One in so many who were touched by an offer may have been so elsewhere than where it is expected. */
export const MOST_ELSEWHERE_RATIO = 0.01;
/** A page and the offer on it are told as separate events. */
export const SAME_PAGE = "interval '1 minute'";
/** Shopify tells an order's instant in whole seconds, the pixel a page's in thousandths: which came first is not known. */
export const SAME_SECOND = "interval '999 milliseconds'";

/**
 * When each visitor first came to each bundle while it was offered: to the page of one of its products, or of what stands
 * in for one today, or put one into the cart from elsewhere. `exposable_at` is the first of these. `viewed_at` is the first page
 * within the window that shows the offer, which may be its first product's alone; null without one. Both are a second
 * early, so that an order of the same second is one after it. All of it happens before an offer is seen, and so to both
 * arms alike.
 * $1 shop, $2 from, $3 to. From each decision that leads to an offer, not before its first day, to the next that may end
 * it; edits end none. A first day after that is of a later life of the bundle. `OFFSET 0` has the views read once: PostgreSQL
 * takes decisions for fewer than they are, and beside a hundred million views of others read all of the shop's for each.
 */
const FIND_EXPOSURES = `
  INSERT INTO exposure ("bundleId", "visitorKey", exposable_at, viewed_at)
  WITH decided AS (
    SELECT "bundleId", "decidedAt" AS since, detail->>'to' AS state,
      lead("decidedAt", 1, 'infinity') OVER (PARTITION BY "bundleId" ORDER BY "decidedAt", id) AS until
    FROM "Decision" WHERE shop = $1 AND action <> 'edit'
  ), sold AS (
    SELECT c."bundleId", c."productGid", b."startsAt", b.placement <> 'first' OR c.position = 0 AS is_shown
    FROM "BundleComponent" c JOIN "Bundle" b ON b.shop = c.shop AND b.id = c."bundleId"
    JOIN shown ON shown."bundleId" = b.id
    WHERE c.shop = $1
    UNION
    SELECT b.id, v."productGid", b."startsAt", false
    FROM shown JOIN "Bundle" b ON b.id = shown."bundleId",
      jsonb_to_recordset(b."standIns") AS s("variantGid" text)
    JOIN "Variant" v ON v.shop = $1 AND v."variantGid" = s."variantGid"
    WHERE b.shop = $1
  )
  SELECT s."bundleId", e."visitorKey", min(e."occurredAt") - ${SAME_SECOND},
    min(e."occurredAt") FILTER (WHERE s.is_shown AND e.kind = 'product_viewed' AND e."occurredAt" >= $2::timestamp(3))
      - ${SAME_SECOND}
  FROM sold s JOIN decided d ON d."bundleId" = s."bundleId" AND d.state IN (${toSqlList(LIVE_STATUSES)})
  JOIN (
    SELECT "visitorKey", "productGid", kind, "occurredAt" FROM "BrowseEvent"
    WHERE shop = $1 AND kind IN ('product_viewed', 'product_added_to_cart')
      AND "occurredAt" >= $2::timestamp(3) - interval '${LEAD_DAYS} days' AND "occurredAt" < $3::timestamp(3)
    OFFSET 0
  ) e ON e."productGid" = s."productGid" AND e."occurredAt" < d.until AND e."occurredAt" >=
    CASE WHEN s."startsAt" < d.until THEN greatest(d.since, s."startsAt") ELSE d.since END
  GROUP BY 1, 2`;

/** Treated visitors who saw, took or redeemed an offer, and those of them who had not come to a bundle by then. */
const COUNT_ELSEWHERE = `
  SELECT count(*)::float8 AS touched,
    (count(*) FILTER (WHERE r.at IS NULL OR first.at < r.at - ${SAME_PAGE}))::float8 AS elsewhere
  FROM (
    SELECT "visitorKey", min(at) AS at FROM (
      SELECT "visitorKey", "occurredAt" AS at FROM "BrowseEvent"
      WHERE shop = $1 AND kind IN ('offer_seen', 'offer_added')
        AND "occurredAt" >= $2::timestamp(3) AND "occurredAt" < $3::timestamp(3)
      UNION ALL
      SELECT o."visitorKey", c."convertedAt" FROM "Conversion" c
      JOIN "Order" o ON o.shop = c.shop AND o."orderGid" = c."orderGid"
      WHERE c.shop = $1 AND c."convertedAt" >= $2::timestamp(3) AND c."convertedAt" < $3::timestamp(3)
        AND o."visitorKey" IS NOT NULL
    ) touches
    GROUP BY 1
  ) first JOIN visitor v USING ("visitorKey") LEFT JOIN exposable r USING ("visitorKey")
  WHERE v.arm = 'treated'`;

/**
 * Fills two temporary tables of the transaction, beside `visitor` and `shown` which are there: `exposure` as above, and
 * `exposable` with the instant from which on offers can have changed what a visitor buys. Where more than one in a hundred
 * of those touched by an offer were exposed to it elsewhere first, as a theme that shows offers in lists makes it, nobody's luck can
 * be told apart and everybody is exposable from the beginning; so it is while no bundle was offered.
 */
export async function findExposures(
  client: PoolClient,
  { shop, from, to }: ResultsWindow,
): Promise<{ isEverybodyExposable: boolean }> {
  const window = [shop, from.toISOString(), to.toISOString()];
  await client.query(
    `CREATE TEMP TABLE exposure ("bundleId" text, "visitorKey" text, exposable_at timestamp(3), viewed_at timestamp(3))
     ON COMMIT DROP`,
  );
  await client.query(`CREATE TEMP TABLE exposable ("visitorKey" text, at timestamp(3)) ON COMMIT DROP`);
  const { rowCount } = await client.query(FIND_EXPOSURES, window);
  await client.query("ANALYZE exposure");
  await client.query(`INSERT INTO exposable SELECT "visitorKey", min(exposable_at) FROM exposure GROUP BY 1`);
  await client.query("ANALYZE exposable");
  const { rows } = await client.query<{ touched: number; elsewhere: number }>(COUNT_ELSEWHERE, window);
  const { touched, elsewhere } = rows[0]!;
  const isEverybodyExposable = rowCount === 0 || elsewhere > MOST_ELSEWHERE_RATIO * touched;
  if (isEverybodyExposable) {
    await client.query("TRUNCATE exposable");
    await client.query(`INSERT INTO exposable SELECT "visitorKey", '-infinity' FROM visitor`);
    await client.query("ANALYZE exposable");
  }
  return { isEverybodyExposable };
}

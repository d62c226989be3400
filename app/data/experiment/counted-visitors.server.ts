import type { Pool, PoolClient } from "pg";
import { LIVE_STATUSES, SHOWN_STATUSES } from "#app/domain/bundle-status.ts";
import {
  findForeignHours,
  type CountedHour,
  type DrawnDay,
} from "#app/domain/evaluate/proof/sample-ratio.ts";
import type { LeftOutHours } from "#app/domain/publish/rollouts.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { toSqlList } from "#app/data/columns.ts";
import { inTransaction } from "#app/data/db.server.ts";

export interface ResultsWindow {
  readonly shop: string;
  /** First instant that counts. */
  readonly from: Date;
  /** First instant that no longer counts. */
  readonly to: Date;
}

export interface VisitorRules {
  /** Intended holdout share on a day of the window, from 0; 0 to 1, 0 on a day that changes it. */
  readonly holdoutRatioOf: (day: number) => number;
  /** Hours that no figure counts; see `toLeftOutHours`. */
  readonly leftOut: readonly LeftOutHours[];
}

/** A visitor with more page views a day, averaged over its days, is a bot, whatever its user agent says. */
const PAGE_VIEWS_A_DAY = 300;

/**
 * Visitors with a page view after an arm was drawn, with the arm and the instant of the first view. The first arm
 * counts if there are two. Carts, checkouts and orders do not make a visitor: offers change who gets that far, and
 * selection by the outcome would bias the comparison. Bots are left out of both arms alike. $1 shop, $2 from, $3 to.
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
 * Deletes from the temporary table the visitors who first came in the given hours. Notes the hours in the temporary
 * table `left_out`, so that none of their orders counts.
 *
 * @returns number of visitors per stretch of hours
 */
async function leaveStretchesOut(client: PoolClient, leftOut: VisitorRules["leftOut"]): Promise<number[]> {
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

/** Visitors by the hour of their first view, counted from $1. */
const COUNT_HOURS = `
  SELECT floor(extract(epoch FROM v.at - $1::timestamp(3)) / 3600)::int AS hour,
    (count(*) FILTER (WHERE v.arm = 'treated'))::int AS treated, (count(*) FILTER (WHERE v.arm = 'holdout'))::int AS holdout
  FROM visitor v GROUP BY 1 ORDER BY 1`;

/**
 * Deletes from the temporary table the visitors of hours that others than the shop's own draw filled.
 *
 * @returns number of visitors deleted
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
 * Fills the temporary table `visitor` with the visitors of a window who count.
 *
 * @returns number of visitors left out by `findForeignHours`, and with each stretch that the caller names
 */
async function findVisitors(
  client: PoolClient,
  window: ResultsWindow,
  { leftOut, holdoutRatioOf }: VisitorRules,
): Promise<{ leftOutVisitors: number; stretchVisitors: number[] }> {
  await client.query(
    `CREATE TEMP TABLE visitor ("visitorKey" text, at timestamp(3), arm text) ON COMMIT DROP`,
  );
  await client.query(FIND_VISITORS, toBounds(window));
  const stretchVisitors = await leaveStretchesOut(client, leftOut);
  await client.query("ANALYZE visitor");
  return { leftOutVisitors: await leaveHoursOut(client, window, holdoutRatioOf), stretchVisitors };
}

/**
 * Fills the temporary table `shown` with the bundles that a shopper could have been exposed to. They include one taken
 * off the storefront since the window began, and one seen or redeemed in the window that is sold out or waits for its
 * next season. Only these need a look at the window's many events. $1 shop, $2 from, $3 to.
 */
const FIND_SHOWN = `
  INSERT INTO shown ("bundleId")
  SELECT b.id FROM "Bundle" b
  WHERE b.shop = $1 AND (b.status IN (${toSqlList(SHOWN_STATUSES)}) OR (
    EXISTS (SELECT FROM "Decision" d WHERE d.shop = $1 AND d."bundleId" = b.id AND d.action = 'approve')
    AND (EXISTS (SELECT FROM "Decision" d WHERE d.shop = $1 AND d."bundleId" = b.id AND d."decidedAt" >= $2::timestamp(3)
      AND (d.action = 'retire' OR d.detail->>'from' IN (${toSqlList(SHOWN_STATUSES)})))
    OR b.id IN (
      SELECT c."bundleId" FROM "Conversion" c WHERE c.shop = $1
        AND c."convertedAt" >= $2::timestamp(3) AND c."convertedAt" < $3::timestamp(3)
      UNION ALL
      SELECT e."bundleId" FROM "BrowseEvent" e WHERE e.shop = $1 AND e.kind = 'offer_seen'
        AND e."occurredAt" >= $2::timestamp(3) AND e."occurredAt" < $3::timestamp(3)))))`;

/** Carts live this long, so an offer seen shortly before the window can cause an order within it. */
export const LEAD_DAYS = 30;
/** Share of visitors touched by an offer who may have met it outside the expected pages. */
export const MOST_ELSEWHERE_RATIO = 0.01;
/** A page view and the offer on it are separate events. */
export const SAME_PAGE = "interval '1 minute'";
/** Shopify reports orders in whole seconds, the pixel pages in milliseconds: within a second the order is unknown. */
export const SAME_SECOND = "interval '999 milliseconds'";

/**
 * The first contact of each visitor with each bundle while it was offered. `exposable_at` is the first view of a page
 * of one of its products or of today's stand-ins, or the first time that one went into the cart from elsewhere.
 * `viewed_at` is the first view within the window of a page that shows the offer, by its placement; null without one.
 * Both are set a second early, so that an order of the same second comes after. All of this precedes the view of the
 * offer and so happens to both arms alike. $1 shop, $2 from, $3 to.
 *
 * A bundle is offered from each decision that leads to an offer, or from its first day if that is later, to the next
 * decision that can end it. Edits end none. A first day after that belongs to a later life of the bundle.
 *
 * `OFFSET 0` makes PostgreSQL read the views once. It underestimates the number of decisions and would read all views
 * of the shop for each of them in a table of a hundred million views.
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

/** Treated visitors who saw, added or bought an offer, and those of them who had not come to a bundle by then. */
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
 * Fills the temporary table `exposure`, and `exposable` with the instant from which offers can have changed the
 * purchases of a visitor. Needs `visitor` and `shown`. If more than `MOST_ELSEWHERE_RATIO` of the visitors touched by
 * an offer met it elsewhere first, as in a theme that shows offers in lists, no first exposure is known. Then, and
 * while no bundle was offered, everybody is exposable from the start.
 */
async function findExposures(
  client: PoolClient,
  bounds: readonly string[],
): Promise<{ isEverybodyExposable: boolean }> {
  await client.query(
    `CREATE TEMP TABLE exposure ("bundleId" text, "visitorKey" text, exposable_at timestamp(3), viewed_at timestamp(3))
     ON COMMIT DROP`,
  );
  await client.query(`CREATE TEMP TABLE exposable ("visitorKey" text, at timestamp(3)) ON COMMIT DROP`);
  const { rowCount } = await client.query(FIND_EXPOSURES, [...bounds]);
  await client.query("ANALYZE exposure");
  await client.query(`INSERT INTO exposable SELECT "visitorKey", min(exposable_at) FROM exposure GROUP BY 1`);
  await client.query("ANALYZE exposable");
  const { rows } = await client.query<{ touched: number; elsewhere: number }>(COUNT_ELSEWHERE, [...bounds]);
  const { touched, elsewhere } = rows[0]!;
  const isEverybodyExposable = rowCount === 0 || elsewhere > MOST_ELSEWHERE_RATIO * touched;
  if (isEverybodyExposable) {
    await client.query("TRUNCATE exposable");
    await client.query(`INSERT INTO exposable SELECT "visitorKey", '-infinity' FROM visitor`);
    await client.query("ANALYZE exposable");
  }
  return { isEverybodyExposable };
}

/** $1 shop, $2 from, $3 to. */
export function toBounds({ shop, from, to }: ResultsWindow): [shop: string, from: string, to: string] {
  return [shop, from.toISOString(), to.toISOString()];
}

export interface CountedVisitors {
  /** False if offers are seen so widely that no purchase is known to precede them. */
  readonly isReachKnown: boolean;
  /** Visitors left out by `findForeignHours`. */
  readonly leftOutVisitors: number;
  /** Visitors left out with each stretch of hours that the caller names. */
  readonly stretchVisitors: readonly number[];
}

/**
 * Finds the visitors who count in a window, the bundles visible in it and the exposures. Fills the temporary tables
 * `visitor`, `left_out`, `shown`, `exposure` and `exposable` of the transaction.
 */
export async function findCountedVisitors(
  client: PoolClient,
  window: ResultsWindow,
  rules: VisitorRules,
): Promise<CountedVisitors> {
  // With the default of 4 MB, PostgreSQL would sort millions of visitors on disk.
  await client.query(`SET LOCAL work_mem = '64MB'`);
  const left = await findVisitors(client, window, rules);
  await client.query(`CREATE TEMP TABLE shown ("bundleId" text) ON COMMIT DROP`);
  await client.query(FIND_SHOWN, toBounds(window));
  await client.query("ANALYZE shown");
  const { isEverybodyExposable } = await findExposures(client, toBounds(window));
  return { isReachKnown: !isEverybodyExposable, ...left };
}

/** Day of the window, from 0, on which visitor v was first seen; `from` is the parameter with the window's start. */
export const dayOf = (from: string) =>
  `floor(extract(epoch FROM v.at - ${from}::timestamp(3))::float8 / ${DAY_MS / 1000})::int`;

const COUNT_DRAWN = `
  SELECT ${dayOf("$1")} AS day,
    (count(*) FILTER (WHERE v.arm = 'treated'))::int AS treated,
    (count(*) FILTER (WHERE v.arm = 'holdout'))::int AS holdout,
    (count(r.at) FILTER (WHERE v.arm = 'treated'))::int AS "exposableTreated",
    (count(r.at) FILTER (WHERE v.arm = 'holdout'))::int AS "exposableHoldout"
  FROM visitor v LEFT JOIN exposable r USING ("visitorKey")
  GROUP BY 1 ORDER BY 1`;

/** Sizes of the arms by the day of the first page view, and how many visitors in them could have been exposed. */
export async function countDrawn(
  pool: Pool,
  window: ResultsWindow,
  rules: VisitorRules,
): Promise<DrawnDay[]> {
  return inTransaction(pool, async (client) => {
    await findCountedVisitors(client, window, rules);
    const { rows } = await client.query<DrawnDay>(COUNT_DRAWN, [window.from.toISOString()]);
    return rows;
  });
}

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

/** A stretch of one shop's time of which something is counted. */
export interface ResultsWindow {
  readonly shop: string;
  /** First instant that counts. */
  readonly from: Date;
  /** First instant that does not count any more. */
  readonly to: Date;
}

/** Which visitors count. */
export interface VisitorRules {
  /** Share that was meant to be held out on a day of the window, from 0; 0 to 1, 0 where that says nothing. */
  readonly holdoutRatioOf: (day: number) => number;
  /** What no figure counts of; see `toLeftOutHours`. */
  readonly leftOut: readonly LeftOutHours[];
}

/** Whoever looks at more pages on a day is a program, whatever it calls itself. */
const PAGE_VIEWS_A_DAY = 300;

/**
 * Who viewed a page after an arm was drawn, with the arm and the instant of the first view. Carts, checkouts and
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
 * Fills the temporary table `shown` with the bundles that a shopper could have been exposed to: also one that is off
 * the storefront while it is sold out, or that was rejected, ended or proposed anew since, if it was seen in the window.
 * The window's many events are looked through only where there is such a one. $1 shop, $2 from, $3 to.
 */
const FIND_SHOWN = `
  INSERT INTO shown ("bundleId")
  SELECT b.id FROM "Bundle" b
  WHERE b.shop = $1 AND (b.status IN (${toSqlList(SHOWN_STATUSES)}) OR (
    EXISTS (SELECT FROM "Decision" d WHERE d.shop = $1 AND d."bundleId" = b.id AND d.action = 'approve')
    AND b.id IN (
      SELECT e."bundleId" FROM "BrowseEvent" e WHERE e.shop = $1 AND e.kind = 'offer_seen'
        AND e."occurredAt" >= $2::timestamp(3) AND e."occurredAt" < $3::timestamp(3))))`;

/** Carts live so long: who was exposed to an offer shortly before the window may buy because of it within. */
export const LEAD_DAYS = 30;
/** One in so many who were touched by an offer may have been so elsewhere than where it is expected. */
export const MOST_ELSEWHERE_RATIO = 0.01;
/** A page and the offer on it are told as separate events. */
export const SAME_PAGE = "interval '1 minute'";
/** Shopify tells an order's instant in whole seconds, the pixel a page's in thousandths: which came first is not known. */
export const SAME_SECOND = "interval '999 milliseconds'";

/**
 * When each visitor first came to each bundle while it was offered: to the page of one of its products, or of what
 * stands in for one today, or put one into the cart from elsewhere. `exposable_at` is the first of these. `viewed_at`
 * is the first page within the window that shows the offer, which may be its first product's alone; null without one.
 * Both are a second early, so that an order of the same second is one after it. All of it happens before an offer is
 * seen, and so to both arms alike. $1 shop, $2 from, $3 to. From each decision that leads to an offer, not before its
 * first day, to the next that may end it; edits end none. A first day after that is of a later life of the bundle.
 * `OFFSET 0` has the views read once: PostgreSQL takes decisions for fewer than they are, and beside a hundred million
 * views of others read all of the shop's for each.
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
 * `exposable` with the instant from which on offers can have changed what a visitor buys. Where more than one in a
 * hundred of those touched by an offer were exposed to it elsewhere first, as a theme that shows offers in lists makes
 * it, nobody's luck can be told apart and everybody is exposable from the beginning; so it is while no bundle was
 * offered.
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

/** The visitors of a window who count. */
export interface CountedVisitors {
  /** False where offers can be seen so widely that no purchase is known to lie before them. */
  readonly isReachKnown: boolean;
  /** Visitors of hours that are left out; see `findForeignHours`. */
  readonly leftOutVisitors: number;
  /** Visitors of each stretch of hours that the caller had left out. */
  readonly stretchVisitors: readonly number[];
}

/**
 * Finds who counts in a window, the bundles that could be seen in it and who was exposed to them, into the temporary tables
 * `visitor`, `left_out`, `shown`, `exposure` and `exposable` of the transaction.
 */
export async function findCountedVisitors(
  client: PoolClient,
  window: ResultsWindow,
  rules: VisitorRules,
): Promise<CountedVisitors> {
  // The usual 4 MB would sort millions of visitors on disk.
  await client.query(`SET LOCAL work_mem = '64MB'`);
  const left = await findVisitors(client, window, rules);
  await client.query(`CREATE TEMP TABLE shown ("bundleId" text) ON COMMIT DROP`);
  await client.query(FIND_SHOWN, toBounds(window));
  await client.query("ANALYZE shown");
  const { isEverybodyExposable } = await findExposures(client, toBounds(window));
  return { isReachKnown: !isEverybodyExposable, ...left };
}

/** The day of a window on which the visitor v was first seen, from 0, by the parameter that holds the window's beginning. */
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

/** The sizes of the arms by the day of a visitor's first page view, and of who in them could have been exposed to an offer. */
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

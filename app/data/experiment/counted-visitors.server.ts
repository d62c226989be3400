import type { PoolClient } from "pg";
import type { ResultsWindow } from "#app/data/visits/exposures.server.ts";
import { findForeignHours, type CountedHour } from "#app/domain/evaluate/proof/foreign-hours.ts";
import type { CountingRules } from "./counted-sales.ts";

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

import type { Pool } from "pg";
import { CAP_QUANTILE } from "#app/domain/evaluate/revenue-cap.ts";
import type { ExpectedTraffic } from "#app/domain/evaluate/time-to-answer.ts";

const TRAFFIC = `
  WITH span AS (
    SELECT $2::timestamp(3) AS until, $2::timestamp(3) - make_interval(days => $3) AS since
  ), seen AS (
    SELECT count(DISTINCT "visitorKey")::float8 AS visitors, min("occurredAt") AS since
    FROM "BrowseEvent"
    WHERE shop = $1 AND kind = 'page_viewed'
      AND "occurredAt" >= (SELECT since FROM span) AND "occurredAt" < (SELECT until FROM span)
  ), counted AS (
    SELECT "totalMinor"::float8 AS minor FROM "Order"
    WHERE shop = $1 AND "placedAt" >= (SELECT since FROM seen) AND "placedAt" < (SELECT until FROM span)
      AND NOT "isTest" AND "cancelledAt" IS NULL
  ), cap AS (
    SELECT percentile_disc(${CAP_QUANTILE}) WITHIN GROUP (ORDER BY minor) AS minor FROM counted
  )
  SELECT seen.visitors, extract(epoch FROM span.until - seen.since)::float8 / 86400 AS days,
    sum(least(counted.minor, cap.minor)) AS sum, sum(least(counted.minor, cap.minor) ^ 2) AS squares
  FROM seen, span, cap, counted GROUP BY 1, 2`;

/**
 * Visitors a day and what a visitor spends, capped as in the primary metric, since the pixel was first heard in the days
 * before an instant. Each order counts as one visitor's, whether or not it is known whose.
 *
 * @returns null when there was no visitor or no order
 * Known weakness: visitors who refuse analytics buy but are not counted, which flatters what a visitor spends.
 */
export async function readExpectedTraffic(
  pool: Pool,
  { shop, now, days }: { shop: string; now: Date; days: number },
): Promise<Omit<ExpectedTraffic, "holdoutRatio"> | null> {
  const { rows } = await pool.query<Record<"visitors" | "days" | "sum" | "squares", number>>(TRAFFIC, [
    shop,
    now.toISOString(),
    days,
  ]);
  const [found] = rows;
  if (!found || !(found.sum > 0)) return null;
  const meanMinor = found.sum / found.visitors;
  return {
    // Less than a day of visitors is taken for a whole day's.
    visitorsADay: found.visitors / Math.max(1, found.days),
    meanMinor,
    deviationMinor: Math.sqrt(Math.max(0, found.squares / found.visitors - meanMinor ** 2)),
  };
}

import type { Pool } from "pg";
import { EACH_ORDER_ONCE, IN_OWN_CURRENCY } from "#app/data/columns.ts";
import type { OfferCounts } from "#app/domain/propose/evidence/explain-offer.ts";
import type { ResultsWindow } from "#app/data/experiment/counted-visitors.server.ts";
import { MOST_UNITS } from "#app/domain/prepare/baskets.ts";

/** How often orders of a window hold some products. */
export type TogetherCounts = OfferCounts & {
  /** The first order of the window. */
  readonly firstAt: Date | null;
  /** For each product the orders that hold any units of it. */
  readonly soldEach: readonly number[];
};

type Tally = Readonly<Record<string, number>> | null;

/** Lines l to learn from: no gift card, and not refunded in full. */
export const LEARNED_FROM = `NOT l."isGiftCard" AND l."refundedQuantity" < l."quantity"`;

/**
 * Counts the orders that hold some products, by the lines to learn from, without cancelled and test orders.
 *
 * @param variantGids for each product the variants that count
 * @param quantities for each product the units that an order must hold; one by default
 * @param least number of different products, and of units, that count as held together
 * @param spendMinor if money counts, the amount to spend, minor units: a unit is this amount divided by `least.units`
 */
export async function countTogether(
  pool: Pool,
  {
    shop,
    variantGids,
    quantities = [],
    from,
    to,
    least,
    spendMinor,
  }: ResultsWindow & {
    readonly variantGids: readonly (readonly string[])[];
    readonly quantities?: readonly number[];
    readonly least: { readonly parts: number; readonly units: number };
    readonly spendMinor: number | null;
  },
): Promise<TogetherCounts> {
  const wanted = variantGids.flatMap((gids, part) => gids.map((gid) => [gid, part] as const));
  const { rows } = await pool.query<
    Pick<TogetherCounts, "orders" | "ofAny" | "ofParts" | "ofUnits" | "firstAt"> &
      Readonly<Record<"each" | "sold" | "lacking" | "units" | "unitsOfEach", Tally>>
  >(
    `WITH valid AS (
       SELECT "orderGid", "placedAt" FROM "Order" o
       WHERE "shop" = $1 AND "placedAt" >= $4::timestamp(3) AND "placedAt" < $7::timestamp(3) AND "cancelledAt" IS NULL AND NOT "isTest"
         AND ${EACH_ORDER_ONCE} AND ${IN_OWN_CURRENCY}
     ), held AS (
       SELECT l."orderGid", wanted.part, SUM(l."quantity" * CASE WHEN $9::bigint IS NULL THEN 1 ELSE l."unitPriceMinor" * $6::int END) AS units,
         SUM(l."quantity") >= MIN(wanted.quantity) AS "isWhole" FROM "OrderLine" l
       JOIN unnest($2::text[], $3::int[], $10::int[]) AS wanted(gid, part, quantity) ON l."variantGid" = wanted.gid
       JOIN valid v ON v."orderGid" = l."orderGid"
       WHERE l."shop" = $1 AND ${LEARNED_FROM} GROUP BY l."orderGid", wanted.part
     ), per_order AS (
       SELECT COUNT(*) FILTER (WHERE "isWhole") AS parts, COALESCE(SUM(part) FILTER (WHERE "isWhole"), 0) AS numbers,
         GREATEST(SIGN(SUM(units)), FLOOR(SUM(units) / COALESCE($9::bigint, 1))) AS units FROM held GROUP BY "orderGid"
     )
     SELECT (SELECT COUNT(*)::int FROM valid) AS orders,
       (SELECT MIN("placedAt") FROM valid) AS "firstAt",
       (SELECT jsonb_object_agg(part, n) FROM (
         SELECT $8::int * ($8::int - 1) / 2 - numbers AS part, COUNT(*)::int AS n FROM per_order
         WHERE parts = $8::int - 1 GROUP BY 1) l) AS lacking,
       (SELECT jsonb_object_agg(taken, n) FROM (
         SELECT LEAST(units, ${MOST_UNITS}) AS taken, COUNT(*)::int AS n FROM per_order WHERE units > 0 GROUP BY 1) u) AS units,
       (SELECT jsonb_object_agg(taken, n) FROM (
         SELECT LEAST(units, ${MOST_UNITS}) AS taken, COUNT(*)::int AS n FROM held WHERE units > 0 GROUP BY 1) h) AS "unitsOfEach",
       (SELECT jsonb_object_agg(part, n) FROM (SELECT part, COUNT(*)::int AS n FROM held WHERE "isWhole" GROUP BY part) e) AS each,
       (SELECT jsonb_object_agg(part, n) FROM (SELECT part, COUNT(*)::int AS n FROM held GROUP BY part) s) AS sold,
       COUNT(*)::int AS "ofAny",
       COUNT(*) FILTER (WHERE parts >= $5)::int AS "ofParts",
       COUNT(*) FILTER (WHERE units >= $6)::int AS "ofUnits"
     FROM per_order`,
    [
      shop,
      wanted.map(([gid]) => gid),
      wanted.map(([, part]) => part),
      from.toISOString(),
      least.parts,
      least.units,
      to.toISOString(),
      variantGids.length,
      spendMinor,
      wanted.map(([, part]) => quantities[part] ?? 1),
    ],
  );
  const { each, sold, lacking, units, unitsOfEach, ...counts } = rows[0]!;
  const ofProducts = (tally: Tally) => variantGids.map((_, part) => tally?.[part] ?? 0);
  const ofUnits = (tally: Tally) => Array.from({ length: MOST_UNITS + 1 }, (_, taken) => tally?.[taken] ?? 0);
  return {
    ...counts,
    ofEach: ofProducts(each),
    soldEach: ofProducts(sold),
    without: ofProducts(lacking),
    byUnits: ofUnits(units),
    byUnitsOfEach: ofUnits(unitsOfEach),
  };
}

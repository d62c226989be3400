import type { Pool } from "pg";

/** How often orders hold some products. */
export interface TogetherCounts {
  /** All orders. */
  readonly orders: number;
  /** Of each product the orders that hold it, in the order asked for. */
  readonly ofEach: readonly number[];
  /** Orders that hold at least one of them. */
  readonly ofAny: number;
  /** Orders that hold at least so many different ones as asked for, and at least so many units of them. */
  readonly ofParts: number;
  readonly ofUnits: number;
}

/**
 * Counts the orders that hold some products, without cancelled and test orders.
 *
 * @param variantGids of each product those that count
 * @param from orders placed before it are not counted
 * @param least different products and units of them to ask for
 */
export async function countTogether(
  pool: Pool,
  {
    shop,
    variantGids,
    from,
    least,
  }: {
    readonly shop: string;
    readonly variantGids: readonly (readonly string[])[];
    readonly from: Date;
    readonly least: { readonly parts: number; readonly units: number };
  },
): Promise<TogetherCounts> {
  const wanted = variantGids.flatMap((gids, part) => gids.map((gid) => [gid, part] as const));
  const { rows } = await pool.query<Omit<TogetherCounts, "ofEach"> & { each: Record<string, number> | null }>(
    `WITH valid AS (
       SELECT "orderGid" FROM "Order"
       WHERE "shop" = $1 AND "placedAt" >= $4::timestamp(3) AND "cancelledAt" IS NULL AND NOT "isTest"
     ), held AS (
       SELECT l."orderGid", wanted.part, SUM(l."quantity") AS units FROM "OrderLine" l
       JOIN unnest($2::text[], $3::int[]) AS wanted(gid, part) ON l."variantGid" = wanted.gid
       JOIN valid v ON v."orderGid" = l."orderGid"
       WHERE l."shop" = $1 GROUP BY l."orderGid", wanted.part
     ), per_order AS (
       SELECT COUNT(*) AS parts, SUM(units) AS units FROM held GROUP BY "orderGid"
     )
     SELECT (SELECT COUNT(*)::int FROM valid) AS orders,
       (SELECT jsonb_object_agg(part, n) FROM (SELECT part, COUNT(*)::int AS n FROM held GROUP BY part) e) AS each,
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
    ],
  );
  const { each, ...counts } = rows[0]!;
  return { ...counts, ofEach: variantGids.map((_, part) => each?.[part] ?? 0) };
}

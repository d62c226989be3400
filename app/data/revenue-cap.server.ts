import type { Pool } from "pg";
import { CAP_QUANTILE, capOf } from "#app/domain/evaluate/revenue-cap.ts";

/** The cap of the primary metric from what orders were worth in the half year before an instant; null with too few. */
export async function findRevenueCap(
  pool: Pool,
  { shop, before }: { shop: string; before: Date },
): Promise<number | null> {
  const { rows } = await pool.query<{ orders: number; quantile: number | null }>(
    `SELECT count(*)::int AS orders,
       percentile_disc(${CAP_QUANTILE}) WITHIN GROUP (ORDER BY "totalMinor") AS quantile
     FROM "Order"
     WHERE shop = $1 AND "placedAt" < $2::timestamp(3) AND "placedAt" >= $2::timestamp(3) - interval '180 days'
       AND NOT "isTest" AND "cancelledAt" IS NULL AND "totalMinor" > 0`,
    [shop, before.toISOString()],
  );
  const { orders = 0, quantile = null } = rows[0] ?? {};
  return capOf({ earlierOrders: orders, quantileMinor: quantile });
}

import type { Pool } from "pg";
import { REFUND_REASONS, type RefundReason } from "#app/domain/collect/refund-reason.ts";
import type { ResultsWindow } from "#app/data/experiment/counted-visitors.server.ts";

/** Orders of one kind in a window, and the refunded ones by the reason of the first refund. */
export interface RefundedOrders {
  readonly orders: number;
  readonly byReason: Readonly<Record<RefundReason, number>>;
}

/** Orders o of the window that count. $1 shop, $2 from, $3 to. */
const COUNTED = `o.shop = $1 AND o."placedAt" >= $2::timestamp(3) AND o."placedAt" < $3::timestamp(3)
  AND NOT o."isTest" AND o."cancelledAt" IS NULL`;

/** Counts all orders in an index; looks up only the few with a refund or a redeemed bundle. */
const COUNT_REASONS = `
  WITH redeemed AS (
    SELECT DISTINCT c."orderGid" FROM "Conversion" c JOIN "Order" o ON o."orderGid" = c."orderGid" AND ${COUNTED}
    WHERE c.shop = $1 AND c."convertedAt" >= $2::timestamp(3) AND c."convertedAt" < $3::timestamp(3)
  ), refunded AS (
    SELECT DISTINCT ON (r."orderGid") r."orderGid", r.reason
    FROM "Refund" r JOIN "Order" o ON o."orderGid" = r."orderGid" AND ${COUNTED}
    WHERE r.shop = $1 AND r."refundedAt" >= $2::timestamp(3)
    ORDER BY r."orderGid", r.reason = 'unsaid', r."refundedAt", r."refundGid"
  )
  SELECT NULL AS "isBundle", NULL AS reason, count(*)::int AS orders FROM "Order" o WHERE ${COUNTED}
  UNION ALL
  SELECT true, NULL, count(*)::int FROM redeemed
  UNION ALL
  SELECT d."orderGid" IS NOT NULL, r.reason, count(*)::int
  FROM refunded r LEFT JOIN redeemed d USING ("orderGid") GROUP BY 1, 2`;

/**
 * Refunded orders of a window with and without a redeemed bundle. Leaves out test and cancelled orders, refunds of
 * unknown orders, and refunds that Shopify dates before the window in which their order was placed.
 */
export async function countRefundReasons(
  pool: Pool,
  { shop, from, to }: ResultsWindow,
): Promise<{ withBundle: RefundedOrders; without: RefundedOrders }> {
  const { rows } = await pool.query<{ isBundle: boolean | null; reason: string | null; orders: number }>(
    COUNT_REASONS,
    [shop, from.toISOString(), to.toISOString()],
  );
  const count = (isBundle: boolean | null, reason: string | null) =>
    rows.find((row) => row.isBundle === isBundle && row.reason === reason)?.orders ?? 0;
  const toRefunded = (isBundle: boolean, orders: number): RefundedOrders => ({
    orders,
    byReason: Object.fromEntries(REFUND_REASONS.map((reason) => [reason, count(isBundle, reason)])) as Record<
      RefundReason,
      number
    >,
  });
  const bundleOrders = count(true, null);
  return {
    withBundle: toRefunded(true, bundleOrders),
    without: toRefunded(false, count(null, null) - bundleOrders),
  };
}

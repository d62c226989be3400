import type { Pool } from "pg";
import { REFUND_REASONS, type RefundReason } from "#app/domain/collect/refund-reason.ts";
import type { ResultsWindow } from "./exposures.server.ts";

/** Orders of a window of one kind, and those of them that were refunded, by the reason of the first refund. */
export interface RefundedOrders {
  readonly orders: number;
  readonly byReason: Readonly<Record<RefundReason, number>>;
}

/**
 * Refunded orders with a redeemed bundle and without one, by when they were placed. Test and cancelled orders are left
 * out. A refund whose order is not known is not counted.
 */
export async function countRefundReasons(
  pool: Pool,
  { shop, from, to }: ResultsWindow,
): Promise<{ withBundle: RefundedOrders; without: RefundedOrders }> {
  const { rows } = await pool.query<{ isBundle: boolean; reason: string | null; orders: number }>(
    `SELECT EXISTS (SELECT 1 FROM "Conversion" c WHERE c.shop = $1 AND c."orderGid" = o."orderGid") AS "isBundle",
       r.reason, count(*)::int AS orders
     FROM "Order" o LEFT JOIN LATERAL (
       SELECT reason FROM "Refund" r WHERE r.shop = $1 AND r."orderGid" = o."orderGid"
       ORDER BY r.reason = 'unsaid', r."refundedAt", r."refundGid" LIMIT 1
     ) r ON true
     WHERE o.shop = $1 AND o."placedAt" >= $2::timestamp(3) AND o."placedAt" < $3::timestamp(3)
       AND NOT o."isTest" AND o."cancelledAt" IS NULL
     GROUP BY 1, 2`,
    [shop, from.toISOString(), to.toISOString()],
  );
  const sum = (isBundle: boolean): RefundedOrders => {
    const own = rows.filter((row) => row.isBundle === isBundle);
    const total = (of: typeof rows) => of.reduce((all, { orders }) => all + orders, 0);
    const counts = REFUND_REASONS.map((reason) => [
      reason,
      total(own.filter((row) => row.reason === reason)),
    ]);
    return { orders: total(own), byReason: Object.fromEntries(counts) as Record<RefundReason, number> };
  };
  return { withBundle: sum(true), without: sum(false) };
}

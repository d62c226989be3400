/** A refund of an order, as far as it tells what was given back. */
export interface ToldRefund {
  readonly amountMinor: number;
  /** Empty where it tells a sum alone. */
  readonly lines: readonly { readonly lineGid: string; readonly quantity: number }[];
}

/**
 * Units of a line that the merchant took out by editing the order, so that it was never sold. Shopify counts them together
 * with refunded ones; those that refunds account for stay, since a refund is taken off the revenue as a sum and must not be
 * twice. Of a refund of money without lines, as the Admin API tells it, nobody knows the units: then all count as refunded.
 *
 * @param line `refundedQuantity` units were refunded or taken out
 * @param refunds those of the line's order
 */
export function countTakenOut(
  { lineGid, refundedQuantity }: { readonly lineGid: string | null; readonly refundedQuantity: number },
  refunds: readonly ToldRefund[],
): number {
  if (refunds.some(({ amountMinor, lines }) => amountMinor > 0 && lines.length === 0)) return 0;
  const refunded = refunds
    .flatMap(({ lines }) => lines)
    .reduce((sum, line) => (line.lineGid === lineGid ? sum + line.quantity : sum), 0);
  return Math.max(0, refundedQuantity - refunded);
}

/** Fewer earlier orders do not tell where the hundredth largest lies. */
const LEAST_EARLIER_ORDERS = 100;
/** What no visitor's revenue counts above: this quantile of what an order was worth before the measuring began. */
export const CAP_QUANTILE = 0.99;

/**
 * The cap of the primary metric, winsorising: a few very large orders would otherwise decide which arm looks better.
 * It is fixed by orders from before the measuring, so that no outcome can move it.
 *
 * @param quantileMinor the `CAP_QUANTILE` of what the earlier orders were worth, minor units
 * @returns null, and nothing is capped, with fewer than 100 earlier orders
 * Known weakness: what the offers change in the largest hundredth of the orders is not seen by the primary metric; how
 *   much revenue lies above the cap is reported beside it, and the uncapped metric stands among the secondary ones.
 * @see Kohavi, Tang & Xu 2020, Trustworthy Online Controlled Experiments, ch. 22, on capping skewed metrics
 */
export function capOf({
  earlierOrders,
  quantileMinor,
}: {
  earlierOrders: number;
  quantileMinor: number | null;
}): number | null {
  return earlierOrders < LEAST_EARLIER_ORDERS ? null : quantileMinor;
}

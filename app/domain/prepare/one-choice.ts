/** Variants further apart in price are other goods to the shopper: the evidence of one says nothing of another. */
const MOST_PRICE_FACTOR = 1.25;
/** The storefront's picker lists no more; what a shopper cannot pick is not one choice either. */
const MOST_VARIANTS = 50;

/**
 * Whether the variants of a product are one thing to choose a size or a colour of: two to fifty, all within 1.25 times
 * the cheapest's price.
 *
 * @param pricesMinor of every variant of the product; one without a price is not comparable
 */
export function isOneChoice(pricesMinor: readonly (number | null)[]): boolean {
  if (pricesMinor.length < 2 || pricesMinor.length > MOST_VARIANTS) return false;
  const known = pricesMinor.map((priceMinor) => priceMinor ?? 0);
  const cheapest = Math.min(...known);
  return cheapest > 0 && Math.max(...known) <= cheapest * MOST_PRICE_FACTOR;
}

/** A line of an order on which our discount was given. */
export interface DiscountedLine {
  readonly variantGid: string;
  readonly quantity: number;
  /** Price of one unit before discounts, minor units. */
  readonly unitPriceMinor: number;
  /** All discounts on the line, ours included, minor units. */
  readonly discountMinor: number;
  /** Our part of it, minor units, above 0. */
  readonly bundleDiscountMinor: number;
}

/** A bundle that the order may have redeemed. */
export interface RedeemableBundle {
  readonly bundleId: string;
  /** Every discount that it has had, each 0 to 1: an order may be read long after the merchant edited the bundle. */
  readonly discountRatios: readonly number[];
  readonly components: readonly { readonly variantGid: string; readonly quantity: number }[];
}

/** One bundle redeemed by one order. */
export interface RedeemedBundle {
  readonly bundleId: string;
  /** How many times the order holds it. */
  readonly sets: number;
  /** What the shopper paid for the components, all discounts taken off, minor units. */
  readonly revenueMinor: number;
  /** What our discount took off, minor units. */
  readonly discountMinor: number;
}

/** A bundle explains a discount that is off its own by at most so much of the price: prices may be in another currency. */
const CLOSE_RATIO = 0.005;

/**
 * Which bundles an order redeemed, by the discount really given and never by what was merely bought together: only
 * lines that carry our discount count, a line serves one bundle, and a bundle needs every component among them.
 * Only bundles whose own discount explains the observed one are credited: within 0.5 % of the price, or, where prices
 * are so low that coins weigh more, within one minor unit a set, which the Function rounds down, and one a line, which
 * a conversion of currencies rounds. Of these the largest come first; a discount that none explains stays unexplained.
 *
 * @param lines lines with our discount; several of one variant are taken together
 * @returns at most one entry a bundle; Σ discountMinor ≤ Σ bundleDiscountMinor of the lines
 * @see the Function's rule in app/domain/publish/storefront-offer.ts. Where two bundles share all lines and their
 *   ratio, the larger one is credited: which of them the Function chose is not written on the order.
 */
export function attributeDiscounts(
  lines: readonly DiscountedLine[],
  bundles: readonly RedeemableBundle[],
): RedeemedBundle[] {
  const free = groupByVariant(lines);
  const candidates = bundles
    .map((bundle) => ({ bundle, miss: missOf(bundle, free) }))
    .filter(({ miss }) => miss <= 1)
    .sort(
      (a, b) =>
        b.bundle.components.length - a.bundle.components.length ||
        a.miss - b.miss ||
        (a.bundle.bundleId < b.bundle.bundleId ? -1 : 1),
    );
  const redeemed: RedeemedBundle[] = [];
  for (const { bundle } of candidates) {
    const ofBundle = bundle.components.map(({ variantGid }) => free.get(variantGid));
    if (ofBundle.some((line) => line === undefined)) continue;
    const sets = Math.min(
      ...bundle.components.map(({ quantity }, index) => Math.floor(ofBundle[index]!.quantity / quantity)),
    );
    if (sets < 1) continue;
    let revenueMinor = 0;
    let discountMinor = 0;
    bundle.components.forEach(({ variantGid, quantity }, index) => {
      const line = ofBundle[index]!;
      // The Function counts units, Shopify spreads the discount over the whole line: the set bears all of ours.
      const unitsPrice = line.unitPriceMinor * quantity * sets;
      const others = (line.discountMinor - line.bundleDiscountMinor) * ((quantity * sets) / line.quantity);
      discountMinor += line.bundleDiscountMinor;
      revenueMinor += unitsPrice - line.bundleDiscountMinor - others;
      free.delete(variantGid);
    });
    redeemed.push({
      bundleId: bundle.bundleId,
      sets,
      revenueMinor: Math.round(revenueMinor),
      discountMinor,
    });
  }
  return redeemed;
}

function groupByVariant(lines: readonly DiscountedLine[]): Map<string, DiscountedLine> {
  const grouped = new Map<string, DiscountedLine>();
  for (const line of lines) {
    const before = grouped.get(line.variantGid);
    grouped.set(
      line.variantGid,
      before
        ? {
            ...line,
            quantity: before.quantity + line.quantity,
            discountMinor: before.discountMinor + line.discountMinor,
            bundleDiscountMinor: before.bundleDiscountMinor + line.bundleDiscountMinor,
          }
        : line,
    );
  }
  return grouped;
}

/** How far the bundle's own discount is from the observed one, in tolerances; infinite if impossible. */
function missOf(
  { components, discountRatios }: RedeemableBundle,
  free: ReadonlyMap<string, DiscountedLine>,
): number {
  let sets = Infinity;
  let price = 0;
  let observed = 0;
  for (const { variantGid, quantity } of components) {
    const line = free.get(variantGid);
    if (!line) return Infinity;
    sets = Math.min(sets, Math.floor(line.quantity / quantity));
    price += line.unitPriceMinor * quantity;
    observed += line.bundleDiscountMinor;
  }
  if (sets < 1 || price <= 0) return Infinity;
  const total = price * sets;
  const tolerance = Math.max(total * CLOSE_RATIO, sets + components.length);
  return Math.min(...discountRatios.map((ratio) => Math.abs(observed - ratio * total))) / tolerance;
}

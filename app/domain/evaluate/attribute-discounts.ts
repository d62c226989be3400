import {
  CLOSE_RATIO,
  type DiscountedLine,
  type RedeemedBundle,
  redeemOffers,
  type RedeemableOffer,
  sumDraws,
} from "./redeem-offers.ts";

/** A bundle that the order may have redeemed. */
export interface RedeemableBundle {
  readonly bundleId: string;
  /** Every discount that it has had, each 0 to 1: an order may be read long after the merchant edited the bundle. */
  readonly discountRatios: readonly number[];
  readonly components: readonly RedeemableComponent[];
  /** How many sets of an order it gave its discount to; absent where to all. */
  readonly mostSets?: number | undefined;
  /** Whether it had just this discount, limit and units when the order was placed. */
  readonly isInForce?: boolean | undefined;
}

export interface RedeemableComponent {
  readonly variantGid: string;
  readonly quantity: number;
  /** The product of which any variant counts; absent where only this one does. */
  readonly anyOfProductGid?: string | undefined;
}

/**
 * Which bundles an order redeemed, by the discount really given and never by what was merely bought together: only
 * lines that carry our discount count, a line serves one bundle, and a bundle needs every component among them.
 * Only bundles whose own discount explains the observed one are credited: within 0.5 % of the price, or, where prices
 * are so low that coins weigh more, within one minor unit a set, which the Function rounds down, and one a line, which
 * a conversion of currencies rounds. Of these the largest come first, those of the exact variants before those of
 * any, and what held when the order was placed before what held at another time: two sets at 10 % off are given as much
 * as one at 20 %. A discount that none explains stays unexplained. Of a component that any variant of a product fills,
 * the dearest units count first, as the Function draws them. The order explains the discount as it was placed; of the
 * sets those count that it still holds whole.
 *
 * @param lines all lines of an order; several of one variant are taken together
 * @param offers what is no share of a set's price explains the discounts that are left, by `redeemOffers`
 * @returns at most one entry for each of the bundles; Σ discountMinor ≤ Σ bundleDiscountMinor of the lines
 * @see `priceOffer` of app/domain/offer/price-offer.ts, the Function's rule. Where two bundles share all lines and their
 *   ratio, the larger one is credited: which of them the Function chose is not written on the order.
 */
export function attributeDiscounts(
  lines: readonly DiscountedLine[],
  bundles: readonly RedeemableBundle[],
  offers: readonly RedeemableOffer[] = [],
): RedeemedBundle[] {
  const free = groupByVariant(lines.filter(({ bundleDiscountMinor }) => bundleDiscountMinor > 0));
  const candidates = bundles
    .map((bundle) => ({ bundle, openCount: countOpen(bundle), miss: missOf(bundle, drawSets(bundle, free)) }))
    .filter(({ miss }) => miss <= 1)
    .sort(
      (a, b) =>
        b.bundle.components.length - a.bundle.components.length ||
        a.openCount - b.openCount ||
        Number(b.bundle.isInForce ?? false) - Number(a.bundle.isInForce ?? false) ||
        a.miss - b.miss ||
        (a.bundle.bundleId < b.bundle.bundleId ? -1 : 1),
    );
  const redeemed: RedeemedBundle[] = [];
  for (const { bundle } of candidates) {
    const drawn = drawSets(bundle, free);
    if (!drawn || missOf(bundle, drawn) > 1) continue;
    const { revenueMinor, discountMinor } = sumDraws(drawn.draws);
    for (const { line } of drawn.draws) free.delete(line.variantGid);
    const sets = countKeptSets(bundle, drawn);
    redeemed.push({
      bundleId: bundle.bundleId,
      sets,
      revenueMinor: Math.round((revenueMinor * sets) / drawn.sets),
      discountMinor: Math.round((discountMinor * sets) / drawn.sets),
    });
  }
  if (offers.length === 0 || free.size === 0) return redeemed;
  const unexplained = lines.filter((line) => line.bundleDiscountMinor === 0 || free.has(line.variantGid));
  return [...redeemed, ...redeemOffers(groupByVariant(unexplained), offers)];
}

interface DrawnSets {
  readonly sets: number;
  readonly draws: readonly {
    readonly line: DiscountedLine;
    readonly units: number;
    /** Of the component that they fill. */
    readonly position: number;
  }[];
}

/** As many sets of the bundle as the free lines hold and it allows, and the units that they take; null when not even one. */
function drawSets(
  { components, mostSets = Infinity }: RedeemableBundle,
  free: ReadonlyMap<string, DiscountedLine>,
): DrawnSets | null {
  const pools = components.map(({ variantGid, anyOfProductGid }) =>
    [...free.values()]
      .filter((line) =>
        anyOfProductGid === undefined ? line.variantGid === variantGid : line.productGid === anyOfProductGid,
      )
      .sort((a, b) => b.unitPriceMinor - a.unitPriceMinor),
  );
  const sets = Math.min(
    mostSets,
    ...components.map(({ quantity }, at) =>
      Math.floor(pools[at]!.reduce((sum, line) => sum + line.quantity, 0) / quantity),
    ),
  );
  if (sets < 1) return null;
  const draws = components.flatMap(({ quantity }, at) => {
    let rest = quantity * sets;
    return pools[at]!.flatMap((line) => {
      const units = Math.min(rest, line.quantity);
      rest -= units;
      return units > 0 ? [{ line, units, position: at }] : [];
    });
  });
  // No line serves two components of one bundle.
  return new Set(draws.map(({ line }) => line)).size === draws.length ? { sets, draws } : null;
}

/** Of the drawn sets those that are whole without what was removed from the order. */
function countKeptSets({ components }: RedeemableBundle, { sets, draws }: DrawnSets): number {
  const keptOf = (at: number) =>
    draws
      .filter(({ position }) => position === at)
      .reduce((sum, { line, units }) => sum + Math.min(units, line.quantity - line.removedQuantity), 0);
  return Math.min(sets, ...components.map(({ quantity }, at) => Math.floor(keptOf(at) / quantity)));
}

function countOpen({ components }: RedeemableBundle): number {
  return components.filter(({ anyOfProductGid }) => anyOfProductGid !== undefined).length;
}

/**
 * Lines by variant, at its lowest price, by which the Function counts all of its units; what was dearer on a line is less
 * of a discount there, so that what was paid stays.
 */
function groupByVariant(lines: readonly DiscountedLine[]): Map<string, DiscountedLine> {
  const grouped = new Map<string, DiscountedLine>();
  for (const line of lines) {
    const before = grouped.get(line.variantGid);
    grouped.set(line.variantGid, before ? joinLines(before, line) : line);
  }
  return grouped;
}

function joinLines(before: DiscountedLine, line: DiscountedLine): DiscountedLine {
  const unitPriceMinor = Math.min(before.unitPriceMinor, line.unitPriceMinor);
  const dearerMinor = [before, line].reduce(
    (sum, one) => sum + (one.unitPriceMinor - unitPriceMinor) * one.quantity,
    0,
  );
  return {
    ...line,
    unitPriceMinor,
    quantity: before.quantity + line.quantity,
    removedQuantity: before.removedQuantity + line.removedQuantity,
    refundedQuantity: before.refundedQuantity + line.refundedQuantity,
    discountMinor: before.discountMinor + line.discountMinor - dearerMinor,
    bundleDiscountMinor: before.bundleDiscountMinor + line.bundleDiscountMinor,
    includedTaxMinor: (before.includedTaxMinor ?? 0) + (line.includedTaxMinor ?? 0),
  };
}

/** How far the bundle's own discount is from the observed one, in tolerances; infinite if impossible. */
function missOf({ discountRatios }: RedeemableBundle, drawn: DrawnSets | null): number {
  if (!drawn) return Infinity;
  const { sets, draws } = drawn;
  const priceMinor = draws.reduce((sum, { line, units }) => sum + line.unitPriceMinor * units, 0);
  const observed = draws.reduce((sum, { line }) => sum + line.bundleDiscountMinor, 0);
  if (priceMinor <= 0) return Infinity;
  const tolerance = Math.max(priceMinor * CLOSE_RATIO, sets + draws.length);
  return Math.min(...discountRatios.map((ratio) => Math.abs(observed - ratio * priceMinor))) / tolerance;
}

/** A refund of an order, as far as it tells what was given back. */
export interface ReportedRefund {
  readonly amountMinor: number;
  /** Empty where it tells a sum alone. */
  readonly lines: readonly { readonly lineGid: string; readonly quantity: number }[];
}

/**
 * Units of a line that the merchant removed by editing the order, so that it was never sold. Shopify counts them together
 * with refunded ones; those that refunds account for were sold, and what was paid for them is taken off the revenue. Of a
 * refund of money without lines, as the Admin API tells it, nobody knows the units: then all count as refunded.
 *
 * @param line `refundedQuantity` units were refunded or removed
 * @param refunds those of the line's order
 */
export function countRemovedUnits(
  { lineGid, refundedQuantity }: { readonly lineGid: string | null; readonly refundedQuantity: number },
  refunds: readonly ReportedRefund[],
): number {
  if (refunds.some(({ amountMinor, lines }) => amountMinor > 0 && lines.length === 0)) return 0;
  const refunded = refunds
    .flatMap(({ lines }) => lines)
    .reduce((sum, line) => (line.lineGid === lineGid ? sum + line.quantity : sum), 0);
  return Math.max(0, refundedQuantity - refunded);
}

import {
  CLOSE_RATIO,
  type DiscountedLine,
  type RedeemedBundle,
  redeemOffers,
  type RedeemableOffer,
  sumDraws,
} from "./redeem-offers.ts";

/** A bundle that the order can have redeemed. */
export interface RedeemableBundle {
  readonly bundleId: string;
  /** Every discount that it has had, each 0 to 1: an order can be read long after an edit of the bundle. */
  readonly discountRatios: readonly number[];
  readonly components: readonly RedeemableComponent[];
  /** Most sets per order that get the discount; absent for no limit. */
  readonly mostSets?: number | undefined;
  /** Whether exactly this discount, limit and units held when the order was placed. */
  readonly isInForce?: boolean | undefined;
}

export interface RedeemableComponent {
  readonly variantGid: string;
  readonly quantity: number;
  /** Product of which any variant counts; absent if only this variant does. */
  readonly anyOfProductGid?: string | undefined;
}

/**
 * Finds the bundles that an order redeemed. Only lines with our discount count, not lines that were merely bought
 * together. A line serves one bundle, and a bundle needs all of its components.
 *
 * A bundle is credited if its own discount explains the observed one: within 0.5 % of the price or, at very low
 * prices, within one minor unit per set (the Function rounds down) and one per line (currency conversion rounds).
 * Matching bundles are credited in this order: most components first, exact variants before any variant, bundles in
 * force when the order was placed before others (two sets at 10 % off get as much as one at 20 %), then the closest
 * discount.
 *
 * A discount that no bundle explains stays unexplained. If any variant of a product fills a component, the dearest
 * units count first, as in the Function. The match uses the order as it was placed; the result counts the sets that
 * the order still holds whole.
 *
 * @param lines all lines of an order; lines of one variant are merged
 * @param offers offers that are not a share of a set's price; `redeemOffers` matches them with what is left
 * @returns at most one entry per bundle; Σ discountMinor ≤ Σ bundleDiscountMinor of the lines
 * @see `priceOffer` of app/domain/offer/price-offer.ts, the Function's rule
 * Known weakness: if two bundles share all lines and their ratio, the larger one is credited. The order does not say
 *   which one the Function chose.
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
    /** Index of the component that they fill. */
    readonly position: number;
  }[];
}

/** Draws as many sets as the free lines hold and the bundle allows; null if there is not even one. */
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

/** Drawn sets that are still whole without the units removed from the order. */
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
 * Merges lines by variant, at the variant's lowest price, which the Function uses for all of its units. A dearer
 * line's difference is taken off its discount, so the amount paid stays the same.
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

/** Distance between the bundle's own discount and the observed one, in tolerances; infinite if impossible. */
function missOf({ discountRatios }: RedeemableBundle, drawn: DrawnSets | null): number {
  if (!drawn) return Infinity;
  const { sets, draws } = drawn;
  const priceMinor = draws.reduce((sum, { line, units }) => sum + line.unitPriceMinor * units, 0);
  const observed = draws.reduce((sum, { line }) => sum + line.bundleDiscountMinor, 0);
  if (priceMinor <= 0) return Infinity;
  const tolerance = Math.max(priceMinor * CLOSE_RATIO, sets + draws.length);
  return Math.min(...discountRatios.map((ratio) => Math.abs(observed - ratio * priceMinor))) / tolerance;
}

export interface ReportedRefund {
  readonly amountMinor: number;
  /** Empty if only a sum was reported. */
  readonly lines: readonly { readonly lineGid: string; readonly quantity: number }[];
}

/**
 * Units of a line that the merchant removed by editing the order, so they were never sold. Shopify counts them
 * together with refunded units. Units covered by refunds were sold, and their refund comes off the revenue. A refund
 * of money without lines, as the Admin API reports it, does not show its units; then all units count as refunded.
 *
 * @param line `refundedQuantity` units were refunded or removed
 * @param refunds refunds of the line's order
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

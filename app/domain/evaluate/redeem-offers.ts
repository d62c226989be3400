import { toLegacyId } from "#app/domain/ids.ts";
import type { OfferRule } from "#app/domain/offer/offer-rule.ts";
import { priceOffer, type OfferSaving } from "#app/domain/offer/price-offer.ts";
import { minorDigits, IN_SHOP_CURRENCY } from "#app/domain/money.ts";
import { toHundredths } from "#app/domain/publish/storefront-offer.ts";

/** A line of an order with our discount. */
export interface DiscountedLine {
  readonly variantGid: string;
  readonly productGid: string | null;
  /** Units as ordered; the discount was given on these. */
  readonly quantity: number;
  /** Units that an edit has removed from the order since; see `countRemovedUnits`. */
  readonly removedQuantity: number;
  /** All units no longer on the order: removed or returned. */
  readonly refundedQuantity: number;
  /** Price of one unit before discounts, minor units. */
  readonly unitPriceMinor: number;
  /** All discounts on the line, ours included, minor units. */
  readonly discountMinor: number;
  /** Our share of it, minor units; 0 on a line that only qualifies another, such as the purchase for a gift. */
  readonly bundleDiscountMinor: number;
  /** Tax included in the amount paid for the line, minor units; null if unknown. */
  readonly includedTaxMinor: number | null;
}

/** One bundle redeemed by one order. */
export interface RedeemedBundle {
  readonly bundleId: string;
  /** How many times the order holds the bundle; 0 if an edit left no whole one. */
  readonly sets: number;
  /** Amount paid for the components of these sets that were kept, after all discounts and before tax, minor units. */
  readonly revenueMinor: number;
  /** Our discount, before tax, minor units. */
  readonly discountMinor: number;
}

/** Tolerance for an observed discount, as a share of the price, because prices can be in another currency. */
export const CLOSE_RATIO = 0.005;

/** An offer that the order can have redeemed and that is not a share of a set's price. */
export interface RedeemableOffer {
  readonly bundleId: string;
  /** All terms that it has had, as the storefront read them; of two that match equally well, the first wins. */
  readonly rules: readonly OfferRule[];
  /** Ids of the products that carry its rule. */
  readonly pool: ReadonlySet<string>;
  /** ISO code of the shop's own currency. */
  readonly currency: string;
}

/**
 * Finds the offers that explain the discounts left over by sets. An offer matches if its saving on the order as it
 * was placed is within the tolerances of `attributeDiscounts` and each of its lines shows a share of it. The offer that
 * explains the most units comes first, and a line serves one offer. Each offer is tried on all free lines, and again on
 * only the discounted ones, in case another discount or a subscription kept it from the rest.
 *
 * @param free lines by variant, including those without a discount
 */
export function redeemOffers(
  free: ReadonlyMap<string, DiscountedLine>,
  offers: readonly RedeemableOffer[],
): RedeemedBundle[] {
  const left = new Map(free);
  const redeemed: RedeemedBundle[] = [];
  for (;;) {
    const [best] = offers
      .filter(({ bundleId }) => !redeemed.some((one) => one.bundleId === bundleId))
      .flatMap((offer) => explain(offer, [...left.values()]) ?? [])
      .sort((a, b) => b.units - a.units || a.miss - b.miss || (a.offer.bundleId < b.offer.bundleId ? -1 : 1));
    if (!best) return redeemed;
    redeemed.push(toRedeemed(best));
    for (const { line } of best.draws) left.delete(line.variantGid);
  }
}

interface Draw {
  readonly line: DiscountedLine;
  readonly units: number;
  readonly isDiscounted: boolean;
}

interface Explanation {
  readonly offer: RedeemableOffer;
  readonly rule: OfferRule;
  readonly draws: readonly Draw[];
  /** Units with the discount. */
  readonly units: number;
  /** Our discount on their lines, minor units. */
  readonly observedMinor: number;
  /** Distance between the offer's discount and the observed one, in tolerances. */
  readonly miss: number;
}

function explain(offer: RedeemableOffer, lines: readonly DiscountedLine[]): Explanation | null {
  const discounted = lines.filter(({ bundleDiscountMinor }) => bundleDiscountMinor > 0);
  const tried = [lines, discounted].flatMap((some) =>
    offer.rules.flatMap((rule) => tryRule(offer, rule, some) ?? []),
  );
  // Most discount first: any size of a gift explains two sizes, of which the approved size alone explains one as well.
  const [best] = tried
    .filter(({ miss }) => miss <= 1)
    .sort((a, b) => b.observedMinor - a.observedMinor || a.miss - b.miss);
  return best ?? null;
}

function tryRule(
  offer: RedeemableOffer,
  rule: OfferRule,
  lines: readonly DiscountedLine[],
): Explanation | null {
  const { currency, pool } = offer;
  const byVariant = new Map(lines.map((line) => [toLegacyId(line.variantGid), line]));
  const cart = [...byVariant].map(([variant, { productGid, quantity, unitPriceMinor }]) => {
    const product = toLegacyId(productGid ?? "");
    const unitHundredths = toHundredths(unitPriceMinor, currency);
    return { variant, product, units: quantity, unitHundredths, isInPool: pool.has(product) };
  });
  const saving = priceOffer(rule, cart, { currency, rateMillionths: IN_SHOP_CURRENCY });
  if (!saving) return null;
  const draws = toDraws(saving, byVariant);
  const priced = draws.filter(({ isDiscounted }) => isDiscounted);
  const observedMinor = priced.reduce((sum, { line }) => sum + line.bundleDiscountMinor, 0);
  const priceMinor = priced.reduce((sum, { line, units }) => sum + line.unitPriceMinor * units, 0);
  const units = priced.reduce((sum, draw) => sum + draw.units, 0);
  const expected = saving.hundredths * 10 ** (minorDigits(currency) - 2);
  // Shopify spreads a discount by price, so only a line with a share under one minor unit can show none of it.
  const shows = ({ line, units: drawn }: Draw) =>
    line.bundleDiscountMinor > 0 || line.unitPriceMinor * drawn * expected < priceMinor;
  if (observedMinor === 0 || !priced.every(shows)) return null;
  const tolerance = Math.max(priceMinor * CLOSE_RATIO, setsOf(rule, draws) + priced.length);
  return { offer, rule, draws, units, observedMinor, miss: Math.abs(observedMinor - expected) / tolerance };
}

function toDraws(
  { discounted, required }: OfferSaving,
  byVariant: ReadonlyMap<string, DiscountedLine>,
): Draw[] {
  const drawn = (of: ReadonlyMap<string, number>, isDiscounted: boolean) =>
    [...of].map(([variant, units]) => ({ line: byVariant.get(variant)!, units, isDiscounted }));
  return [...drawn(discounted, true), ...drawn(required, false)];
}

/** How many times the discounted units fill the rule; for breaks, its lowest tier. */
function setsOf(rule: OfferRule, draws: readonly Draw[]): number {
  const units = draws.reduce((sum, draw) => sum + (draw.isDiscounted ? draw.units : 0), 0);
  switch (rule.kind) {
    case "set":
      return Math.floor(units / rule.parts.reduce((sum, { quantity }) => sum + quantity, 0));
    case "range":
      return Math.floor(units / rule.units);
    case "breaks":
      return Math.floor(units / rule.tiers[0]!.units);
    case "gift":
      return Math.floor(units / rule.gift.quantity);
  }
}

/**
 * Revenue of the drawn units that were kept, and our discount on all drawn units, both before tax, minor units.
 * Shopify spreads a discount over the whole line, so the drawn units carry all of our discount and their share of
 * other discounts. The discount's tax uses the mean rate of the lines. If a line has more units than were drawn, the
 * others count as returned first.
 */
export function sumDraws(draws: readonly Pick<Draw, "line" | "units">[]) {
  let paidMinor = 0;
  let keptMinor = 0;
  let givenMinor = 0;
  let taxMinor = 0;
  for (const { line, units } of draws) {
    const others = (line.discountMinor - line.bundleDiscountMinor) * (units / line.quantity);
    const paid = line.unitPriceMinor * units - line.bundleDiscountMinor - others;
    const wholeMinor = line.unitPriceMinor * line.quantity - line.discountMinor;
    if (wholeMinor > 0) taxMinor += (line.includedTaxMinor ?? 0) * (paid / wholeMinor);
    paidMinor += paid;
    const sold = Math.min(units, line.quantity - line.removedQuantity);
    if (sold > 0) keptMinor += paid * (Math.min(sold, line.quantity - line.refundedQuantity) / sold);
    givenMinor += line.bundleDiscountMinor;
  }
  const untaxed = paidMinor > 0 ? 1 - taxMinor / paidMinor : 1;
  return { revenueMinor: keptMinor * untaxed, discountMinor: givenMinor * untaxed };
}

/** The part that the order still holds whole. */
function toRedeemed({ offer, rule, draws }: Explanation): RedeemedBundle {
  const { revenueMinor, discountMinor } = sumDraws(draws);
  const kept = draws.map((draw) => ({
    ...draw,
    units: Math.min(draw.units, draw.line.quantity - draw.line.removedQuantity),
  }));
  const sets = setsOf(rule, draws);
  const keptSets = kept.some(({ units, isDiscounted }) => !isDiscounted && units <= 0)
    ? 0
    : setsOf(rule, kept);
  return {
    bundleId: offer.bundleId,
    sets: keptSets,
    revenueMinor: Math.round((revenueMinor * keptSets) / sets),
    discountMinor: Math.round((discountMinor * keptSets) / sets),
  };
}

import { toLegacyId } from "#app/domain/ids.ts";
import type { OfferRule } from "#app/domain/offer/offer-rule.ts";
import { priceOffer, type OfferSaving } from "#app/domain/offer/price-offer.ts";
import { minorDigits, IN_SHOP_CURRENCY } from "#app/domain/money.ts";
import { toHundredths } from "#app/domain/publish/storefront-offer.ts";

/** A line of an order with a discount of ours. */
export interface DiscountedLine {
  readonly variantGid: string;
  readonly productGid: string | null;
  /** Units as they were ordered, which the discount was given on. */
  readonly quantity: number;
  /** Of them those that an edit removed from the order since; see `countRemovedUnits`. */
  readonly removedQuantity: number;
  /** Of them all that it holds no more: those, and what came back. */
  readonly refundedQuantity: number;
  /** Price of one unit before discounts, minor units. */
  readonly unitPriceMinor: number;
  /** All discounts on the line, ours included, minor units. */
  readonly discountMinor: number;
  /** Our part of it, minor units; 0 on a line that may have earned another's, as what is bought for a gift. */
  readonly bundleDiscountMinor: number;
  /** The tax that what was paid for the line holds, minor units; null where nobody says. */
  readonly includedTaxMinor: number | null;
}

/** One bundle redeemed by one order. */
export interface RedeemedBundle {
  readonly bundleId: string;
  /** How many times the order holds it; 0 where an edit left no whole one. */
  readonly sets: number;
  /** What was paid for the components of these sets that did not come back, after all discounts and before tax, minor units. */
  readonly revenueMinor: number;
  /** What our discount took off, before tax, minor units. */
  readonly discountMinor: number;
}

/** A bundle explains a discount that is off its own by at most so much of the price: prices may be in another currency. */
export const CLOSE_RATIO = 0.005;

/** An offer that the order may have redeemed and that is no share of a set's price. */
export interface RedeemableOffer {
  readonly bundleId: string;
  /** All terms that it has had, as the storefront read them; of two that explain as much, the first did. */
  readonly rules: readonly OfferRule[];
  /** Ids of the products that carry its rule. */
  readonly pool: ReadonlySet<string>;
  /** ISO code of the shop's own currency. */
  readonly currency: string;
}

/**
 * Which offers explain the discounts that sets left unexplained, by what each would have saved on the order as it was
 * placed: within the tolerances of `attributeDiscounts`. The offer that explains the most units comes first, and a line
 * serves one offer. An offer is tried on all lines that are free, and on those alone that got a discount: what another
 * discount or a subscription kept away from it counts no more.
 *
 * @param free lines by variant, those without a discount among them
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
  /** How far the offer's discount is from the observed one, in tolerances. */
  readonly miss: number;
}

function explain(offer: RedeemableOffer, lines: readonly DiscountedLine[]): Explanation | null {
  const discounted = lines.filter(({ bundleDiscountMinor }) => bundleDiscountMinor > 0);
  const tried = [lines, discounted].flatMap((some) =>
    offer.rules.flatMap((rule) => tryRule(offer, rule, some) ?? []),
  );
  return tried.filter(({ miss }) => miss <= 1).sort((a, b) => a.miss - b.miss)[0] ?? null;
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
  const observed = priced.reduce((sum, { line }) => sum + line.bundleDiscountMinor, 0);
  const priceMinor = priced.reduce((sum, { line, units }) => sum + line.unitPriceMinor * units, 0);
  const units = priced.reduce((sum, draw) => sum + draw.units, 0);
  const expected = saving.hundredths * 10 ** (minorDigits(currency) - 2);
  const tolerance = Math.max(priceMinor * CLOSE_RATIO, setsOf(rule, draws) + priced.length);
  return { offer, rule, draws, units, miss: Math.abs(observed - expected) / tolerance };
}

function toDraws(
  { discounted, required }: OfferSaving,
  byVariant: ReadonlyMap<string, DiscountedLine>,
): Draw[] {
  const drawn = (of: ReadonlyMap<string, number>, isDiscounted: boolean) =>
    [...of].map(([variant, units]) => ({ line: byVariant.get(variant)!, units, isDiscounted }));
  return [...drawn(discounted, true), ...drawn(required, false)];
}

/** How many times units of a rule hold it: of breaks how often its lowest tier. */
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
 * What the drawn units brought that did not come back, and what our discount took off all of them, both before tax. The
 * Function counts units and Shopify spreads the discount over the whole line: the set bears all of ours, and of others the
 * share of its units. Of several rates of tax the discount has the mean. Of a line with more units the others are
 * taken for those that came back.
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

/** What of it the order still holds whole. */
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

import { minorDigits, IN_SHOP_CURRENCY } from "#app/domain/money.ts";
import type { OfferTerms, TermsComponent } from "#app/domain/offer/offer.ts";
import { priceOffer } from "#app/domain/offer/price-offer.ts";
import { toLegacyId } from "#app/domain/ids.ts";
import { isPool, toHundredths, toPricedRule } from "./storefront-offer.ts";

/** A product of an offer, with its cost. */
export interface StepComponent extends TermsComponent {
  /** Of one unit, minor units; null if unknown. */
  readonly costMinor: number | null;
}

/** Price of taking the offer once, or to one of its tiers. Minor units of the shop's currency. */
export interface OfferStep {
  /** Units in the cart. */
  readonly units: number;
  readonly beforeMinor: number;
  readonly discountMinor: number;
  readonly afterMinor: number;
  readonly costMinor: number;
}

/**
 * The offer's price at each of its tiers, by the storefront's own arithmetic; other kinds have one step. In a pool, the
 * first products represent the shopper's choice.
 *
 * @param assumedMarginRatio 0 to 1; gives the cost if it is unknown
 * @returns empty if the products do not make up the offer yet
 */
export function listSteps(
  terms: OfferTerms,
  components: readonly StepComponent[],
  { currency, assumedMarginRatio }: { readonly currency: string; readonly assumedMarginRatio: number },
): OfferStep[] {
  const bought = components.filter(({ isGift }) => !isGift);
  const hasGift = components.some(({ isGift }) => isGift);
  if (bought.length === 0 || (terms.kind === "gift" && !hasGift)) return [];
  const closed = components.map((component) => ({ ...component, openStock: null }));
  const rule = toPricedRule({ terms, components: closed }, currency);
  const minorPerHundredth = 10 ** (minorDigits(currency) - 2);
  return fillCarts(terms, components).map((cart) => {
    const saving = priceOffer(
      rule,
      cart.map(({ component, units }) => ({
        variant: toLegacyId(component.variantGid),
        product: toLegacyId(component.productGid),
        units,
        unitHundredths: toHundredths(component.priceMinor, currency),
        isInPool: isPool(terms) && !component.isGift,
      })),
      { currency, rateMillionths: IN_SHOP_CURRENCY },
    );
    const sum = (of: (component: StepComponent) => number) =>
      cart.reduce((total, { component, units }) => total + of(component) * units, 0);
    const beforeMinor = sum(({ priceMinor }) => priceMinor);
    const discountMinor = Math.round((saving?.hundredths ?? 0) * minorPerHundredth);
    return {
      units: cart.reduce((total, { units }) => total + units, 0),
      beforeMinor,
      discountMinor,
      afterMinor: beforeMinor - discountMinor,
      costMinor: Math.round(
        sum(({ priceMinor, costMinor }) => costMinor ?? priceMinor * (1 - assumedMarginRatio)),
      ),
    };
  });
}

/**
 * The extreme steps of whatever a shopper can choose from a pool, with the largest discount and the lowest margin at
 * each tier: those of each product by itself, or of some choices if all units must differ. For other offers, their own
 * steps.
 *
 * Known weakness: of a gift from a spending on, a mixed cart that just reaches it can leave a little less.
 */
export function listChoiceSteps(...[terms, components, limits]: Parameters<typeof listSteps>): OfferStep[] {
  if (!isPool(terms)) return listSteps(terms, components, limits);
  if (terms.kind === "range" && !terms.allowsRepeats) return listMixedSteps(terms, components, limits);
  const bought = components.filter(({ isGift }) => !isGift);
  const gift = components.filter(({ isGift }) => isGift);
  return bought.flatMap((one) => listSteps(terms, [one, ...gift], limits));
}

/**
 * From the most expensive choice of different products, which has the largest discount, to the one with the lowest
 * margin. Each choice takes the products that cost most beyond their price at the margin of the last one.
 *
 * @see Dinkelbach 1967, "On nonlinear fractional programming"
 */
function listMixedSteps(
  terms: Extract<OfferTerms, { kind: "range" }>,
  pool: readonly StepComponent[],
  limits: Parameters<typeof listSteps>[2],
): OfferStep[] {
  const costOf = ({ priceMinor, costMinor }: StepComponent) =>
    costMinor ?? priceMinor * (1 - limits.assumedMarginRatio);
  const found: OfferStep[] = [];
  let keyOf = ({ priceMinor }: StepComponent) => priceMinor;
  let lowestRatio = Infinity;
  for (;;) {
    const [step] = listSteps(
      terms,
      pool.toSorted((a, b) => keyOf(b) - keyOf(a)),
      limits,
    );
    if (!step || marginRatioOf(step) >= lowestRatio) return found;
    found.push(step);
    lowestRatio = marginRatioOf(step);
    // What the shopper pays of a higher price.
    const paidRatio = { percent: step.afterMinor / step.beforeMinor, none: 1, amount: 1, price: 0 }[
      terms.reward.type
    ];
    keyOf = (one) => costOf(one) - (1 - lowestRatio) * paidRatio * one.priceMinor;
  }
}

/** At each tier, the step of the shopper's choice that leaves the lowest margin. */
export function listLowestSteps(...offer: Parameters<typeof listSteps>): OfferStep[] {
  const choices = listChoiceSteps(...offer);
  const tiers = listSteps(...offer).length;
  return choices
    .slice(0, tiers)
    .map((_, tier) =>
      choices
        .filter((_step, at) => at % tiers === tier)
        .reduce((lowest, step) => (marginRatioOf(step) < marginRatioOf(lowest) ? step : lowest)),
    );
}

/** Of the price that a shopper pays, below 1; 0 if that is nothing. */
export function marginRatioOf({
  afterMinor,
  costMinor,
}: Pick<OfferStep, "afterMinor" | "costMinor">): number {
  return afterMinor > 0 ? (afterMinor - costMinor) / afterMinor : 0;
}

/** The largest discount of the terms, 0 to 1: that of the highest tier. */
export function discountRatioOf(steps: readonly OfferStep[]): number {
  const highest = steps.at(-1);
  return highest && highest.beforeMinor > 0 ? highest.discountMinor / highest.beforeMinor : 0;
}

interface Filled {
  readonly component: StepComponent;
  readonly units: number;
}

/** The least that a cart must hold for each tier. */
function fillCarts(terms: OfferTerms, components: readonly StepComponent[]): Filled[][] {
  const bought = components.filter(({ isGift }) => !isGift);
  const first = bought[0]!;
  switch (terms.kind) {
    case "set":
      return [bought.map((component) => ({ component, units: component.quantity }))];
    case "range": {
      if (!terms.allowsRepeats && bought.length < terms.units) return [];
      const chosen = bought.slice(0, terms.units);
      const each = Math.floor(terms.units / chosen.length);
      const over = terms.units % chosen.length;
      return [chosen.map((component, at) => ({ component, units: each + (at < over ? 1 : 0) }))];
    }
    case "breaks":
      return terms.tiers.map(({ units }) => [{ component: first, units }]);
    case "gift": {
      const gift = components.filter(({ isGift }) => isGift);
      const units =
        terms.spendMinor === null ? 0 : Math.ceil(terms.spendMinor / Math.max(1, first.priceMinor));
      const paid =
        terms.spendMinor === null
          ? bought.map((component) => ({ component, units: component.quantity }))
          : [{ component: first, units }];
      return [[...paid, ...gift.map((component) => ({ component, units: component.quantity }))]];
    }
  }
}

import type { Estimate } from "#app/domain/numbers/estimate.ts";
import type { ExpectedEffect } from "#app/domain/propose/proposal/bundle-proposal.ts";

/**
 * Share of the shoppers concerned who notice the offer and react as to a price on the shelf. An assumption without a
 * source, on the careful side: those who would buy everything anyway are all supposed to take the discount.
 */
export const NOTICED_SHARE = 0.6;

/** A component more than halved in price says nothing that the data behind the elasticity could say. */
const MOST_COMPONENT_CUT = 0.5;
/** At most this share of the shoppers who lack one component can be won in the window. */
const MOST_WON = 0.25;

/**
 * Who buys a component besides, seeing it cheaper, over those who would buy it anyway: `0.6 · ((1 − s/p)^(−ε) − 1)`.
 *
 * @param savingMinor s, at least 0; beyond half of the price it wins no more
 * @param elasticity ε, own-price, as a positive number
 * @returns at least 0
 */
export function wonRatioAt(priceMinor: number, savingMinor: number, elasticity: number): number {
  const cutRatio = Math.min(MOST_COMPONENT_CUT, savingMinor / priceMinor);
  return NOTICED_SHARE * ((1 - cutRatio) ** -elasticity - 1);
}

/** What the arithmetic of a discount needs to know of one component. */
export interface ComponentEconomics {
  readonly priceMinor: number;
  /** Price less unit cost. */
  readonly marginMinor: number;
  /** Orders in 28 days that hold all the other components but not this one. */
  readonly missing: Estimate;
  /** Own-price elasticity as a positive number. */
  readonly response: Estimate;
}

export interface BundleEconomics {
  readonly components: readonly ComponentEconomics[];
  /** Orders in 28 days that hold every component without an offer. */
  readonly ordersAnyway: Estimate;
}

export interface DiscountLimits {
  readonly minDiscountRatio: number;
  readonly maxDiscountRatio: number;
  readonly marginFloorRatio: number;
}

/**
 * What an offer would change in 28 days. Shoppers who hold all components but j see j cheaper by the whole saving
 * `s = d · ΣP`; `0.6 · J · ((1 − s/p_j)^(−ε_j) − 1)` of them add it, each bringing j's margin less s. The J orders that
 * would have come anyway give s away.
 *
 * @param discountRatio d of the components' total, 0 to 1
 * @returns intervals that join the uncertainty of J and of the response; the low end may be a loss
 * @see Adams and Yellen 1976; McAfee, McMillan and Whinston 1989: with valuations that are independent, a discount
 *   on the set wins the shoppers who lack one part. Known weakness: valuations of complements are not independent,
 *   and shoppers who lack two parts are not counted.
 */
export function effectOf(bundle: BundleEconomics, discountRatio: number): ExpectedEffect {
  const { ordersAnyway } = bundle;
  const middle = simulate(bundle, ordersAnyway.value, discountRatio, "value", "value");
  const corners = (["low", "high"] as const).flatMap((demand) =>
    (["low", "high"] as const).map((reaction) =>
      simulate(bundle, ordersAnyway[demand], discountRatio, reaction, demand),
    ),
  );
  const span = (pick: (outcome: Outcome) => number): Estimate => ({
    value: pick(middle),
    low: Math.min(pick(middle), ...corners.map(pick)),
    high: Math.max(pick(middle), ...corners.map(pick)),
  });
  return {
    ordersAnyway,
    ordersWithOffer: span(({ orders }) => orders),
    extraMarginMinor: span(({ marginMinor }) => marginMinor),
    extraRevenueMinor: span(({ revenueMinor }) => revenueMinor),
  };
}

interface Outcome {
  readonly orders: number;
  readonly marginMinor: number;
  readonly revenueMinor: number;
}

function simulate(
  { components }: BundleEconomics,
  anyway: number,
  discountRatio: number,
  reaction: keyof Estimate,
  demand: keyof Estimate,
): Outcome {
  const savingMinor = discountRatio * components.reduce((sum, { priceMinor }) => sum + priceMinor, 0);
  let orders = anyway;
  let marginMinor = -anyway * savingMinor;
  let revenueMinor = -anyway * savingMinor;
  for (const component of components) {
    const wished = anyway * wonRatioAt(component.priceMinor, savingMinor, component.response[reaction]);
    const won = Math.min(wished, MOST_WON * component.missing[demand]);
    orders += won;
    marginMinor += won * (component.marginMinor - savingMinor);
    revenueMinor += won * (component.priceMinor - savingMinor);
  }
  return { orders, marginMinor, revenueMinor };
}

/**
 * The whole percent within the limits with the largest expected extra margin.
 *
 * @returns null when every discount within the limits costs more than it brings
 */
export function chooseDiscount(
  bundle: BundleEconomics,
  { minDiscountRatio, maxDiscountRatio, marginFloorRatio }: DiscountLimits,
): number | null {
  const priceMinor = bundle.components.reduce((sum, component) => sum + component.priceMinor, 0);
  const marginMinor = bundle.components.reduce((sum, component) => sum + component.marginMinor, 0);
  let best: number | null = null;
  let bestMarginMinor = 0;
  for (
    let percent = Math.ceil(minDiscountRatio * 100 - 1e-9);
    percent <= Math.floor(maxDiscountRatio * 100 + 1e-9);
    percent++
  ) {
    const savingMinor = (priceMinor * percent) / 100;
    if ((marginMinor - savingMinor) / (priceMinor - savingMinor) < marginFloorRatio) break;
    const outcome = simulate(bundle, bundle.ordersAnyway.value, percent / 100, "value", "value");
    if (outcome.marginMinor > bestMarginMinor) {
      best = percent / 100;
      bestMarginMinor = outcome.marginMinor;
    }
  }
  return best;
}

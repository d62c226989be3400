import { atEachEnd, sumOf, type Estimate } from "#app/domain/numbers/statistics.ts";
import {
  KIND_WEIGHTS,
  LEAST_WEIGHT,
  noticedRatioOf,
  SHOPPER_KINDS,
  PRIOR_MIX,
  weightedMeanOf,
  type ResponseBasis,
  type ShopperKind,
  type ShopperMix,
} from "./shopper-kinds.ts";
import type { ExpectedEffect } from "#app/domain/propose/proposal/bundle-proposal.ts";

/** The data behind the elasticity hold no cut of a component's price beyond one half. */
const MOST_COMPONENT_CUT = 0.5;
/** Largest loss with any kind of shoppers, as a share of the margin that the least discount earns with them. */
const MOST_LOST = 0.25;
/** At most this share of the shoppers who lack one component can be won in the window. */
const MOST_WON = 0.25;
/**
 * Upper limit of the shoppers who lack one component and have a use for it, as a multiple of those who buy all of it
 * anyway: a use that hardly anybody acts on unprompted is none, and nobody buys a cabinet with a pan because it is
 * shown. Chosen on dates of one real shop and on simulated shops, among 16, 32, 64, 128 and no limit.
 */
const MOST_WITH_USE = 64;
/**
 * For each part added to a set through awareness, this many are bought alone: most visitors of a page buy nothing on
 * it. A guess; in simulated shops, a set won by an offer earns about as much as the whole set, not only its part.
 */
const TAKEN_ALONE = 0.3;
/**
 * The price effect is measured on buyers of the other part. Visitors who would have bought nothing show this share of
 * it. A guess, chosen on simulated shops with two kinds of shoppers, among 0, 1/4, 1/3, 1/2, 0.6, 2/3 and 1.
 */
const ANSWER_OF_OTHERS = 0.6;

/**
 * Price effect: additional buyers of a component at the lower price, relative to those who would buy it anyway:
 * `noticed · ((1 − s/p)^(−ε) − 1)`.
 *
 * @param priceMinor p; a saving wins no buyers for a free component
 * @param savingMinor s, at least 0; beyond half of the price it wins no more
 * @param elasticity ε, own-price, as a positive number
 * @returns at least 0
 */
export function wonRatioAt(
  priceMinor: number,
  savingMinor: number,
  elasticity: number,
  { noticedRatio }: Pick<ShopperKind, "noticedRatio">,
): number {
  const cutRatio = priceMinor > 0 ? Math.min(MOST_COMPONENT_CUT, savingMinor / priceMinor) : 0;
  return noticedRatio * ((1 - cutRatio) ** -elasticity - 1);
}

/**
 * Price effect measured on the shop's own prices: the rise in the odds that buyers of a part buy the rest, relative to
 * those who buy all of it anyway. The set is cheaper by d in every part, so its odds rise by `m = (1 − d)^(−Σε)`. With
 * P the share that adds the rest anyway, the effect is `noticed · (m / (1 − P + P·m) − 1)`.
 *
 * @param discountRatio d; beyond half of the price it wins no more
 * @param elasticity Σε, of the odds (`learnAttachElasticity`), summed over the components, as a positive number
 * @param attachRatio P, 0 to 1; if most add the rest anyway, a discount can win few
 * @returns at least 0
 * @see Train 2009, Discrete Choice Methods with Simulation, 3: a choice of several parts with additive utilities
 */
export function oddsEffectAt(
  discountRatio: number,
  elasticity: number,
  attachRatio: number,
  { noticedRatio }: Pick<ShopperKind, "noticedRatio">,
): number {
  const oddsTimes = (1 - Math.min(MOST_COMPONENT_CUT, discountRatio)) ** -elasticity;
  return noticedRatio * (oddsTimes / (1 - attachRatio + attachRatio * oddsTimes) - 1);
}

/**
 * Price effect, measured on the shop's own prices, among visitors who would have bought nothing: buyers of the whole
 * set relative to those who would buy it anyway, `.6 · noticed · ((1 − d)^(−ε) − 1)`.
 *
 * @param discountRatio d; beyond half of the price it wins no more
 * @param elasticity ε, of the odds, mean over the components, as a positive number
 * @returns at least 0
 */
export function othersEffectAt(
  discountRatio: number,
  elasticity: number,
  noticed: Pick<ShopperKind, "noticedRatio">,
): number {
  return ANSWER_OF_OTHERS * wonRatioAt(1, discountRatio, elasticity, noticed);
}

export interface ComponentEconomics {
  readonly priceMinor: number;
  /** Price less unit cost. */
  readonly marginMinor: number;
  /** Orders in 28 days that hold all the other components but not this one. */
  readonly missing: Estimate;
  /** Own-price elasticity as a positive number; the elasticity of the odds if the basis is `measured`. */
  readonly response: Estimate;
}

export interface BundleEconomics {
  readonly components: readonly ComponentEconomics[];
  /** Counterfactual demand: orders in 28 days that hold every component without an offer. */
  readonly ordersAnyway: Estimate;
  /** Strength of the relation between components, 0 to 1: the share of shoppers lacking one that has a use for it. */
  readonly relation: number;
  /** Basis of the components' responses. */
  readonly basis: ResponseBasis;
  /** Multiple of the prior's awareness effect; 1 if absent. */
  readonly remindedTimes?: number | undefined;
  /** Shopper kinds of the shop; `PRIOR_MIX` if absent. */
  readonly mix?: ShopperMix | undefined;
}

export interface DiscountLimits {
  readonly minDiscountRatio: number;
  readonly maxDiscountRatio: number;
  readonly marginFloorRatio: number;
}

/**
 * Expected change from an offer in 28 days. The m_k shoppers who hold all components but k see k cheaper by the whole
 * saving `s = d · ΣP`. Of them, `times · (J · won_k + reminded · awareness · min(relation · m_k, 64 J))` add k, at most
 * a quarter, and each brings k's margin less s. `won_k` is `wonRatioAt` for k's price and s. If the price effect is
 * measured, it is `oddsEffectAt` for d, with P = J / (J + m_k). For every ten shoppers who add k through awareness,
 * three more buy k alone at full price. The J orders that would come anyway give s away. Below 0, `times` is shoppers
 * whom the offer drives off, at most the J.
 *
 * If the price effect is measured, `.6 · times · J · noticed · ((1 − d)^(−ε) − 1)` visitors who would have bought
 * nothing buy the whole set; they count in margin and revenue, not in orders. The odds of the whole set rise once,
 * whichever part is lacking, so the rise counts once in orders and once per part in margin.
 *
 * @param discountRatio d of the components' total, 0 to 1
 * @returns the mean over the shopper kinds; the intervals join two independent uncertainties, the response of shoppers
 *   of any kind and the number of orders; the low end can be a loss
 * @see Adams and Yellen 1976; McAfee, McMillan and Whinston 1989: if valuations are independent, a discount on the set
 *   wins the shoppers who lack one part. Benisch and Sandholm 2011: bundles pay if the parts are bought together
 *   occasionally and apart often. Known weakness: does not count shoppers who lack two parts, nor, without measured
 *   price moves, visitors who buy nothing.
 * @see app/decisions/propose/053-an-offer-is-valued-by-whom-it-wins.md
 */
export function effectOf(bundle: BundleEconomics, discountRatio: number): ExpectedEffect {
  const { ordersAnyway, mix = PRIOR_MIX } = bundle;
  const weights = mix.kinds.map(({ weight }) => weight);
  const middles = weights.map((_, kind) => simulate(bundle, kind, discountRatio, "value", "value"));
  const answers = weights.flatMap((weight, kind) =>
    weight < LEAST_WEIGHT
      ? []
      : (["value", "low", "high"] as const).map((reaction) =>
          simulate(bundle, kind, discountRatio, reaction, "value"),
        ),
  );
  const demands = (["low", "high"] as const).map((demand) =>
    weights.map((_, kind) => simulate(bundle, kind, discountRatio, "value", demand)),
  );
  const span = (pick: (outcome: Outcome) => number): Estimate => {
    const meanOf = (outcomes: readonly Outcome[]) => weightedMeanOf(outcomes.map(pick), weights);
    const value = meanOf(middles);
    const doubts = [answers.map(pick), demands.map(meanOf)];
    return {
      value,
      low: value - Math.hypot(...doubts.map((own) => value - Math.min(value, ...own))),
      high: value + Math.hypot(...doubts.map((own) => Math.max(value, ...own) - value)),
    };
  };
  const ordersWithOffer = span(({ orders }) => orders);
  return {
    ordersAnyway,
    ordersWithOffer: { ...ordersWithOffer, low: Math.max(0, ordersWithOffer.low) },
    extraMarginMinor: span(({ marginMinor }) => marginMinor),
    extraRevenueMinor: span(({ revenueMinor }) => revenueMinor),
  };
}

/**
 * [kinds] orders that a discount adds by the prior, as a multiple of the orders without the offer. Offer outcomes are
 * compared with it.
 */
export function addedRatioByKind(bundle: BundleEconomics, discountRatio: number): number[] {
  const prior = { ...bundle, mix: PRIOR_MIX };
  return SHOPPER_KINDS.map(
    (_, kind) =>
      simulate(prior, kind, discountRatio, "value", "value").orders / bundle.ordersAnyway.value - 1,
  );
}

/** [kinds] extra margin at a discount, minor units. */
export function marginByKind(bundle: BundleEconomics, discountRatio: number): number[] {
  return SHOPPER_KINDS.map((_, kind) => simulate(bundle, kind, discountRatio, "value", "value").marginMinor);
}

interface Outcome {
  readonly orders: number;
  readonly marginMinor: number;
  readonly revenueMinor: number;
}

function simulate(
  bundle: BundleEconomics,
  at: number,
  discountRatio: number,
  reaction: keyof Estimate,
  demand: keyof Estimate,
): Outcome {
  const { components, ordersAnyway, relation, basis, remindedTimes = 1, mix = PRIOR_MIX } = bundle;
  const kind = SHOPPER_KINDS[at]!;
  const times = mix.kinds[at]!.times[reaction];
  const anyway = ordersAnyway[demand];
  const noticed = { noticedRatio: noticedRatioOf(basis, kind) };
  const totalMinor = sumOf(components, ({ priceMinor }) => priceMinor);
  const savingMinor = discountRatio * totalMinor;
  let orders = anyway;
  let reminded = 0;
  let marginMinor = -anyway * savingMinor;
  let revenueMinor = -anyway * savingMinor;
  const oddsElasticity = sumOf(components, ({ response }) => response[reaction]);
  for (const { priceMinor, marginMinor: unitMarginMinor, missing, response } of components) {
    const wonRatio =
      basis === "measured"
        ? oddsEffectAt(discountRatio, oddsElasticity, attachRatioOf(anyway, missing[demand]), noticed)
        : wonRatioAt(priceMinor, savingMinor, response[reaction], noticed);
    const withUse = Math.min(relation * missing[demand], MOST_WITH_USE * anyway);
    const takenAsShown = times * remindedTimes * kind.awarenessRatio * withUse;
    const within = (added: number) =>
      Math.max(-anyway / components.length, Math.min(added, MOST_WON * missing[demand]));
    const won = within(times * anyway * wonRatio + takenAsShown);
    const shown = within(takenAsShown);
    const alone = TAKEN_ALONE * shown;
    reminded += shown;
    orders += won;
    marginMinor += won * (unitMarginMinor - savingMinor) + alone * unitMarginMinor;
    revenueMinor += won * (priceMinor - savingMinor) + alone * priceMinor;
  }
  if (basis === "measured") {
    const othersRatio = othersEffectAt(discountRatio, oddsElasticity / components.length, noticed);
    const won = Math.max(0, times) * anyway * othersRatio;
    marginMinor += won * (sumOf(components, ({ marginMinor: own }) => own) - savingMinor);
    revenueMinor += won * (totalMinor - savingMinor);
    const wonRatio = oddsEffectAt(discountRatio, oddsElasticity, meanAttachRatio(bundle), noticed);
    orders = Math.max(0, anyway * (1 + times * wonRatio) + reminded);
  }
  return { orders, marginMinor, revenueMinor };
}

/** Share (0 to 1) of buyers of all components but one that add it anyway, mean over the components. */
export function meanAttachRatio({ components, ordersAnyway }: BundleEconomics): number {
  return (
    sumOf(components, ({ missing }) => attachRatioOf(ordersAnyway.value, missing.value)) / components.length
  );
}

function attachRatioOf(anyway: number, missing: number): number {
  return anyway > 0 ? anyway / (anyway + missing) : 0;
}

/**
 * The whole percent within the limits with the largest expected extra margin. No kind of shoppers may lose a quarter of
 * the margin that the least discount earns with them. The least discount is 0 unless the basis is `published`: nothing
 * is given away on an assumption, or on a measured response that may be chance, so the low end of the measurement
 * decides.
 *
 * @returns 0 for an offer at full price; null if every discount within the limits costs more than it brings
 */
export function chooseDiscount(
  bundle: BundleEconomics,
  { minDiscountRatio, maxDiscountRatio, marginFloorRatio }: DiscountLimits,
): number | null {
  const priceMinor = sumOf(bundle.components, (component) => component.priceMinor);
  const marginMinor = sumOf(bundle.components, (component) => component.marginMinor);
  const likely = (bundle.mix ?? PRIOR_MIX).kinds.map(({ weight }) => weight);
  const isMeasured = bundle.basis === "measured";
  const weights = isMeasured ? likely.map((weight, at) => weight * KIND_WEIGHTS[at]!) : likely;
  const cautious = isMeasured ? withLowResponse(bundle) : bundle;
  let least: readonly number[] | null = null;
  let best: number | null = null;
  let bestMarginMinor = 0;
  const leastPercent = Math.ceil(minDiscountRatio * 100 - 1e-9);
  for (
    let percent = bundle.basis === "published" ? leastPercent : 0;
    percent <= Math.floor(maxDiscountRatio * 100 + 1e-9);
    percent = Math.max(percent + 1, leastPercent)
  ) {
    const savingMinor = (priceMinor * percent) / 100;
    if ((marginMinor - savingMinor) / (priceMinor - savingMinor) < marginFloorRatio) break;
    const margins = marginByKind(cautious, percent / 100);
    least ??= margins;
    const losesMuch = (margin: number, kind: number) =>
      likely[kind]! >= LEAST_WEIGHT && margin < least![kind]! - MOST_LOST * Math.abs(least![kind]!);
    if (margins.some(losesMuch)) break;
    const extraMarginMinor = weightedMeanOf(margins, weights);
    if (extraMarginMinor > bestMarginMinor) {
      best = percent / 100;
      bestMarginMinor = extraMarginMinor;
    }
  }
  return best;
}

/** The same bundle with the low end of each price response. */
function withLowResponse(bundle: BundleEconomics): BundleEconomics {
  const components = bundle.components.map((component) => {
    return { ...component, response: atEachEnd(() => component.response.low) };
  });
  return { ...bundle, components };
}

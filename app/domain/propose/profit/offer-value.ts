import { atEachEnd, type Estimate } from "#app/domain/numbers/statistics.ts";
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

/** A component more than halved in price says nothing that the data behind the elasticity could say. */
const MOST_COMPONENT_CUT = 0.5;
/** What a discount may lose with any kind of shoppers, over the margin that the least discount brings with them. */
const MOST_LOST = 0.25;
/** At most this share of the shoppers who lack one component can be won in the window. */
const MOST_WON = 0.25;
/**
 * Those who lack one component and have a use for it are at most so many times those who buy all of it anyway: a use that
 * hardly anybody acts on unasked is none, and nobody takes a cabinet to a pan for being shown it. By dates of one real shop
 * and by simulated ones, among 16, 32, 64, 128 and no limit.
 */
const MOST_WITH_USE = 64;
/**
 * Beside each part that is added to a set for being shown, so many are taken alone: most visitors of a page buy nothing
 * that is on it. A guess; in simulated shops a set that an offer wins brings about what the whole set earns, not its
 * part alone.
 */
const TAKEN_ALONE = 0.3;
/**
 * An answer is measured of those who buy the other part. Of visitors who would have bought nothing it brings so much: a
 * guess, by simulated shops of two kinds of shoppers, among none, a quarter, a third, a half, .6, two thirds and all.
 */
const ANSWER_OF_OTHERS = 0.6;

/**
 * Price effect: who buys a component besides, seeing it cheaper, over those who would buy it anyway:
 * `noticed · ((1 − s/p)^(−ε) − 1)`.
 *
 * @param priceMinor p; what is free by itself is won by no saving
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
 * Price effect where the shop's own prices told it: by how much the odds of buying the rest rise, for those who would buy a
 * part, over those who buy all anyway. The set is cheaper by d in every part, so its odds rise by `(1 − d)^(−Σε)`; with P
 * the share that adds the rest anyway, `noticed · (m / (1 − P + P·m) − 1)`, m the rise.
 *
 * @param discountRatio d; beyond half of the price it wins no more
 * @param elasticity Σε, that of the odds (`learnAttachElasticity`), summed over the components, as a positive number
 * @param attachRatio P, 0 to 1: what most take anyway a price can win few for
 * @returns at least 0
 * @see Train 2009, Discrete Choice Methods with Simulation, 3: a choice of several parts whose utilities add up
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
 * Price effect where the shop's own prices told it, of visitors who would have bought nothing: who buys the whole set, over
 * those who would buy it anyway: `.6 · noticed · ((1 − d)^(−ε) − 1)`.
 *
 * @param discountRatio d; beyond half of the price it wins no more
 * @param elasticity ε, that of the odds, of the components on average, as a positive number
 * @returns at least 0
 */
export function othersEffectAt(
  discountRatio: number,
  elasticity: number,
  noticed: Pick<ShopperKind, "noticedRatio">,
): number {
  return ANSWER_OF_OTHERS * wonRatioAt(1, discountRatio, elasticity, noticed);
}

/** What the arithmetic of an offer needs to know of one component. */
export interface ComponentEconomics {
  readonly priceMinor: number;
  /** Price less unit cost. */
  readonly marginMinor: number;
  /** Orders in 28 days that hold all the other components but not this one. */
  readonly missing: Estimate;
  /** Own-price elasticity as a positive number; that of the odds where the basis is measured. */
  readonly response: Estimate;
}

export interface BundleEconomics {
  readonly components: readonly ComponentEconomics[];
  /** Counterfactual demand: orders in 28 days that hold every component without an offer. */
  readonly ordersAnyway: Estimate;
  /** How far the components go together, 0 to 1: the share of those who lack one that has a use for it. */
  readonly relation: number;
  /** What the components' responses rest on. */
  readonly basis: ResponseBasis;
  /** Multiple of the prior's awareness effect that its shoppers show; 1 where it is absent. */
  readonly remindedTimes?: number | undefined;
  /** Who comes to the shop; `PRIOR_MIX` where it is absent. */
  readonly mix?: ShopperMix | undefined;
}

export interface DiscountLimits {
  readonly minDiscountRatio: number;
  readonly maxDiscountRatio: number;
  readonly marginFloorRatio: number;
}

/**
 * What an offer would change in 28 days. The m_k shoppers who hold all components but k see k, cheaper by the whole
 * saving `s = d · ΣP`; of them `times · (J · won_k + reminded · awareness · min(relation · m_k, 64 J))` add it, at most
 * a quarter, each bringing k's margin less s; `won_k` is `wonRatioAt` k's price less s, or `oddsEffectAt` d where the
 * answer is measured, with J / (J + m_k) who add k anyway. Beside ten who add k for being shown it, three take it
 * alone, at full price. The J orders that would have come anyway give s away.
 *
 * Where the answer is measured, `.6 · times · J · noticed · ((1 − d)^(−ε) − 1)` visitors who would have bought nothing buy it
 * all, and the odds of the whole set rise once, whichever part was lacking: so its rise counts once as orders, and for each
 * part as margin.
 *
 * @param discountRatio d of the components' total, 0 to 1
 * @returns the mean over the kinds of shoppers, with intervals that join two doubts as independent of each other: how
 *   shoppers answer, of whatever kind they are, and how many come; the low end may be a loss
 * @see Adams and Yellen 1976; McAfee, McMillan and Whinston 1989: with valuations that are independent, a discount
 *   on the set wins the shoppers who lack one part. Benisch and Sandholm 2011: what pays is what is bought together
 *   occasionally and apart often. Known weakness: shoppers who lack two parts are not counted, nor, where no price moves
 *   were measured, visitors who buy nothing.
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
 * How many times the orders without the offer each kind of shoppers adds to them at a discount, by the prior: what
 * the outcomes of offers are compared with.
 */
export function addedRatioByKind(bundle: BundleEconomics, discountRatio: number): number[] {
  const prior = { ...bundle, mix: PRIOR_MIX };
  return SHOPPER_KINDS.map(
    (_, kind) =>
      simulate(prior, kind, discountRatio, "value", "value").orders / bundle.ordersAnyway.value - 1,
  );
}

/** The extra margin at a discount with each kind of shoppers, minor units. */
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
    const most = MOST_WON * missing[demand];
    const won = Math.min(times * anyway * wonRatio + takenAsShown, most);
    const shown = Math.min(takenAsShown, most);
    const alone = TAKEN_ALONE * shown;
    reminded += shown;
    orders += won;
    marginMinor += won * (unitMarginMinor - savingMinor) + alone * unitMarginMinor;
    revenueMinor += won * (priceMinor - savingMinor) + alone * priceMinor;
  }
  if (basis === "measured") {
    const won = times * anyway * othersEffectAt(discountRatio, oddsElasticity / components.length, noticed);
    marginMinor += won * (sumOf(components, ({ marginMinor: own }) => own) - savingMinor);
    revenueMinor += won * (totalMinor - savingMinor);
    const wonRatio = oddsEffectAt(discountRatio, oddsElasticity, meanAttachRatio(bundle), noticed);
    orders = anyway * (1 + times * wonRatio) + reminded;
  }
  return { orders, marginMinor, revenueMinor };
}

/** Share (0 to 1) of those who order all components but one that orders it anyway, the mean over the components. */
export function meanAttachRatio({ components, ordersAnyway }: BundleEconomics): number {
  const ratios = components.map(({ missing }) => attachRatioOf(ordersAnyway.value, missing.value));
  return ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
}

function attachRatioOf(anyway: number, missing: number): number {
  return anyway > 0 ? anyway / (anyway + missing) : 0;
}

function sumOf(
  components: readonly ComponentEconomics[],
  of: (component: ComponentEconomics) => number,
): number {
  return components.reduce((sum, component) => sum + of(component), 0);
}

/**
 * The whole percent within the limits with the largest expected extra margin, if no kind of shoppers makes it lose a
 * quarter of what the least discount brings with them. Full price is the least where the shop's own prices, or nothing
 * at all, say what a discount brings: then none is given away for an assumption, nor for an answer that may be chance,
 * so the low end of what was measured decides.
 *
 * @returns 0 to be shown at full price; null when every discount within the limits costs more than it brings
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

/** The same, where shoppers answer to prices as little as they may. */
function withLowResponse(bundle: BundleEconomics): BundleEconomics {
  const components = bundle.components.map((component) => {
    return { ...component, response: atEachEnd(() => component.response.low) };
  });
  return { ...bundle, components };
}

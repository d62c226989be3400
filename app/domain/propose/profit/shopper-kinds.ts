import type { Estimate } from "#app/domain/numbers/statistics.ts";

/**
 * What a discount rests on: `published` elasticities joined with the products' own, what is `measured` of those who buy one
 * of two when the other's price moves, or `nothing` in a shop of few orders.
 */
export type ResponseBasis = "published" | "measured" | "nothing";

/** What shoppers may be like who meet an offer; nobody knows in which mixture they come to a shop. */
export interface ShopperKind {
  /** Awareness effect: share of those who lack a component that takes it for being shown it, if all had a use for it. */
  readonly awarenessRatio: number;
  /** Share of those concerned who notice the saving and answer to it as to a price on the shelf. */
  readonly noticedRatio: number;
}

/**
 * Three kinds, equally likely: who answers to money alone, to being shown what goes with it, and to little of either. Wide
 * on purpose, for no public data have randomised bundle offers. Sellers tell of 5 to 15 % of visitors who take an offer
 * of this kind; of what a recommendation brings at least three quarters would have come anyway (Sharma, Hofman and Watts
 * 2015), which leaves 1 to 4 %, or up to 6 % of those who have a use for it; a tenth more here, where who took another of a
 * part's type is not among those who lack it. The shares that notice a saving are guesses.
 */
export const SHOPPER_KINDS: readonly ShopperKind[] = [
  { awarenessRatio: 0, noticedRatio: 0.6 },
  { awarenessRatio: 0.066, noticedRatio: 0.3 },
  { awarenessRatio: 0.033, noticedRatio: 0.3 },
];

/**
 * What each kind weighs when bundles are chosen, and a discount where its price effect is measured. Who answers to money
 * buys what is bought together much; who answers to being shown, what is bought apart; a list that looks to one alone earns
 * nothing with the other. Counts tell the first surely and the second by the prior of awareness, so the first
 * weighs most. Chosen on dates of one real shop and on simulated ones, among 1, 4, 6, 8, 12 and 16.
 */
export const KIND_WEIGHTS = [6, 1, 1] as const;

/** What the shoppers of one shop are like, as far as its own offers have shown it. */
export interface ShopperMix {
  /** Of each of `SHOPPER_KINDS`. */
  readonly kinds: readonly {
    /** How likely it is, over a third: 1 on average. */
    readonly weight: number;
    /** Multiple of that kind's prior mean that they do. */
    readonly times: Estimate;
  }[];
  /** Own offers that it was learned from, and other shops of the installation. */
  readonly offers: number;
  readonly shops: number;
}

/**
 * Of a shop that has not shown an offer yet: the ends are chosen by simulated shops, so that nine of ten ranges hold
 * what offers truly earn there.
 */
export const PRIOR_MIX: ShopperMix = {
  kinds: SHOPPER_KINDS.map(() => ({ weight: 1, times: { value: 1, low: 0.45, high: 4 } })),
  offers: 0,
  shops: 0,
};

/** A kind less likely than this, over a third, bounds neither a range nor a loss. */
export const LEAST_WEIGHT = 0.15;

/** What is expected of a shop's shoppers on average, where so much is known of how they answer to prices. */
export function meanKindOf({ kinds }: ShopperMix, basis: ResponseBasis = "published"): ShopperKind {
  const mean = (of: (kind: ShopperKind) => number) =>
    weightedMeanOf(
      SHOPPER_KINDS.map((kind, at) => of(kind) * Math.max(0, kinds[at]!.times.value)),
      kinds.map(({ weight }) => weight),
    );
  return {
    awarenessRatio: mean(({ awarenessRatio }) => awarenessRatio),
    noticedRatio: mean((kind) => noticedRatioOf(basis, kind)),
  };
}

/**
 * Where the shop's own price moves say how those answer who buy the other part, all that is left to doubt is whether they
 * notice the offer as they do a price on the shelf. A guess.
 */
export const NOTICED_WHERE_MEASURED = 0.75;

/** Share of those concerned who notice the saving and answer to it. */
export function noticedRatioOf(
  basis: ResponseBasis,
  { noticedRatio }: Pick<ShopperKind, "noticedRatio">,
): number {
  if (basis === "published") return noticedRatio;
  return basis === "measured" ? NOTICED_WHERE_MEASURED : 0;
}

/** The prior's mean shopper. */
export const MEAN_KIND: ShopperKind = meanKindOf(PRIOR_MIX);

/** @param weights not all 0 */
export function weightedMeanOf(values: readonly number[], weights: readonly number[]): number {
  const sum = values.reduce((all, value, at) => all + weights[at]! * value, 0);
  return sum / weights.reduce((all, weight) => all + weight, 0);
}

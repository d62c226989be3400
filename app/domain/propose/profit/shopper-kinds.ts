import type { Estimate } from "#app/domain/numbers/statistics.ts";

/**
 * Basis of a discount: `published` elasticities joined with the products' own; `measured` on buyers of one product of a
 * pair when the other's price moves; `nothing` in a shop with few orders or without enough price moves.
 */
export type ResponseBasis = "published" | "measured" | "nothing";

/** A kind of shoppers who see an offer; the mix of kinds in a shop is unknown. */
export interface ShopperKind {
  /** Awareness effect: share of shoppers lacking a component that add it when shown, if all had a use for it. */
  readonly awarenessRatio: number;
  /** Share of those concerned who notice the saving and respond to it as to a shelf price. */
  readonly noticedRatio: number;
}

/**
 * Three equally likely kinds: shoppers who respond to money alone, to being shown what goes with a product, and to
 * little of either. Wide on purpose, because no public data have randomised bundle offers. Sellers report that 5 to
 * 15 % of visitors take such an offer. At least three quarters of what a recommendation brings would have come anyway
 * (Sharma, Hofman and Watts 2015). That leaves 1 to 4 %, or up to 6 % of those who have a use for it. Here it is a
 * tenth more, because shoppers who took another product of a part's type do not count as lacking it. The shares that
 * notice a saving are guesses.
 */
export const SHOPPER_KINDS: readonly ShopperKind[] = [
  { awarenessRatio: 0, noticedRatio: 0.6 },
  { awarenessRatio: 0.066, noticedRatio: 0.3 },
  { awarenessRatio: 0.033, noticedRatio: 0.3 },
];

/**
 * Weights of the kinds for choosing bundles, and discounts with a measured price effect. Shoppers who respond to money
 * buy what often sells together; those who respond to awareness buy what sells apart. A list for one kind earns nothing
 * with the other. Counts predict the first reliably, the second only through the prior, so the first weighs most.
 * Chosen on dates of one real shop and on simulated shops, among 1, 4, 6, 8, 12 and 16.
 */
export const KIND_WEIGHTS = [6, 1, 1] as const;

/** The shoppers of one shop, as learned from offers. */
export interface ShopperMix {
  /** In the order of `SHOPPER_KINDS`. */
  readonly kinds: readonly {
    /** Probability relative to a third: 1 on average. */
    readonly weight: number;
    /** Multiple of the kind's prior mean effect. */
    readonly times: Estimate;
  }[];
  /** Own offers and other shops of the installation that it was learned from. */
  readonly offers: number;
  readonly shops: number;
}

/**
 * Mix of a shop without any shown offer. The interval is chosen on simulated shops: nine of ten intervals hold the true
 * earnings of offers.
 */
export const PRIOR_MIX: ShopperMix = {
  kinds: SHOPPER_KINDS.map(() => ({ weight: 1, times: { value: 1, low: 0.45, high: 4 } })),
  offers: 0,
  shops: 0,
};

/** A kind with a lower weight limits neither an interval nor a loss. */
export const LEAST_WEIGHT = 0.15;

/** Expected mean shopper of a mix, given the basis of the price response. */
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
 * If the shop's own price moves measure the response of buyers of the other part, the only uncertainty is whether they
 * notice the offer like a shelf price. A guess.
 */
export const NOTICED_WHERE_MEASURED = 0.75;

/** Share of those concerned who notice the saving and respond to it. */
export function noticedRatioOf(
  basis: ResponseBasis,
  { noticedRatio }: Pick<ShopperKind, "noticedRatio">,
): number {
  if (basis === "published") return noticedRatio;
  return basis === "measured" ? NOTICED_WHERE_MEASURED : 0;
}

export const MEAN_KIND: ShopperKind = meanKindOf(PRIOR_MIX);

/** @param weights not all 0 */
export function weightedMeanOf(values: readonly number[], weights: readonly number[]): number {
  const sum = values.reduce((all, value, at) => all + weights[at]! * value, 0);
  return sum / weights.reduce((all, weight) => all + weight, 0);
}

import { checkTerms, hasLowAmounts, OfferTerms, rewardsOf, type Reward } from "#app/domain/offer/offer.ts";
import {
  discountRatioOf,
  listChoiceSteps,
  listSteps,
  type OfferStep,
  type StepComponent,
} from "#app/domain/publish/price-steps.ts";
import { keepsMargin, type ShopSettings } from "#app/domain/shop-settings.ts";

/** Discounts to choose among, in addition to the current one and both limits. */
const STEERED_DISCOUNTS = [0.05, 0.1, 0.15, 0.2, 0.25, 0.3] as const;
/** Amounts move in these steps, minor units, and so keep the two-digit ending that the merchant chose. */
const ENDING_MINOR = 100;

/** The merchant's limits on a price, and settings to compute it with. */
export interface PriceLimits extends Pick<
  ShopSettings,
  "minDiscountRatio" | "maxDiscountRatio" | "marginFloorRatio" | "assumedMarginRatio"
> {
  /** ISO code of the shop's own currency. */
  readonly currency: string;
}

/** An offer with its products at today's prices. */
export interface PricedOffer {
  readonly terms: OfferTerms;
  /** The bundle's own discount, 0 to 1. */
  readonly discountRatio: number;
  readonly components: readonly StepComponent[];
}

/** Possible terms of an offer, with their discount on today's price; for tiers, the highest. */
export interface CandidateTerms {
  readonly terms: OfferTerms;
  /** 0 to 1. */
  readonly discountRatio: number;
}

/**
 * Candidate terms within the merchant's limits: the current ones, and the same terms with all rewards moved together to
 * another discount. Shares are whole percents, tiers keep their proportions and order, and amounts keep their last two
 * digits. Every tier keeps the required margin, whatever a shopper chooses from a pool. A gift has no price to move and
 * stays as approved. An offer at full price can always stay, because it takes nothing off; after a move to a discount,
 * full price is no longer a candidate.
 *
 * @returns each once; empty if all are beyond the limits, null if the products do not make up the offer now
 */
export function listCandidates(offer: PricedOffer, limits: PriceLimits): CandidateTerms[] | null {
  const { terms, discountRatio, components } = offer;
  const steps = listSteps(terms, components, limits);
  if (steps.length === 0) return null;
  const held = { terms, discountRatio };
  if (terms.kind === "gift") return [held];
  // Narrow limits can lie between two steps of the ladder, so their ends are candidates too, in whole percents.
  const least = Math.ceil(limits.minDiscountRatio * 100 - 1e-9) / 100;
  const most = Math.floor(limits.maxDiscountRatio * 100 + 1e-9) / 100;
  const moved = [...STEERED_DISCOUNTS, least, most].flatMap((ratio) => moveTo(offer, ratio, steps) ?? []);
  const known = new Set<string>();
  return [held, ...moved].flatMap((candidate) => {
    const key = JSON.stringify(candidate.terms);
    if (known.has(key)) return [];
    known.add(key);
    if (candidate === held && isFullPrice(terms)) return [held];
    const taken =
      shareOfTerms(candidate.terms) ?? discountRatioOf(listSteps(candidate.terms, components, limits));
    const choices = listChoiceSteps(candidate.terms, components, limits);
    if (!isAllowed(taken, choices, limits) || !hasLowAmounts(candidate.terms, limits.currency)) return [];
    return [candidate === held ? held : { ...candidate, discountRatio: taken }];
  });
}

/** Whether a discount is within the merchant's limits and keeps the required margin, to a minor unit. */
function isAllowed(discountRatio: number, steps: readonly OfferStep[], limits: PriceLimits): boolean {
  return (
    discountRatio > 0 &&
    discountRatio >= limits.minDiscountRatio - 1e-9 &&
    discountRatio <= limits.maxDiscountRatio + 1e-9 &&
    steps.every((step) => keepsMargin(step, limits))
  );
}

/** Whether the terms only show the products together. */
function isFullPrice(terms: OfferTerms): boolean {
  const rewards = rewardsOf(terms);
  return rewards.length > 0 && rewards.every(({ type }) => type === "none");
}

/** Discount of a percentage reward, for tiers the highest; null for other rewards. */
function shareOfTerms(terms: OfferTerms): number | null {
  const reward =
    terms.kind === "breaks" ? terms.tiers.at(-1)!.reward : terms.kind === "gift" ? null : terms.reward;
  return reward?.type === "percent" ? reward.basisPoints / 10_000 : null;
}

/** The offer with every reward moved so that the highest takes off `ratio`; null if such terms cannot be sold. */
function moveTo(
  { terms, discountRatio, components }: PricedOffer,
  ratio: number,
  steps: readonly OfferStep[],
): CandidateTerms | null {
  if (ratio <= 0) return null;
  const top = shareOfTerms(terms) ?? discountRatioOf(steps);
  const move = (reward: Reward, at: number): Reward => {
    const { beforeMinor, discountMinor } = steps[at]!;
    const own = reward.type === "percent" ? reward.basisPoints / 10_000 : discountMinor / beforeMinor;
    return moveReward(reward, top > 0 ? (ratio * own) / top : ratio, beforeMinor);
  };
  const moved =
    terms.kind === "gift"
      ? terms
      : terms.kind === "breaks"
        ? { ...terms, tiers: terms.tiers.map((tier, at) => ({ ...tier, reward: move(tier.reward, at) })) }
        : { ...terms, reward: move(terms.reward, 0) };
  const parsed = OfferTerms.safeParse(moved);
  if (!parsed.success || checkTerms(parsed.data, components).length > 0) return null;
  return { terms: parsed.data, discountRatio };
}

function moveReward(reward: Reward, ratio: number, beforeMinor: number): Reward {
  switch (reward.type) {
    case "percent":
    case "none":
      return { type: "percent", basisPoints: Math.round(ratio * 100 + 1e-9) * 100 };
    case "amount":
      return { ...reward, amountMinor: keepEnding(ratio * beforeMinor, reward.amountMinor) };
    case "price":
      return { ...reward, priceMinor: keepEnding((1 - ratio) * beforeMinor, reward.priceMinor) };
  }
}

/** The amount closest to the wished one that ends like the current one. */
function keepEnding(wishedMinor: number, heldMinor: number): number {
  const ending = heldMinor % ENDING_MINOR;
  return ending + ENDING_MINOR * Math.round((wishedMinor - ending) / ENDING_MINOR);
}

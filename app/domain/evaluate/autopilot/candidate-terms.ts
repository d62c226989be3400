import { checkTerms, hasLowAmounts, OfferTerms, rewardsOf, type Reward } from "#app/domain/offer/offer.ts";
import {
  discountRatioOf,
  listSteps,
  type OfferStep,
  type StepComponent,
} from "#app/domain/publish/price-steps.ts";
import type { ShopSettings } from "#app/domain/shop-settings.ts";

/** Discounts that the autopilot chooses among, with the one at hand and the limits' own ends, as far as they allow. */
const STEERED_DISCOUNTS = [0.05, 0.1, 0.15, 0.2, 0.25, 0.3] as const;
/** What an amount is moved by, minor units: it keeps its last two digits, and so the ending that the merchant chose. */
const ENDING_MINOR = 100;

/** What the merchant allows a price to be, and how it is reckoned. */
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
  /** What its terms take off, as the bundle has it, 0 to 1. */
  readonly discountRatio: number;
  readonly components: readonly StepComponent[];
}

/** Terms that an offer may have, and what they take off today's price: of tiers, the highest. */
export interface CandidateTerms {
  readonly terms: OfferTerms;
  /** 0 to 1. */
  readonly discountRatio: number;
}

/**
 * The terms that an offer may have within the merchant's limits: those at hand, and the same with all its rewards moved
 * together to another discount. Shares are whole percents, tiers keep their proportions and go on rising, amounts keep
 * their last two digits. Each leaves the margin that is asked for at every tier. A gift has no price to move and is
 * what the merchant approved. An offer at full price takes nothing off, so no limit forbids that it stays as it is;
 * once it has moved to a discount, full price is no candidate again.
 *
 * @returns each once; empty where every one is beyond the limits, null where the products do not make the offer up now
 */
export function listCandidates(offer: PricedOffer, limits: PriceLimits): CandidateTerms[] | null {
  const { terms, discountRatio, components } = offer;
  const steps = listSteps(terms, components, limits);
  if (steps.length === 0) return null;
  const held = { terms, discountRatio };
  if (terms.kind === "gift") return [held];
  // Narrow limits may lie between two steps of the ladder: then their ends are what there is, in whole percent.
  const least = Math.ceil(limits.minDiscountRatio * 100 - 1e-9) / 100;
  const most = Math.floor(limits.maxDiscountRatio * 100 + 1e-9) / 100;
  const moved = [...STEERED_DISCOUNTS, least, most].flatMap((ratio) => moveTo(offer, ratio, steps) ?? []);
  const known = new Set<string>();
  return [held, ...moved].flatMap((candidate) => {
    const key = JSON.stringify(candidate.terms);
    if (known.has(key)) return [];
    known.add(key);
    if (candidate === held && isFullPrice(terms)) return [held];
    const priced = listSteps(candidate.terms, components, limits);
    const taken = shareOfTerms(candidate.terms) ?? discountRatioOf(priced);
    if (!isAllowed(taken, priced, limits) || !hasLowAmounts(candidate.terms, limits.currency)) return [];
    return [candidate === held ? held : { ...candidate, discountRatio: taken }];
  });
}

/** Whether a discount lies between the merchant's limits and leaves the margin that is asked for, to a minor unit. */
function isAllowed(
  discountRatio: number,
  steps: readonly OfferStep[],
  { minDiscountRatio, maxDiscountRatio, marginFloorRatio }: PriceLimits,
): boolean {
  return (
    discountRatio > 0 &&
    discountRatio >= minDiscountRatio - 1e-9 &&
    discountRatio <= maxDiscountRatio + 1e-9 &&
    steps.every(({ afterMinor, costMinor }) => afterMinor - costMinor >= marginFloorRatio * afterMinor - 1)
  );
}

/** Whether the terms give nothing but that the products are shown together. */
function isFullPrice(terms: OfferTerms): boolean {
  const rewards = rewardsOf(terms);
  return rewards.length > 0 && rewards.every(({ type }) => type === "none");
}

/** The share that percentages take off, of tiers the highest; null of other rewards. */
function shareOfTerms(terms: OfferTerms): number | null {
  const reward =
    terms.kind === "breaks" ? terms.tiers.at(-1)!.reward : terms.kind === "gift" ? null : terms.reward;
  return reward?.type === "percent" ? reward.basisPoints / 10_000 : null;
}

/** The offer with every reward moved so that the highest takes off so much; null where no such terms can be sold. */
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

/** The amount next to the wished one that ends as the one at hand does. */
function keepEnding(wishedMinor: number, heldMinor: number): number {
  const ending = heldMinor % ENDING_MINOR;
  return ending + ENDING_MINOR * Math.round((wishedMinor - ending) / ENDING_MINOR);
}

import { type OfferTerms, purchaseRuleOf } from "#app/domain/offer/offer.ts";
import { listSteps } from "#app/domain/publish/price-steps.ts";
import {
  listCandidates,
  type CandidateTerms,
  type PricedOffer,
  type PriceLimits,
} from "./candidate-terms.ts";
import { toTrials, type OfferDay } from "./offer-trials.ts";
import type { SteeredBundle } from "./steer-offers.ts";

/** Weight of the catalogue's figures, in observed purchases. */
const CATALOGUE_PURCHASES = 10;

/**
 * An offer of any kind in the form for `steerOffers`: the margin of one purchase at full price, and the cost of its
 * reward as a share of `setPriceMinor` at each discount. A set costs the sum of its components. In a pool shoppers
 * choose how much and what, so both are means of the observed purchases, shrunk to the catalogue's first products.
 *
 * @returns null if the products do not make up the offer now, or no price is allowed
 * Known weakness: a purchase has the same contents at every discount; larger purchases at a larger discount count as
 *   more purchases.
 */
export function toSteeredOffer(
  id: string,
  offer: PricedOffer,
  days: readonly OfferDay[],
  limits: PriceLimits,
): { readonly bundle: SteeredBundle; readonly candidates: readonly CandidateTerms[] } | null {
  const { terms, discountRatio, components } = offer;
  const candidates = listCandidates(offer, limits);
  const [first] = listSteps(terms, components, limits);
  if (candidates === null || !first) return null;
  const isPool = purchaseRuleOf(terms).counts !== "parts";
  const marginMinor = first.beforeMinor - first.costMinor;
  const single = { priceMinor: first.beforeMinor / first.units, marginMinor: marginMinor / first.units };
  const parts = isPool
    ? [single]
    : components.map(({ priceMinor, costMinor, quantity }) => ({
        priceMinor: priceMinor * quantity,
        marginMinor: (priceMinor - (costMinor ?? priceMinor * (1 - limits.assumedMarginRatio))) * quantity,
      }));
  const sum = (pick: (day: OfferDay) => number) => days.reduce((all, day) => all + pick(day), 0);
  const partCount = sum((day) => day.parts);
  const worth = isPool
    ? meanPurchase(terms, days, { ...first, marginMinor, discountRatio })
    : { setPriceMinor: first.beforeMinor, setMarginMinor: marginMinor };
  const bundle = {
    id,
    isPool,
    components: parts,
    ...worth,
    candidates: candidates.map((candidate) => candidate.discountRatio),
    partMarginMinor: partCount > 0 ? sum((day) => day.partMarginMinor) / partCount : parts[0]!.marginMinor,
    trials: toTrials(days),
  };
  return { bundle, candidates };
}

/** Mean price and margin of the purchases of a pool so far. */
function meanPurchase(
  terms: OfferTerms,
  days: readonly OfferDay[],
  catalogue: {
    readonly beforeMinor: number;
    readonly discountMinor: number;
    readonly marginMinor: number;
    readonly discountRatio: number;
  },
) {
  const { beforeMinor, discountMinor, discountRatio } = catalogue;
  const sum = (pick: (day: OfferDay) => number) => days.reduce((all, day) => all + pick(day), 0);
  const setMarginMinor =
    (sum((day) => day.setMarginMinor) + CATALOGUE_PURCHASES * catalogue.marginMinor) /
    (sum(({ sets }) => sets) + CATALOGUE_PURCHASES);
  const given = sum(({ discountRatio: ratio, givenMinor }) => ((ratio ?? 0) > 0 ? givenMinor : 0));
  const weighted = sum(({ discountRatio: ratio, sets }) => (ratio ?? 0) * sets);
  if (terms.kind === "range" && terms.reward.type === "price") {
    // A shopper who chooses dearer products saves more, by the same amount at each price of the whole.
    const offered = sum(({ discountRatio: ratio, sets }) => ((ratio ?? 0) > 0 ? sets : 0));
    const more = (given - beforeMinor * weighted) / (offered + CATALOGUE_PURCHASES);
    return { setPriceMinor: beforeMinor, setMarginMinor: setMarginMinor - more };
  }
  const setPriceMinor =
    discountRatio > 0
      ? (given + CATALOGUE_PURCHASES * discountMinor) / (weighted + CATALOGUE_PURCHASES * discountRatio)
      : beforeMinor;
  return { setPriceMinor, setMarginMinor };
}

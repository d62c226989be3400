import type { BundleCandidate } from "#app/domain/propose/profit/bundle-candidate.ts";
import { chooseOffers } from "./choose-offers.ts";
import { byWorth } from "#app/domain/propose/profit/grow-bundles.ts";
import type { ShopSettings } from "#app/domain/shop-settings.ts";

/** Shares of the suggestions kept for sets of three and four when there are any, and for those of four among them. */
const LARGER_SHARE = 0.25;
const FOUR_SHARE = 0.05;
/** At most this share of the suggestions, or one, are pairs that share a name, because some of them are patterns. */
export const MATCHING_SHARE = 0.03;

interface ChosenBundles {
  /** Most promising first. */
  readonly chosen: BundleCandidate[];
  /** Pairs that share a name and that their products have room for, but not the share of the suggestions. */
  readonly beyondShare: BundleCandidate[];
}

/**
 * Pairs nearly always promise more than the sets grown from them, because fewer shoppers lack just one part of a
 * larger set; but a shop that is only ever offered pairs never learns what a set would have earned. So each size is
 * chosen by itself, with what was chosen before counted; places that larger sets cannot fill go back to the pairs.
 */
export function chooseBySize(candidates: readonly BundleCandidate[], settings: ShopSettings): ChosenBundles {
  const matching = candidates.filter(({ isMatchingSet }) => isMatchingSet);
  const larger = candidates.filter(({ items }) => items.length > 2);
  const pairs = candidates.filter(({ items, isMatchingSet }) => items.length === 2 && !isMatchingSet);
  const share = Math.floor(settings.maxProposals * MATCHING_SHARE);
  const keptForSets = matching.length === 0 ? 0 : Math.max(settings.maxProposals > 1 ? 1 : 0, share);
  const keptForLarger = Math.min(larger.length, Math.floor(settings.maxProposals * LARGER_SHARE));
  const most = settings.maxProposals - keptForSets;

  const chosen = chooseOffers(pairs, { ...settings, maxProposals: Math.max(0, most - keptForLarger) });
  const keptForFours = Math.min(keptForLarger, Math.floor(settings.maxProposals * FOUR_SHARE));
  const fours = larger.filter(({ items }) => items.length === 4);
  chosen.push(...chooseOffers(fours, { ...settings, maxProposals: keptForFours }, chosen));
  const trios = larger.filter(({ items }) => items.length === 3);
  chosen.push(
    ...chooseOffers(trios, { ...settings, maxProposals: Math.max(0, most - chosen.length) }, chosen),
  );
  const taken = new Set(chosen.map(keyOf));
  const left = pairs.filter((pair) => !taken.has(keyOf(pair)));
  chosen.push(
    ...chooseOffers(left, { ...settings, maxProposals: Math.max(0, most - chosen.length) }, chosen),
  );
  const sets = Math.max(1, Math.floor(chosen.length * MATCHING_SHARE));
  const places = pairs.length + larger.length === 0 ? 1 : Math.min(keptForSets, sets);
  chosen.push(...chooseOffers(matching, { ...settings, maxProposals: places }, chosen));
  const placed = new Set(chosen.map(keyOf));
  const leftOut = matching.filter((pair) => !placed.has(keyOf(pair)));
  const beyondShare = chooseOffers(leftOut, { ...settings, maxProposals: leftOut.length }, chosen);
  return { chosen: byWorth(chosen), beyondShare };
}

/** The same in any order: choosing may put another component in front. */
function keyOf({ items }: BundleCandidate): string {
  return [...items].sort((a, b) => a - b).join();
}

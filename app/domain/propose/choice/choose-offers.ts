import { lowerBound } from "#app/domain/numbers/statistics.ts";
import type { BundleCandidate } from "#app/domain/propose/profit/bundle-candidate.ts";
import { KIND_WEIGHTS, SUPPOSED_MIX, type ShopperMix } from "#app/domain/propose/profit/shopper-kinds.ts";
import type { ShopSettings } from "#app/domain/shop-settings.ts";

/** Candidates looked at, the most promising ones: no list is so long. */
const MOST_CANDIDATES = 8_000;
/** At most this share of the suggestions, or one, are pairs that share a name, because some of them are patterns. */
export const MATCHING_SHARE = 0.03;
/** A kind in which hardly anything pays counts as if its best list brought this share of the most of any kind. */
const LEAST_OF_MOST = 0.05;
/**
 * How often an offer is noticed in the first place of a page, the second, and so on, over the first: a product's offers
 * share one frame. A guess.
 */
const NOTICED_AT = [1, 0.85, 0.7, 0.6, 0.5] as const;

interface ChosenBundles {
  /** Most promising first. */
  readonly chosen: BundleCandidate[];
  /** Pairs that share a name and that their products have room for, but not the share of the suggestions. */
  readonly beyondShare: BundleCandidate[];
}

/**
 * Chooses the list that is offered: greedy on what each bundle earns with every kind of shoppers, in shares of what the
 * best list would earn with that kind, times how well its place on its products' pages is noticed, with at most so many
 * offers a product.
 *
 * A product's later offers count for less, so the sum is submodular, and monotone. A pair can be added by giving up at
 * most two others, one for each of its products that is full, and then there is room among so many in all too; so the
 * choices allowed are a 2-extendible system, for which greedy reaches at least a third of the best choice. Outside that
 * bound: what is not looked at.
 * @see Fisher, Nemhauser and Wolsey 1978, part II; Mestre 2006, Greedy in approximation algorithms (k-extendible)
 *
 * @param candidates each pair of items once
 * @returns best first
 */
export function chooseOffers(
  candidates: readonly BundleCandidate[],
  limits: Pick<ShopSettings, "maxOffersPerProduct" | "maxProposals">,
  mix: ShopperMix = SUPPOSED_MIX,
): ChosenBundles {
  const { maxOffersPerProduct, maxProposals } = limits;
  const worths = weighKinds(candidates, maxProposals, mix);
  const ranked = candidates
    .map((candidate, at) => ({ candidate, worth: worths[at]! }))
    .sort((a, b) => b.worth - a.worth)
    .slice(0, MOST_CANDIDATES);
  const pages = openPages(maxOffersPerProduct);
  const isMatching = ({ isMatchingSet }: BundleCandidate) => isMatchingSet;
  const isOnlyPlace = maxProposals === 1 && !candidates.every(isMatching);
  const filled = pages.fill(
    ranked.filter(({ candidate }) => !isOnlyPlace || !isMatching(candidate)),
    maxProposals,
  );
  const mostMatching = Math.max(1, Math.floor(filled.length * MATCHING_SHARE));
  const matching = filled.filter(isMatching).slice(0, mostMatching);
  // Some are patterns of one product all the same: they stand behind the others.
  const chosen = [...filled.filter((one) => !isMatching(one)), ...matching];
  const leftOut = ranked.filter(({ candidate }) => isMatching(candidate) && !matching.includes(candidate));
  const beyond = openPages(maxOffersPerProduct, chosen);
  return { chosen, beyondShare: beyond.fill(leftOut, leftOut.length) };
}

interface Ranked {
  readonly candidate: BundleCandidate;
  readonly worth: number;
}

/** What each candidate is worth with all kinds of shoppers together; unitless. */
function weighKinds(candidates: readonly BundleCandidate[], most: number, { kinds }: ShopperMix): number[] {
  const weights = KIND_WEIGHTS.map((weight, kind) => weight * kinds[kind]!.weight);
  const best = weights.map((_, kind) => {
    const margins = candidates.map(({ marginByKind }) => Math.max(0, marginByKind[kind]!));
    return margins
      .sort((a, b) => b - a)
      .slice(0, most)
      .reduce((sum, margin) => sum + margin, 0);
  });
  const least = Math.max(Number.MIN_VALUE, LEAST_OF_MOST * Math.max(...best));
  return candidates.map(({ marginByKind }) =>
    weights.reduce(
      (sum, weight, kind) => sum + (weight * marginByKind[kind]!) / Math.max(least, best[kind]!),
      0,
    ),
  );
}

/** The products' pages, and what stands on them. */
function openPages(maxOffersPerProduct: number, already: readonly BundleCandidate[] = []) {
  const offersWith = new Map<number, number>();
  const gainOf = ({ candidate: { items }, worth }: Ranked) => {
    const noticed = items.reduce((sum, item) => sum + (NOTICED_AT[offersWith.get(item) ?? 0] ?? 0), 0);
    return (worth * noticed) / items.length;
  };
  const place = ({ items }: BundleCandidate) => {
    for (const item of items) offersWith.set(item, (offersWith.get(item) ?? 0) + 1);
  };
  already.forEach(place);
  return {
    /** Places at most so many, the one that adds most first. */
    fill(ranked: readonly Ranked[], most: number): BundleCandidate[] {
      const chosen: BundleCandidate[] = [];
      const queue = ranked.map((one) => ({ ...one, gain: gainOf(one) })).sort((a, b) => a.gain - b.gain);
      while (chosen.length < most) {
        const top = queue.pop();
        if (!top || top.gain <= 0) break;
        // Gains only fall, so a stale gain is an upper bound and the first one that stays on top is the largest.
        const gain = gainOf(top);
        if (queue.length > 0 && gain < queue[queue.length - 1]!.gain) {
          insert(queue, { ...top, gain });
          continue;
        }
        const { candidate } = top;
        if (candidate.items.some((item) => (offersWith.get(item) ?? 0) >= maxOffersPerProduct)) continue;
        chosen.push(candidate);
        place(candidate);
      }
      return chosen;
    },
  };
}

/** Keeps the queue ascending by gain. */
function insert<T extends { readonly gain: number }>(queue: T[], entry: T): void {
  const low = lowerBound(queue.length, (at) => queue[at]!.gain < entry.gain);
  queue.splice(low, 0, entry);
}

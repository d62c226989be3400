import { lowerBound } from "#app/domain/numbers/statistics.ts";
import type { BundleCandidate } from "#app/domain/propose/profit/bundle-candidate.ts";
import type { SetOfThree } from "#app/domain/propose/profit/set-of-three.ts";
import { KIND_WEIGHTS, PRIOR_MIX, type ShopperMix } from "#app/domain/propose/profit/shopper-kinds.ts";
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
/** Pairs are joined only where so many offers are left, or as many as are asked for: a shorter list says more in pairs. */
const LEAST_JOINED = 40;

/** What a list may hold. */
export type Choice = BundleCandidate | SetOfThree;

interface ChosenBundles {
  /** Most promising first, pairs that share a name last. */
  readonly chosen: Choice[];
  /** Pairs that share a name and that their products have room for, but not the list or their share of it. */
  readonly beyondShare: BundleCandidate[];
}

/**
 * Chooses the list that is offered: greedy on what each bundle earns with every kind of shoppers, in shares of what the
 * best list would earn with that kind, times how well its place on its products' pages is noticed, with at most so many
 * offers a product. Where more pairs go together at full price than the list has room for, sets of three are among the
 * choices; a set counts for its pairs that are not shown yet, and a pair that is shown in a set is not chosen again.
 *
 * A product's later offers count for less, so the sum is submodular, and monotone. A pair can be added by giving up at
 * most two others, one for each of its products that is full, and then there is room among so many in all too; so the
 * choices allowed are a 2-extendible system, for which greedy reaches at least a third of the best choice; with sets of
 * three, a 3-extendible one and a fourth. Outside that bound: what is not looked at, and pairs that share a name.
 * @see Fisher, Nemhauser and Wolsey 1978, part II; Mestre 2006, Greedy in approximation algorithms (k-extendible)
 *
 * @param candidates each pair of items once
 * @param setsOfThree of the candidates
 * @returns best first
 */
export function chooseOffers(
  candidates: readonly BundleCandidate[],
  limits: Pick<ShopSettings, "maxOffersPerProduct" | "maxProposals">,
  mix: ShopperMix = PRIOR_MIX,
  setsOfThree: readonly SetOfThree[] = [],
): ChosenBundles {
  const { maxOffersPerProduct, maxProposals } = limits;
  const worths = weighKinds(candidates, maxProposals, mix);
  const ranked = candidates
    .map((candidate, at) => ({ candidate, worth: worths[at]! }))
    .sort((a, b) => b.worth - a.worth)
    .slice(0, MOST_CANDIDATES);
  const listPairs = (isMatching: boolean) =>
    ranked.filter(({ candidate }) => candidate.isMatchingSet === isMatching).map(asPlaceable);
  const pairs = listPairs(false);
  const worthOf = new Map(ranked.map(({ candidate, worth }) => [candidate, worth]));
  const sets = setsOfThree.map((set) => ({
    choice: set,
    shows: set.pairs.map((pair) => ({ items: pair.items, worth: worthOf.get(pair) ?? 0 })),
  }));
  const joined = openPages(maxOffersPerProduct).fill<Choice>([...pairs, ...sets], maxProposals);
  const isLong = joined.length >= Math.min(maxProposals, LEAST_JOINED);
  const filled = isLong ? joined : openPages(maxOffersPerProduct).fill<Choice>(pairs, maxProposals);
  // Some are patterns of one product all the same: they stand behind the others, in places that these leave free.
  const alike = openPages(maxOffersPerProduct, filled).fill(listPairs(true), ranked.length);
  const most = Math.min(
    maxProposals - filled.length,
    Math.max(1, Math.floor(filled.length * MATCHING_SHARE)),
  );
  return { chosen: [...filled, ...alike.slice(0, most)], beyondShare: alike.slice(most) };
}

interface Ranked {
  readonly candidate: BundleCandidate;
  readonly worth: number;
}

/** What can stand on pages: the pairs that it shows there and what each is worth. */
interface Placeable<T extends Choice> {
  readonly choice: T;
  readonly shows: readonly { readonly items: readonly [number, number]; readonly worth: number }[];
}

function asPlaceable({ candidate, worth }: Ranked): Placeable<BundleCandidate> {
  return { choice: candidate, shows: [{ items: candidate.items, worth }] };
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
function openPages(maxOffersPerProduct: number, already: readonly Choice[] = []) {
  const offersWith = new Map<number, number>();
  const shown = new Set<string>();
  const gainOf = ({ shows }: Pick<Placeable<Choice>, "shows">) =>
    shows.reduce((sum, { items, worth }) => {
      if (shown.has(keyOf(items))) return sum;
      const noticed = items.reduce((own, item) => own + (NOTICED_AT[offersWith.get(item) ?? 0] ?? 0), 0);
      return sum + (worth * noticed) / items.length;
    }, 0);
  const place = (choice: Choice) => {
    for (const item of choice.items) offersWith.set(item, (offersWith.get(item) ?? 0) + 1);
    for (const { items } of "pairs" in choice ? choice.pairs : [choice]) shown.add(keyOf(items));
  };
  already.forEach(place);
  return {
    /** Places at most so many, the one that adds most first. */
    fill<T extends Choice>(placeable: readonly Placeable<T>[], most: number): T[] {
      const chosen: T[] = [];
      const queue = placeable.map((one) => ({ ...one, gain: gainOf(one) })).sort((a, b) => a.gain - b.gain);
      while (chosen.length < most) {
        const top = queue.pop();
        if (!top || top.gain <= 0) break;
        // Gains only fall, so a stale gain is an upper bound and the first one that stays on top is the largest.
        const gain = gainOf(top);
        if (gain <= 0) continue;
        if (queue.length > 0 && gain < queue[queue.length - 1]!.gain) {
          insert(queue, { ...top, gain });
          continue;
        }
        const { choice } = top;
        if (choice.items.some((item) => (offersWith.get(item) ?? 0) >= maxOffersPerProduct)) continue;
        chosen.push(choice);
        place(choice);
      }
      return chosen;
    },
  };
}

function keyOf(items: readonly [number, number]): string {
  return `${Math.min(...items)},${Math.max(...items)}`;
}

/** Keeps the queue ascending by gain. */
function insert<T extends { readonly gain: number }>(queue: T[], entry: T): void {
  const low = lowerBound(queue.length, (at) => queue[at]!.gain < entry.gain);
  queue.splice(low, 0, entry);
}

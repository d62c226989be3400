import { lowerBound } from "#app/domain/numbers/statistics.ts";
import type { BundleCandidate } from "#app/domain/propose/profit/bundle-candidate.ts";
import type { SetOfThree } from "#app/domain/propose/profit/set-of-three.ts";
import { KIND_WEIGHTS, PRIOR_MIX, type ShopperMix } from "#app/domain/propose/profit/shopper-kinds.ts";
import type { ShopSettings } from "#app/domain/shop-settings.ts";

/** Only this many candidates are considered, the best ones. No list is that long. */
const MOST_CANDIDATES = 8_000;
/** At most this share of the suggestions, or one, are pairs that share a name: some of them are patterns. */
export const MATCHING_SHARE = 0.03;
/** Floor for the best list of one kind of shopper, as a share of the best list of any kind. */
const LEAST_OF_MOST = 0.05;
/** How often an offer is noticed at each position of a page, relative to the first. A guess. */
const NOTICED_AT = [1, 0.85, 0.7, 0.6, 0.5] as const;
/** Pairs are joined only if at least this many offers, or `maxProposals`, remain. A shorter list says more in pairs. */
const LEAST_JOINED = 40;

export type Choice = BundleCandidate | SetOfThree;

interface ChosenBundles {
  /** Best first, pairs that share a name last. */
  readonly chosen: Choice[];
  /** Pairs that share a name and fit on their products' pages, but exceed the list or their share of it. */
  readonly beyondShare: BundleCandidate[];
}

/**
 * Chooses the list of offers greedily. An offer counts by its earnings with every kind of shopper, relative to the best
 * list for that kind, times how well its position on its products' pages is noticed. In a list of at least
 * `LEAST_JOINED` offers, sets of three are candidates too. A set counts for those of its pairs that are not shown yet,
 * and its pairs are not chosen again.
 *
 * Later offers of a product count less, so the sum is submodular and monotone. A pair fits after removing at most two
 * others, one for each of its full products, which also makes room in the list. So the feasible lists are a
 * 2-extendible system, and greedy reaches at least a third of the optimum; with sets of three, 3-extendible and a
 * fourth. The bound does not cover candidates beyond `MOST_CANDIDATES` and pairs that share a name.
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
  // Some of these are patterns of one product after all. They only take places that the others leave free.
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

/** A choice, and the pairs that it shows on pages with their worth. */
interface Placeable<T extends Choice> {
  readonly choice: T;
  readonly shows: readonly { readonly items: readonly [number, number]; readonly worth: number }[];
}

function asPlaceable({ candidate, worth }: Ranked): Placeable<BundleCandidate> {
  return { choice: candidate, shows: [{ items: candidate.items, worth }] };
}

/** Worth of each candidate over all kinds of shoppers; unitless. */
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

/** The products' pages and the offers on them. */
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
    /** Places at most `most`, the largest gain first. */
    fill<T extends Choice>(placeable: readonly Placeable<T>[], most: number): T[] {
      const chosen: T[] = [];
      const queue = placeable.map((one) => ({ ...one, gain: gainOf(one) })).sort((a, b) => a.gain - b.gain);
      while (chosen.length < most) {
        const top = queue.pop();
        if (!top || top.gain <= 0) break;
        // Gains only fall, so a stale gain is an upper bound. The first one that stays on top is the largest.
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

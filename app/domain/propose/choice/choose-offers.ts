import { lowerBound } from "#app/domain/numbers/lower-bound.ts";
import { byWorth } from "#app/domain/propose/profit/grow-bundles.ts";
import type { BundleCandidate } from "#app/domain/propose/profit/bundle-candidate.ts";

/** Candidates looked at; those beyond are worth less than a hundredth of the first in any catalogue seen. */
const MOST_CANDIDATES = 6_000;

/**
 * Chooses bundles that are worth much and spread over the catalogue: greedy on
 * `f(S) = Σ_items √(Σ_{bundles with the item} worth / size)`, so that a product's second offer counts less than its
 * first, with at most so many offers a product, whether it is their anchor or another component. A bundle that contains or
 * is contained in one of the same anchor is left out.
 *
 * f is monotone and submodular. A bundle of q products can be added by giving up at most q others, one for each of its
 * products that is full, and then there is room among so many in all too; so the choices allowed are a q-extendible
 * system, for which greedy reaches at least 1 / (q + 1) of the best choice: a third among pairs, a fifth with sets of
 * four. Outside that bound: the rule on nested bundles, and candidates beyond the 6,000 of most worth.
 * @see Fisher, Nemhauser and Wolsey 1978, part II; Mestre 2006, Greedy in approximation algorithms (k-extendible)
 * @param already bundles that were chosen before: they count, and are not returned
 * @returns best first, each with its anchor in front, which is the first component that no nested bundle has for one
 */
export function chooseOffers(
  candidates: readonly BundleCandidate[],
  limits: { readonly maxOffersPerProduct: number; readonly maxProposals: number },
  already: readonly BundleCandidate[] = [],
): BundleCandidate[] {
  const carried = new Map<number, number>();
  const offersWith = new Map<number, number>();
  const offersOf = new Map<number, BundleCandidate[]>();
  const chosen: BundleCandidate[] = [];
  const gainOf = ({ items, worth }: BundleCandidate) =>
    items.reduce((sum, item) => {
      const before = carried.get(item) ?? 0;
      return sum + Math.sqrt(before + worth / items.length) - Math.sqrt(before);
    }, 0);

  const place = (bundle: BundleCandidate) => {
    offersOf.set(bundle.items[0]!, [...(offersOf.get(bundle.items[0]!) ?? []), bundle]);
    for (const item of bundle.items) {
      offersWith.set(item, (offersWith.get(item) ?? 0) + 1);
      carried.set(item, (carried.get(item) ?? 0) + bundle.worth / bundle.items.length);
    }
  };
  already.forEach(place);

  const queue = byWorth(candidates)
    .slice(0, MOST_CANDIDATES)
    .map((candidate) => ({ candidate, gain: gainOf(candidate) }))
    .sort((a, b) => a.gain - b.gain);
  while (chosen.length < limits.maxProposals) {
    const top = queue.pop();
    if (!top) break;
    // Gains only fall, so a stale gain is an upper bound and the first one that stays on top is the largest.
    const gain = gainOf(top.candidate);
    if (queue.length > 0 && gain < queue[queue.length - 1]!.gain) {
      insert(queue, { candidate: top.candidate, gain });
      continue;
    }
    if (top.candidate.items.some((item) => (offersWith.get(item) ?? 0) >= limits.maxOffersPerProduct))
      continue;
    const anchor = top.candidate.items.findIndex(
      (item) => !offersOf.get(item)?.some((other) => isNested(other, top.candidate)),
    );
    if (anchor === -1) continue;
    const placed = moveToFront(top.candidate, anchor);
    chosen.push(placed);
    place(placed);
  }
  return chosen;
}

interface Queued {
  readonly candidate: BundleCandidate;
  readonly gain: number;
}

/** Keeps the queue ascending by gain. */
function insert(queue: Queued[], entry: Queued): void {
  const low = lowerBound(queue.length, (at) => queue[at]!.gain < entry.gain);
  queue.splice(low, 0, entry);
}

function isNested({ items: a }: BundleCandidate, { items: b }: BundleCandidate): boolean {
  const common = a.filter((item) => b.includes(item)).length;
  return common === Math.min(a.length, b.length);
}

function moveToFront(candidate: BundleCandidate, front: number): BundleCandidate {
  if (front === 0) return candidate;
  const reorder = <T>(list: readonly T[]) => [list[front]!, ...list.filter((_, index) => index !== front)];
  return {
    ...candidate,
    items: reorder(candidate.items),
    withoutOneRatio: reorder(candidate.withoutOneRatio),
  };
}

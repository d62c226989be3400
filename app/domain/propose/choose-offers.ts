import { byWorth } from "#app/domain/propose/grow-bundles.ts";
import type { BundleCandidate } from "#app/domain/propose/bundle-candidate.ts";

/** Candidates looked at; those beyond are worth less than a hundredth of the first in any catalogue seen. */
const MOST_CANDIDATES = 6_000;

/**
 * Chooses bundles that are worth much and spread over the catalogue: greedy on
 * `f(S) = Σ_items √(Σ_{bundles with the item} worth / size)`, so that a product's second offer counts less than its
 * first, with at most so many offers an anchor. A bundle that contains or is contained in one of the same
 * anchor is left out.
 *
 * f is monotone and submodular and "so many an anchor, so many in all" is a matroid, for which greedy reaches at
 * least half of the best choice among the candidates with the anchors that they come with. Outside that bound: the rule
 * on nested bundles, an anchor that passes on (which only adds), and candidates beyond the 6,000 of most worth.
 * @see Fisher, Nemhauser and Wolsey 1978
 * @param already bundles that were chosen before: they count, and are not returned
 * @returns best first, each with its anchor in front; an anchor that is full passes on to the next component
 */
export function chooseOffers(
  candidates: readonly BundleCandidate[],
  limits: { readonly maxOffersPerProduct: number; readonly maxProposals: number },
  already: readonly BundleCandidate[] = [],
): BundleCandidate[] {
  const carried = new Map<number, number>();
  const offers = new Map<number, BundleCandidate[]>();
  const chosen: BundleCandidate[] = [];
  const gainOf = ({ items, worth }: BundleCandidate) =>
    items.reduce((sum, item) => {
      const before = carried.get(item) ?? 0;
      return sum + Math.sqrt(before + worth / items.length) - Math.sqrt(before);
    }, 0);

  const place = (bundle: BundleCandidate) => {
    offers.set(bundle.items[0]!, [...(offers.get(bundle.items[0]!) ?? []), bundle]);
    for (const item of bundle.items)
      carried.set(item, (carried.get(item) ?? 0) + bundle.worth / bundle.items.length);
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
    const anchor = top.candidate.items.findIndex((item) => {
      const own = offers.get(item) ?? [];
      return own.length < limits.maxOffersPerProduct && !own.some((other) => isNested(other, top.candidate));
    });
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
  let low = 0;
  let high = queue.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (queue[middle]!.gain < entry.gain) low = middle + 1;
    else high = middle;
  }
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

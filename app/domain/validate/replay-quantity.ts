import { firstBasketAt, type Baskets } from "#app/domain/prepare/baskets.ts";
import type { OfferTerms } from "#app/domain/offer/offer.ts";
import type { BundleProposal } from "#app/domain/propose/proposal/bundle-proposal.ts";
import { type Chance, countPoolOrders } from "#app/domain/propose/together/by-chance.ts";
import type { Occurrences } from "#app/domain/propose/together/occurrences.ts";
import { DAY_MS } from "#app/domain/time.ts";

/** What a replay counts: the orders that reach the offer, and what they are compared with in each order. */
export interface CountedLater {
  /** [baskets] whether each reaches it: 1 or 0. */
  readonly reached: Float64Array;
  /** [baskets] what each was expected to. */
  readonly expected: Float64Array;
}

const HORIZON_MS = 28 * DAY_MS;

/**
 * Later orders that hold as much as a range or the first tier of quantity breaks asks for: of a range beside those that
 * would by chance, of breaks beside as many as there were before, spread evenly over the later orders.
 *
 * @returns null of what is replayed by its parts, a set
 */
export function countLater(
  { terms, components, expected }: BundleProposal,
  laterBaskets: Baskets,
  occurrences: Occurrences,
  chance: Chance,
): CountedLater | null {
  const items = components.map(({ item }) => item);
  const least = unitsOf(terms);
  if (!terms || least === null) return null;
  if (terms.kind === "range") {
    const { held, byChance } = countPoolOrders(occurrences, chance, items, least);
    return { reached: Float64Array.from(held, (own) => Number(own >= least)), expected: byChance };
  }
  const { placedAtMs, baskets } = occurrences;
  const lastingMs = baskets === 0 ? 0 : Math.max(DAY_MS, placedAtMs[baskets - 1]! - placedAtMs[0]!);
  const each = baskets === 0 ? 0 : (expected.ordersAnyway.value * lastingMs) / HORIZON_MS / baskets;
  const reached = new Float64Array(baskets);
  const isOfOffer = new Set(items);
  // Baskets that are far too large are in the log and not in the index, which keeps the others in their order.
  let at = 0;
  for (let basket = firstBasketAt(laterBaskets, placedAtMs[0] ?? 0); at < baskets; basket++) {
    const [from, to] = [laterBaskets.offsets[basket]!, laterBaskets.offsets[basket + 1]!];
    if (to - from > occurrences.mostItems) continue;
    let units = 0;
    for (let line = from; line < to; line++)
      if (isOfOffer.has(laterBaskets.item[line]!)) units += laterBaskets.units[line]!;
    reached[at++] = Number(units >= least);
  }
  return { reached, expected: new Float64Array(baskets).fill(each) };
}

/** Units of a range, or of the first tier of breaks; null of other offers. */
export function unitsOf(terms: OfferTerms | undefined): number | null {
  if (terms?.kind === "range") return terms.units;
  return terms?.kind === "breaks" ? terms.tiers[0]!.units : null;
}

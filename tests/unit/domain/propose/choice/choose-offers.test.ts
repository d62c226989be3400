import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BundleCandidate } from "#app/domain/propose/profit/bundle-candidate.ts";
import { type Choice, chooseOffers } from "#app/domain/propose/choice/choose-offers.ts";

const NOTHING = { value: 0, low: 0, high: 0 };

const toCandidate = (
  items: readonly [number, number],
  worth: number,
  isMatchingSet = false,
): BundleCandidate => ({
  kind: "complementary",
  items,
  withoutOneRatio: items.map(() => 1),
  lackingRatio: items.map(() => 1),
  together: 10,
  byChance: 1,
  lift: NOTHING,
  discountRatio: 0.1,
  effect: {
    ordersAnyway: NOTHING,
    ordersWithOffer: NOTHING,
    extraMarginMinor: NOTHING,
    extraRevenueMinor: NOTHING,
  },
  marginByKind: [worth, worth, worth],
  relation: 1,
  attachRatio: 0,
  seasonIndex: 1,
  isToTry: false,
  isMatchingSet,
});
const pairsOf = (chosen: readonly Choice[]) => chosen.flatMap((one) => ("pairs" in one ? [] : [one]));
const choose = (candidates: readonly BundleCandidate[], maxOffersPerProduct: number, maxProposals: number) =>
  pairsOf(chooseOffers(candidates, { maxOffersPerProduct, maxProposals }).chosen);

const namesOf = (chosen: readonly BundleCandidate[]) =>
  chosen.map(({ items }) => [...items].sort((a, b) => a - b).join("+"));

/** Value of the list in its best order: shoppers notice later offers of a product less. */
function valueOf(chosen: readonly BundleCandidate[]): number {
  const placed = new Map<number, number>();
  const noticed = [1, 0.73, 0.51, 0.4, 0.3];
  return [...chosen]
    .sort((a, b) => b.marginByKind[0]! - a.marginByKind[0]!)
    .reduce((sum, { items, marginByKind }) => {
      const shares = items.map((item) => {
        const place = placed.get(item) ?? 0;
        placed.set(item, place + 1);
        return noticed[place] ?? 0;
      });
      return sum + (marginByKind[0]! * shares.reduce((all, one) => all + one, 0)) / items.length;
    }, 0);
}

const mostOffers = (chosen: readonly BundleCandidate[]) => {
  const counts = new Map<number, number>();
  for (const item of chosen.flatMap(({ items }) => items)) counts.set(item, (counts.get(item) ?? 0) + 1);
  return Math.max(0, ...counts.values());
};

const anyPairs = fc
  .uniqueArray(fc.tuple(fc.nat(5), fc.nat(5)), {
    minLength: 1,
    maxLength: 9,
    selector: ([a, b]) => `${Math.min(a, b)} ${Math.max(a, b)}`,
  })
  .chain((pairs) =>
    fc.tuple(
      ...pairs
        .filter(([a, b]) => a !== b)
        .map((pair) => fc.integer({ min: 1, max: 1_000 }).map((worth) => toCandidate(pair, worth))),
    ),
  );

describe("chooseOffers", () => {
  it("limits the offers of a product that is never the first of a bundle", () => {
    const candidates = [1, 2, 3, 4].map((anchor) => toCandidate([anchor, 0], 100 - anchor));
    expect(namesOf(choose(candidates, 2, 10))).toEqual(["0+1", "0+2"]);
  });

  it("takes no candidate that loses with every kind of shoppers", () => {
    expect(choose([toCandidate([0, 1], -5)], 3, 10)).toEqual([]);
  });

  it("serves every kind of shoppers, not only the one with the most money", () => {
    const thrifty = { ...toCandidate([0, 1], 0), marginByKind: [200, 0, 0] };
    const reminded = [2, 4, 6].map((item) => ({
      ...toCandidate([item, item + 1], 0),
      marginByKind: [0, 1_000 - item, 0],
    }));
    expect(namesOf(choose([...reminded, thrifty], 3, 2))[0]).toBe("0+1");
  });

  it("gives pairs with a shared name only places that nothing else can use", () => {
    const matching = Array.from({ length: 9 }, (_, n) => toCandidate([2 * n, 2 * n + 1], 100, true));
    const others = Array.from({ length: 20 }, (_, n) => toCandidate([100 + 2 * n, 101 + 2 * n], 50 - n));
    expect(choose([...matching, ...others], 3, 10)).toEqual(others.slice(0, 10));
  });

  it("keeps one pair with a shared name when there is nothing else", () => {
    const matching = [toCandidate([0, 1], 2, true), toCandidate([2, 3], 1, true)];
    expect(choose(matching, 3, 10)).toEqual(matching.slice(0, 1));
  });

  it("lists the pairs beyond the share of matching sets, unless they had no room anyway", () => {
    const limits = { maxOffersPerProduct: 3, maxProposals: 100 };
    const sets = Array.from({ length: 5 }, (_, n) => toCandidate([2 * n, 2 * n + 1], 50 - n, true));
    const others = Array.from({ length: 70 }, (_, n) => toCandidate([100 + 2 * n, 101 + 2 * n], 100));
    const { chosen, beyondShare } = chooseOffers([...others, ...sets], limits);
    expect(pairsOf(chosen).filter(({ isMatchingSet }) => isMatchingSet)).toEqual(sets.slice(0, 2));
    expect(beyondShare).toEqual(sets.slice(2));
    const sameAgain = Array.from({ length: 9 }, (_, n) => toCandidate([0, 20 + n], 9 - n, true));
    expect(chooseOffers([...others, ...sameAgain], limits).beyondShare).toHaveLength(1);
  });

  it("never gives a product more offers than allowed", () => {
    fc.assert(
      fc.property(anyPairs, fc.integer({ min: 1, max: 3 }), (candidates, maxOffersPerProduct) => {
        expect(mostOffers(choose(candidates, maxOffersPerProduct, 20))).toBeLessThanOrEqual(
          maxOffersPerProduct,
        );
      }),
    );
  });

  it("reaches at least a third of the best choice of pairs", () => {
    fc.assert(
      fc.property(
        anyPairs,
        fc.integer({ min: 1, max: 2 }),
        fc.integer({ min: 1, max: 6 }),
        (candidates, maxOffersPerProduct, maxProposals) => {
          let best = 0;
          for (let subset = 0; subset < 2 ** candidates.length; subset++) {
            const picked = candidates.filter((_, index) => (subset >> index) & 1);
            if (picked.length <= maxProposals && mostOffers(picked) <= maxOffersPerProduct)
              best = Math.max(best, valueOf(picked));
          }
          expect(valueOf(choose(candidates, maxOffersPerProduct, maxProposals))).toBeGreaterThanOrEqual(
            best / 3,
          );
        },
      ),
    );
  });
});

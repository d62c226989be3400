import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BundleCandidate } from "#app/domain/propose/profit/bundle-candidate.ts";
import { chooseOffers } from "#app/domain/propose/choice/choose-offers.ts";

const NOTHING = { value: 0, low: 0, high: 0 };

const toCandidate = (items: readonly number[], worth: number): BundleCandidate => ({
  kind: "complementary",
  items,
  withoutOneRatio: items.map(() => 1),
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
  worth,
  seasonIndex: 1,
  isMatchingSet: false,
});

const namesOf = (chosen: readonly BundleCandidate[]) =>
  chosen.map(({ items }) => [...items].sort((a, b) => a - b).join("+"));

/** f of the docstring: each product's worth under a root, so that its second offer counts less. */
function coverageOf(chosen: readonly BundleCandidate[]): number {
  const carried = new Map<number, number>();
  for (const { items, worth } of chosen)
    for (const item of items) carried.set(item, (carried.get(item) ?? 0) + worth / items.length);
  return [...carried.values()].reduce((sum, worth) => sum + Math.sqrt(worth), 0);
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

describe("the choice of offers", () => {
  it("counts a product that stands second in every bundle", () => {
    const candidates = [1, 2, 3, 4].map((anchor) => toCandidate([anchor, 0], 100 - anchor));
    const chosen = chooseOffers(candidates, { maxOffersPerProduct: 2, maxProposals: 10 });
    expect(namesOf(chosen)).toEqual(["0+1", "0+2"]);
  });

  it("counts the bundles that were chosen before", () => {
    const already = [toCandidate([7, 0], 50)];
    const candidates = [toCandidate([1, 0], 40), toCandidate([1, 2], 30)];
    const limits = { maxOffersPerProduct: 1, maxProposals: 10 };
    expect(namesOf(chooseOffers(candidates, limits, already))).toEqual(["1+2"]);
  });

  it("leaves out a set around a chosen pair of the same anchor, unless another component may lead it", () => {
    const pair = toCandidate([0, 1], 90);
    const limits = { maxOffersPerProduct: 3, maxProposals: 10 };
    const chosen = chooseOffers([toCandidate([0, 1, 2], 60)], limits, [pair]);
    expect(chosen.map(({ items }) => items)).toEqual([[1, 0, 2]]);
  });

  it("never gives a product more offers than it may have", () => {
    fc.assert(
      fc.property(anyPairs, fc.integer({ min: 1, max: 3 }), (candidates, maxOffersPerProduct) => {
        const chosen = chooseOffers(candidates, { maxOffersPerProduct, maxProposals: 20 });
        expect(mostOffers(chosen)).toBeLessThanOrEqual(maxOffersPerProduct);
      }),
    );
  });

  it("reaches a third of the best choice of pairs", () => {
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
              best = Math.max(best, coverageOf(picked));
          }
          const chosen = chooseOffers(candidates, { maxOffersPerProduct, maxProposals });
          expect(coverageOf(chosen)).toBeGreaterThanOrEqual(best / 3);
        },
      ),
    );
  });
});

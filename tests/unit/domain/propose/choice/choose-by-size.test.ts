import { describe, expect, it } from "vitest";
import type { BundleCandidate } from "#app/domain/propose/profit/bundle-candidate.ts";
import { chooseBySize } from "#app/domain/propose/choice/choose-by-size.ts";
import { ShopSettings } from "#app/domain/shop-settings.ts";

const candidate = (items: readonly number[], worth: number, isMatchingSet = false): BundleCandidate => {
  const one = { value: 1, low: 1, high: 1 };
  return {
    kind: "complementary",
    items,
    worth,
    isMatchingSet,
    withoutOneRatio: items.map(() => 2),
    together: 20,
    byChance: 1,
    lift: one,
    discountRatio: 0.1,
    effect: { ordersAnyway: one, ordersWithOffer: one, extraMarginMinor: one, extraRevenueMinor: one },
    seasonIndex: 1,
  };
};
const choose = (candidates: readonly BundleCandidate[], maxProposals: number) =>
  chooseBySize(candidates, ShopSettings.parse({ maxProposals }));

/** Every set of so many of the first twelve products. */
const core = (size: number, from = 0): number[][] =>
  size === 0
    ? [[]]
    : Array.from({ length: 12 - from }, (_, at) => from + at).flatMap((first) =>
        core(size - 1, first + 1).map((rest) => [first, ...rest]),
      );

describe("the choice among bundles of several sizes", () => {
  it("gives an only place to what is worth most, not to a pair that shares a name", () => {
    const pair = candidate([0, 1], 1_000);
    expect(choose([pair, candidate([2, 3], 1, true)], 1).chosen).toEqual([pair]);
    expect(choose([candidate([2, 3], 1, true)], 1).chosen).toHaveLength(1);
  });

  it("gives places that larger sets cannot fill back to the pairs, each pair once", () => {
    const pairs = [
      ...core(2).map((items) => candidate(items, 10_000)),
      ...Array.from({ length: 300 }, (_, n) => candidate([100 + 2 * n, 101 + 2 * n], 100)),
    ];
    const { chosen } = choose([...pairs, ...core(3).map((items) => candidate(items, 5_000))], 100);
    expect(chosen).toHaveLength(100);
    const keys = chosen.map(({ items }) => [...items].sort((a, b) => a - b).join());
    expect(new Set(keys).size).toBe(100);
  });

  it("tells which pairs that share a name find no place in their share, and none that had no room anyway", () => {
    const sets = Array.from({ length: 5 }, (_, n) => candidate([2 * n, 2 * n + 1], 50 - n, true));
    const others = Array.from({ length: 70 }, (_, n) => candidate([100 + 2 * n, 101 + 2 * n], 100));
    const { chosen, beyondShare } = choose([...others, ...sets], 100);
    expect(chosen.filter(({ isMatchingSet }) => isMatchingSet)).toEqual(sets.slice(0, 2));
    expect(beyondShare).toEqual(sets.slice(2));
    const sameAgain = Array.from({ length: 9 }, (_, n) => candidate([0, 20 + n], 9 - n, true));
    const { maxOffersPerProduct } = ShopSettings.parse({});
    expect(choose([...others, ...sameAgain], 100).beyondShare).toHaveLength(maxOffersPerProduct - 2);
  });
});

import { describe, expect, it } from "vitest";
import { seededRandom } from "#app/domain/numbers/random.ts";
import { fromDraft, toDraft, type BundleProposal } from "#app/domain/propose/proposal/bundle-proposal.ts";
import { ShopSettings } from "#app/domain/shop-settings.ts";
import { explainReplay } from "#app/domain/validate/explain-replay.ts";
import { replayProposals } from "#app/domain/validate/replay-proposals.ts";
import { evidenceInEnglish, inEnglish } from "#tests/factories/write-english.ts";
import { END_MS, noNeighbours, proposeProved, toBaskets, toItem, withSales } from "./planted-shop.ts";

const NAMES = ["Kettle", "Saucer", "Honey", "Trowel", "Compost", "Seeds", "Razor", "Foam", "Balm"].concat([
  "Lead",
  "Treats",
  "Vest",
  "Yarn",
  "Needles",
  "Wash",
  "Flour",
  "Yeast",
  "Basket",
]);
const GROUPS = NAMES.length / 3;
const items = NAMES.map((name) => toItem(name));
/** Places of two products out of three. */
const TWO = [[0, 1], [0, 2], [1, 2]] as const; // prettier-ignore

/** Orders with products of one group: half of them the places of `placesOf`, the others a single product. */
function sell(orders: number, placesOf: (group: number, draw: number) => readonly number[], seed = 3) {
  const random = seededRandom(seed);
  return toBaskets(
    items,
    Array.from({ length: orders }, () => {
      const group = Math.floor(random() * GROUPS);
      const places = random() < 0.5 ? placesOf(group, random()) : [Math.floor(random() * 3)];
      return places.map((place) => 3 * group + place);
    }),
  );
}
const anyTwo = (_: number, draw: number) => TWO[Math.floor(3 * draw)]!;

// No price ever moved, so all offers are at full price.
const propose = (maxProposals: number, baskets = sell(900, anyTwo), rejected = new Set<string>()) =>
  proposeProved({
    baskets,
    neighbours: noNeighbours(items.length),
    forecasts: [],
    settings: ShopSettings.parse({ maxProposals }),
    cutoffMs: END_MS,
    rejected,
  }).proposals;
const itemsOf = ({ components }: BundleProposal) => components.map(({ item }) => item).sort((a, b) => a - b);

describe("three products that pair in every combination", () => {
  const sets = propose(4);
  const pairs = propose(100);

  it("stay three pairs when the list has room for all", () => {
    expect(pairs).toHaveLength(3 * GROUPS);
    expect(pairs.every(({ components }) => components.length === 2)).toBe(true);
  });

  it("become one offer at full price when the list is too short for all pairs", () => {
    expect(sets).toHaveLength(4);
    for (const set of sets) {
      const [first] = itemsOf(set);
      expect(first! % 3).toBe(0);
      expect(itemsOf(set)).toEqual([first, first! + 1, first! + 2]);
      expect(set.discountRatio).toBe(0);
    }
  });

  it("stay pairs when sets would leave room in the list", () => {
    const longer = propose(GROUPS + 1);
    expect(longer).toHaveLength(GROUPS + 1);
    expect(longer.every(({ components }) => components.length === 2)).toBe(true);
  });

  it("add up the effects of their pairs and state each one", () => {
    for (const set of sets) {
      const own = pairs.filter((pair) => itemsOf(pair).every((item) => itemsOf(set).includes(item)));
      const sum = own.reduce((all, { expected }) => all + expected.extraMarginMinor.value, 0);
      expect(set.expected.extraMarginMinor.value).toBeCloseTo(sum, 6);
      const [first, second, third] = set.components.map(({ item }) => item) as [number, number, number];
      const anywayOf = (...two: number[]) =>
        own.find((pair) => two.every((item) => itemsOf(pair).includes(item)))!.expected.ordersAnyway.value;
      const inOrder = [anywayOf(first, second), anywayOf(first, third), anywayOf(second, third)];
      expect(set.expected.pairsAnyway).toEqual(inOrder.map((orders) => expect.closeTo(orders, 6) as number));
      // No order holds all three.
      expect(set.expected.ordersWithOffer.value).toBe(0);
      const more = own.map(({ expected }) => expected.ordersWithOffer.value - expected.ordersAnyway.value);
      expect(set.evidence.find(({ code }) => code === "fullPriceUntold")!.values).toMatchObject({
        extraAbout: expect.closeTo(more[0]! + more[1]! + more[2]!, 6) as number,
      });
      const parts = set.evidence.filter(({ code }) => code === "partOfTwo");
      expect(parts.reduce((all, { value }) => all + value, 0)).toBe(Math.round(sum));
      const [a, b] = set.pairs![0]!.items.map((item) => items[item]!.title);
      expect(evidenceInEnglish(set.evidence[0]!)).toMatch(`${a} and ${b}: `);
    }
  });

  it("do not become one offer when one pair is missing, or when there is a discount", () => {
    const never = sell(900, (group, draw) =>
      group === 0 ? TWO[Math.floor(2 * draw)]! : anyTwo(group, draw),
    );
    expect(propose(4, never).map(itemsOf)).not.toContainEqual([0, 1, 2]);
    const discounted = propose(4, withSales(sell(3_000, anyTwo), 0));
    expect(
      discounted.every(({ components, discountRatio }) => components.length === 2 && discountRatio > 0),
    ).toBe(true);
  });

  it("survive the round trip through a draft", () => {
    const indexOf = new Map(items.map(({ key }, item) => [key, item]));
    for (const set of sets) expect(fromDraft(toDraft(set, items), indexOf)).toEqual(set);
  });

  it("are confirmed pair by pair by later orders, and refused with the pair that no longer holds", () => {
    const [first] = itemsOf(sets[0]!);
    const group = first! / 3;
    const later = sell(
      3_000,
      (own, draw) => (own === group ? TWO[Math.floor(2 * draw)]! : anyTwo(own, draw)),
      5,
    );
    const { accepted, refused } = replayProposals({
      proposals: sets,
      laterBaskets: later,
      random: seededRandom(1),
    });
    expect(refused.map(({ components }) => [...components].sort((a, b) => a - b))).toEqual([
      [first! + 1, first! + 2],
    ]);
    expect(accepted).toHaveLength(3);
    for (const { proposal, replay } of accepted)
      expect(inEnglish(explainReplay(replay, proposal))).toMatch(
        /^Held up: the two of them that go together least/,
      );
  });
});

describe("what the merchant rejected", () => {
  const keysOf = (proposals: readonly BundleProposal[]) =>
    new Set(proposals.map(({ componentKey }) => componentKey));

  it("leaves its places in the list and on the products' pages to others", () => {
    const rejected = keysOf(propose(4));
    const others = propose(2, undefined, rejected);
    expect(others).toHaveLength(2);
    expect(others.filter(({ componentKey }) => rejected.has(componentKey))).toEqual([]);
  });

  it("does not come back as a part of three products", () => {
    const [first] = propose(4);
    const [a, b] = itemsOf(first!);
    const key = [a!, b!].map((item) => `${items[item]!.key}*1`).sort();
    const sets = propose(4, undefined, new Set([key.join("|")]));
    expect(sets.some(({ components }) => components.length === 3)).toBe(true);
    for (const set of sets) expect([a, b].every((item) => itemsOf(set).includes(item!))).toBe(false);
  });
});

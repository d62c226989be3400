import { describe, expect, it } from "vitest";
import type { Item } from "#app/domain/prepare/baskets.ts";
import { proposeQuantityOffers } from "#app/domain/propose/quantity/propose-quantity.ts";
import { ShopSettings } from "#app/domain/shop-settings.ts";
import { END_MS, toBaskets, toItem } from "../planted-shop.ts";

const BAGS = ["Lunch bag red", "Lunch bag woodland", "Lunch bag cars", "Lunch bag suki", "Lunch bag dolly"];
const items = [...BAGS, "Teapot", "Notebook", "Parasol", "Sand bucket", "Candle", "Doorstop"].map((title) =>
  toItem(title),
);
const other = (at: number) => BAGS.length + (at % (items.length - BAGS.length));
/** One order in five takes three bags, some of them one, and the others something else. */
const takesBags = (at: number) => {
  if (at % 5 === 0) return [0, 1, 2].map((step) => (at / 5 + step) % BAGS.length);
  return at % 5 === 1 ? [at % BAGS.length, other(at)] : [other(at)];
};
const rangesOf = (orderOf: (at: number) => number[], of: readonly Item[] = items) =>
  proposeQuantityOffers({
    baskets: toBaskets(
      of,
      Array.from({ length: 2_000 }, (_, at) => orderOf(at)),
    ),
    settings: ShopSettings.parse({}),
    cutoffMs: END_MS,
  }).filter(({ terms }) => terms?.kind === "range");

describe("a range that a run proposes", () => {
  it("is none where hardly an order takes several, as often as by chance", () => {
    expect(rangesOf((at) => (at % 2 === 0 ? [at % BAGS.length] : [other(at)]))).toEqual([]);
  });

  it("is none of what was hardly ordered in the last 28 days", () => {
    const lastMonth = 2_000 * (1 - 28 / 365);
    expect(rangesOf((at) => (at < lastMonth ? takesBags(at) : [other(at)]))).toEqual([]);
  });

  it("is any three of the designs that shoppers take three of", () => {
    const [range, ...others] = rangesOf(takesBags);
    expect(others).toEqual([]);
    expect(range).toMatchObject({ terms: { kind: "range", units: 3 }, componentKey: "range|lunch bag" });
    expect(range!.components.map(({ item }) => item).toSorted()).toEqual([0, 1, 2, 3, 4]);
    expect(range!.expected.extraMarginMinor.value).toBeGreaterThan(0);
  });

  it("has a key of its own beside designs of the same words at the other end of their titles", () => {
    const lastAlike = ["Woodland", "Charlotte", "Spaceboy", "Retro", "Paisley"].map((design) =>
      toItem(`${design} lunch bag`),
    );
    const ranges = rangesOf(
      (at) => takesBags(at).map((item) => (item < BAGS.length && at % 2 === 0 ? items.length + item : item)),
      [...items, ...lastAlike],
    );
    expect(ranges.map(({ componentKey }) => componentKey).toSorted()).toEqual([
      "range|lunch bag",
      "range|lunch bag|2",
    ]);
  });

  it("keeps the margin of the dearest design to make above the floor, as a shopper may take it alone", () => {
    const rewardWhere = (costMinor: number) => {
      const cheap = items.map((item, at) => ({ ...item, costMinor: at === 4 ? costMinor : 0 }));
      const [range] = rangesOf(takesBags, cheap);
      return range!.terms!.kind === "range" && range!.terms!.reward.type;
    };
    expect(rewardWhere(400)).toBe("percent");
    expect(rewardWhere(900)).toBe("none");
  });
});

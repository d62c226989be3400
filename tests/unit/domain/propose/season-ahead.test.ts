import { describe, expect, it } from "vitest";
import { fromDraft, toDraft } from "#app/domain/propose/draft-proposal.ts";
import { proposeBundles } from "#app/domain/propose/propose-bundles.ts";
import { ShopSettings } from "#app/domain/validate/shop-settings.ts";
import type { ItemForecast } from "#app/domain/trends/item-forecast.ts";
import { END_MS, noNeighbours, plantPair, toItem } from "./planted-shop.ts";

const toItems = (stockUnits: number | null = null) => [
  toItem("Advent wreath", { stockUnits }),
  toItem("Candles"),
  ...Array.from({ length: 12 }, (_, n) => toItem(`Thing${n}`)),
];
const items = toItems();

/** Forecasts in which the planted pair sells little now, and by this curve every two weeks from now on. */
function propose(seasonAhead: readonly number[], { now = 0.1, stockUnits = null as number | null } = {}) {
  const items = toItems(stockUnits);
  const forecasts = items.map((_, item): ItemForecast => {
    const isPlanted = item < 2;
    const ordersExpected = isPlanted ? 20 * now : 20;
    return {
      item,
      horizonDays: 28,
      ordersExpected,
      ordersLow: ordersExpected / 2,
      ordersHigh: ordersExpected * 2,
      unitsPerOrder: 1,
      trend: "flat",
      seasonIndex: isPlanted ? now : 1,
      seasonAhead: isPlanted ? seasonAhead : seasonAhead.map(() => 1),
    };
  });
  const { proposals } = proposeBundles({
    baskets: plantPair(items, 2_000),
    neighbours: noNeighbours(items.length),
    forecasts,
    foretold: forecasts,
    settings: ShopSettings.parse({}),
    cutoffMs: END_MS,
  });
  return proposals.find(({ componentKey }) => componentKey.startsWith("ADVENT WREATH*1|CANDLES*1"));
}

describe("a season that is still to come", () => {
  it("is proposed ahead, with its days, and stated by what is expected then", () => {
    const found = propose([0.1, 0.4, 2, 3, 2.5, 0.8])!;
    expect(found.kind).toBe("seasonal");
    expect(found.days).toEqual({ startsIn: 42, endsIn: 70 + 28 });
    expect(found.evidence.find(({ kind }) => kind === "season")?.text).toMatch(
      /season begins in about 42 days.*2\.0 times as much as usual/,
    );
    // Two now, and by the trusted half of the curve √20 times as many then; as many of them as the past held both.
    expect(found.expected.ordersAnyway.value).toBeGreaterThan(2);
    expect(propose([], { now: 0.1 })).toBeUndefined();
  });

  it("is proposed with what to buy for it where stock is out or too short, its effect that of enough", () => {
    const curve = [0.1, 0.4, 2, 3, 2.5, 0.8];
    const plenty = propose(curve, { stockUnits: 10_000 })!;
    for (const stockUnits of [0, 2]) {
      const found = propose(curve, { stockUnits })!;
      expect(found.days).toEqual(plenty.days);
      expect(found.expected).toEqual(plenty.expected);
      // Two orders of it now, and by the trusted half of the curve √20 times as many then, beside what the offer wins.
      expect(found.evidence.find(({ code }) => code === "stockToBuy")!.text).toMatch(
        new RegExp(
          `enough stock by then: of Advent wreath.* about 1\\d are.* and ${stockUnits} are in stock now`,
        ),
      );
    }
    expect(plenty.evidence.some(({ code }) => code === "stockToBuy")).toBe(false);
  });

  it("keeps its days on the way from one job to the next", () => {
    const found = propose([0.1, 0.4, 2, 3, 2.5, 0.8])!;
    const indexOf = new Map(items.map(({ key }, item) => [key, item]));
    expect(fromDraft(toDraft(found, items), indexOf)).toEqual(found);
  });

  it("is not waited for where it is on already", () => {
    const found = propose([3, 3, 2, 1, 0.5, 0.1], { now: 2.5 })!;
    expect(found.kind).toBe("seasonal");
    expect(found.days).toBeUndefined();
  });

  it("is none where the curve stays flat", () => {
    expect(propose([1, 1.1, 1, 0.9, 1, 1.1], { now: 1 })!.days).toBeUndefined();
  });
});

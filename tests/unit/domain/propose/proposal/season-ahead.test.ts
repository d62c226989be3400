import { describe, expect, it } from "vitest";
import { fromDraft, toDraft } from "#app/domain/propose/proposal/bundle-proposal.ts";
import { ShopSettings } from "#app/domain/shop-settings.ts";
import type { ItemForecast } from "#app/domain/trends/item-forecast.ts";
import type { Item } from "#app/domain/prepare/baskets.ts";
import { seededRandom } from "#app/domain/numbers/random.ts";
import {
  END_MS,
  noNeighbours,
  proposeProved,
  plantPair,
  toBaskets,
  toItem,
} from "#tests/unit/domain/propose/planted-shop.ts";
import { evidenceInEnglish } from "#tests/factories/write-english.ts";

const toItems = (stockUnits: number | null = null) => [
  toItem("Advent wreath", { stockUnits }),
  toItem("Candles"),
  ...Array.from({ length: 12 }, (_, n) => toItem(`Thing${n}`)),
];
const items = toItems();

/** The first two items sell little now and follow this curve in two-week steps. All others are constant. */
function forecast(
  items: readonly Item[],
  seasonAhead: readonly (number | null)[],
  now: number,
): ItemForecast[] {
  return items.map((_, item) => {
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
}

/** A hundred pairs. Half of them are bought apart in every other order, so half of their count is chance. */
const fashions = (() => {
  const random = seededRandom(3);
  const draw = (from: number, count: number) => from + Math.floor(random() * count);
  const letters = (n: number) =>
    String.fromCharCode(97 + (n % 26)) + String.fromCharCode(97 + Math.floor(n / 26));
  return toBaskets(
    Array.from({ length: 400 }, (_, n) => toItem(`Zed${letters(n)}q`)),
    Array.from({ length: 8_000 }, (_, order) => {
      // The first pair sells half as often as the others, like those that come by chance.
      const any = 2 * draw(0, 100);
      const first = any === 0 && random() < 0.5 ? 2 * draw(1, 99) : any;
      const alone = draw(200, 200);
      if (random() >= 0.3) return [draw(0, 200), alone];
      return first >= 100 && order % 2 === 0 ? [first, alone] : [first, first + 1, alone];
    }),
  );
})();

function propose(seasonAhead: readonly number[], { now = 0.1, stockUnits = null as number | null } = {}) {
  const { proposals } = proposeProved({
    baskets: plantPair(toItems(stockUnits), 2_000),
    neighbours: noNeighbours(items.length),
    forecasts: forecast(items, seasonAhead, now),
    settings: ShopSettings.parse({}),
    cutoffMs: END_MS,
  });
  return proposals.find(({ componentKey }) => componentKey.startsWith("ADVENT WREATH*1|CANDLES*1"));
}

describe("offer for a coming season", () => {
  it("is proposed ahead with its days and its expected demand", () => {
    const found = propose([0.1, 0.4, 2, 3, 2.5, 0.8])!;
    expect(found.kind).toBe("seasonal");
    expect(found.days).toEqual({ startsIn: 42, endsIn: 70 + 28 });
    expect(evidenceInEnglish(found.evidence.find(({ kind }) => kind === "season")!)).toMatch(
      /season begins in about 42 days.*2\.0 times as much as usual/,
    );
    // Two now, and √20 times as many then by the trusted half of the curve. The share that holds both is
    // that of the past.
    expect(found.expected.ordersAnyway.value).toBeGreaterThan(2);
    expect(propose([], { now: 0.1 })).toBeUndefined();
  });

  it("says how much to buy when stock is short, and assumes enough of it", () => {
    const curve = [0.1, 0.4, 2, 3, 2.5, 0.8];
    const plenty = propose(curve, { stockUnits: 10_000 })!;
    for (const stockUnits of [0, 2]) {
      const found = propose(curve, { stockUnits })!;
      expect(found.days).toEqual(plenty.days);
      expect(found.expected).toEqual(plenty.expected);
      // Two orders now, √20 times as many then by the trusted half of the curve, plus those that the offer
      // wins.
      expect(evidenceInEnglish(found.evidence.find(({ code }) => code === "stockToBuy")!)).toMatch(
        new RegExp(
          `enough stock by then: of Advent wreath.* about 1\\d are.* and ${stockUnits} are in stock now`,
        ),
      );
    }
    expect(plenty.evidence.some(({ code }) => code === "stockToBuy")).toBe(false);
  });

  it("counts how long stock lasts from today, including the sales until then", () => {
    const found = propose([0.1, 0.4, 2, 3, 2.5, 0.8], { stockUnits: 200 })!;
    // 6 until then; 194 at 8.9 per 28 days last 607 days more.
    expect(found.evidence.find(({ code }) => code === "stockYear")).toBeDefined();
    const scarce = propose([0.1, 0.4, 2, 3, 2.5, 0.8], { stockUnits: 20 })!;
    expect(scarce.evidence.find(({ code }) => code === "stockDays")!.value).toBeGreaterThan(42 + 28);
    expect(scarce.evidence.find(({ code }) => code === "stockDays")!.value).toBeLessThan(
      42 + (28 * 20) / 8.9,
    );
  });

  it("keeps its days through a draft", () => {
    const found = propose([0.1, 0.4, 2, 3, 2.5, 0.8])!;
    const indexOf = new Map(items.map(({ key }, item) => [key, item]));
    expect(fromDraft(toDraft(found, items), indexOf)).toEqual(found);
  });

  it("has no days when the season is already on", () => {
    const found = propose([3, 3, 2, 1, 0.5, 0.1], { now: 2.5 })!;
    expect(found.kind).toBe("seasonal");
    expect(found.days).toBeUndefined();
  });

  it("starts now if the products sell all year, however good the season", () => {
    expect(propose([1, 1, 3, 3, 3, 1], { now: 1 })!.days).toBeUndefined();
  });

  it("is refused for products that the shop no longer sells, however good last year was", () => {
    const ceased = forecast(items, [], 2.5).map((one) =>
      one.item < 2 ? { ...one, ordersExpected: 0.01, ordersLow: 0, ordersHigh: 0.02 } : one,
    );
    const { proposals, refused } = proposeProved({
      baskets: plantPair(items, 2_000),
      neighbours: noNeighbours(items.length),
      forecasts: ceased,
      settings: ShopSettings.parse({}),
      cutoffMs: END_MS,
    });
    expect(proposals).toEqual([]);
    expect(refused[0]!.reason.code).toBe("refused.outOfSeason");
  });

  it("has no days when the curve is flat", () => {
    expect(propose([1, 1.1, 1, 0.9, 1, 1.1], { now: 1 })!.days).toBeUndefined();
  });

  it("expects the same share of orders to come again as an offer for now", () => {
    const recurring = (curve: readonly number[], now: number) => {
      const { proposals } = proposeProved({
        baskets: fashions,
        neighbours: noNeighbours(fashions.items.length),
        forecasts: forecast(fashions.items, curve, now),
        settings: ShopSettings.parse({}),
        cutoffMs: END_MS,
      });
      const found = proposals.find(({ components }) => components.some(({ item }) => item === 0))!;
      const part = found.evidence.find((message) => message.code === "partOrders")!;
      return { days: found.days, ratio: part.values.recurringRatio };
    };
    const [now, later] = [recurring([1, 1, 1, 1, 1, 1], 1), recurring([3, 3, 3, 3, 3, 3], 0.02)];
    expect(now.days).toBeUndefined();
    expect(later.days).toBeDefined();
    expect(later.ratio).toBe(now.ratio);
    expect(now.ratio).toBeLessThan(0.95);
  });
});

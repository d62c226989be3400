import { describe, expect, it } from "vitest";
import type { Item } from "#app/domain/prepare/baskets.ts";
import { proposeQuantityOffers } from "#app/domain/propose/quantity/propose-quantity.ts";
import { ShopSettings } from "#app/domain/shop-settings.ts";
import type { ItemForecast } from "#app/domain/trends/item-forecast.ts";
import { END_MS, toBaskets, toItem } from "../planted-shop.ts";

const BAGS = ["Lunch bag red", "Lunch bag woodland", "Lunch bag cars", "Lunch bag suki", "Lunch bag dolly"];
const items = [...BAGS, "Teapot", "Notebook", "Parasol", "Sand bucket", "Candle", "Doorstop"].map((title) =>
  toItem(title),
);
const other = (at: number) => BAGS.length + (at % (items.length - BAGS.length));
/** One order in five takes three bags, another fifth one bag, and the rest something else. */
const takesBags = (at: number) => {
  if (at % 5 === 0) return [0, 1, 2].map((step) => (at / 5 + step) % BAGS.length);
  return at % 5 === 1 ? [at % BAGS.length, other(at)] : [other(at)];
};
const basketsOf = (orderOf: (at: number) => number[], of: readonly Item[]) =>
  toBaskets(
    of,
    Array.from({ length: 2_000 }, (_, at) => orderOf(at)),
  );
const rangesOf = (
  orderOf: (at: number) => number[],
  of: readonly Item[] = items,
  settings = {},
  rejected?: ReadonlySet<string>,
) =>
  proposeQuantityOffers({
    baskets: basketsOf(orderOf, of),
    settings: ShopSettings.parse(settings),
    cutoffMs: END_MS,
    rejected,
  }).filter(({ terms }) => terms?.kind === "range");

describe("proposed range", () => {
  it("is missing when orders hold several designs only as often as by chance", () => {
    expect(rangesOf((at) => (at % 2 === 0 ? [at % BAGS.length] : [other(at)]))).toEqual([]);
  });

  it("is missing for products with few orders in the last 28 days", () => {
    const lastMonth = 2_000 * (1 - 28 / 365);
    expect(rangesOf((at) => (at < lastMonth ? takesBags(at) : [other(at)]))).toEqual([]);
  });

  it("is any three of the designs that shoppers buy in threes", () => {
    const [range, ...others] = rangesOf(takesBags);
    expect(others).toEqual([]);
    expect(range).toMatchObject({ terms: { kind: "range", units: 3 }, componentKey: "range|lunch bag" });
    expect(range!.components.map(({ item }) => item).toSorted()).toEqual([0, 1, 2, 3, 4]);
    expect(range!.expected.extraMarginMinor.value).toBeGreaterThan(0);
  });

  it("leaves out a range that the merchant rejected", () => {
    expect(rangesOf(takesBags, items, {}, new Set(["range|lunch bag"]))).toEqual([]);
  });

  it("states its gain without the tax in prices", () => {
    const [plain] = rangesOf(takesBags);
    const [taxed] = rangesOf(takesBags, items, { includedTaxRatio: 0.25 });
    expect(taxed!.terms).toEqual(plain!.terms);
    const { value } = plain!.expected.extraMarginMinor;
    expect(taxed!.expected.extraMarginMinor.value).toBeCloseTo(0.8 * value, 6);
    expect(taxed!.evidence.at(-1)).toMatchObject({ values: { extraMinor: expect.closeTo(0.8 * value, 6) } });
  });

  it("has its own key next to a pool with the same words at the other end of the titles", () => {
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

  it("keeps the margin floor for its most expensive design, because a shopper can take only that one", () => {
    const rewardWhere = (costMinor: number) => {
      const cheap = items.map((item, at) => ({ ...item, costMinor: at === 4 ? costMinor : 0 }));
      const [range] = rangesOf(takesBags, cheap);
      return range!.terms!.kind === "range" && range!.terms!.reward.type;
    };
    expect(rewardWhere(400)).toBe("percent");
    expect(rewardWhere(900)).toBe("none");
  });

  it("leaves out designs without stock, and is missing when too few are left", () => {
    const designsWhere = (...gone: number[]) => {
      const stocked = items.map((item, at) => ({ ...item, stockUnits: gone.includes(at) ? 0 : 900 }));
      return rangesOf(takesBags, stocked).map(({ components }) =>
        components.map(({ item }) => item).toSorted(),
      );
    };
    expect(designsWhere(2)).toEqual([[0, 1, 3, 4]]);
    expect(designsWhere(2, 3)).toEqual([]);
  });
});

describe("proposed quantity breaks", () => {
  const TEAPOT = BAGS.length;
  /** Quantity breaks of the teapot; some orders take two. */
  const breaksOf = (stockUnits: number | null, forecasts: readonly ItemForecast[] = []) => {
    const stocked = items.map((item, at) => ({
      ...item,
      costMinor: 0,
      stockUnits: at === TEAPOT ? stockUnits : null,
    }));
    const baskets = basketsOf((at) => [other(at)], stocked);
    const proposals = proposeQuantityOffers({
      baskets: { ...baskets, units: baskets.units.map((_, line) => (line % 18 === 0 ? 2 : 1)) },
      settings: ShopSettings.parse({}),
      forecasts,
      cutoffMs: END_MS,
    });
    return proposals.find(({ componentKey }) => componentKey === "breaks|TEAPOT");
  };
  const hasBreaks = (...given: Parameters<typeof breaksOf>) => breaksOf(...given) !== undefined;

  it("need stock for at least a week, or untracked stock", () => {
    expect(hasBreaks(null)).toBe(true);
    expect(hasBreaks(900)).toBe(true);
    expect(hasBreaks(5)).toBe(false);
    expect(hasBreaks(0)).toBe(false);
  });

  it("are scaled to the days that stock lasts, and say how long that is", () => {
    const [ample, scarce] = [breaksOf(900)!, breaksOf(16)!];
    expect(ample.evidence.map(({ code }) => code)).toContain("stockYear");
    const short = scarce.evidence.find(({ code }) => code === "stockShort");
    expect(short).toMatchObject({ kind: "caution", values: { name: "Teapot" } });
    const lasts = scarce.expected.ordersAnyway.value / ample.expected.ordersAnyway.value;
    expect(Math.floor(28 * lasts)).toBe(short!.value);
    expect(scarce.expected.extraMarginMinor.value).toBeCloseTo(
      lasts * ample.expected.extraMarginMinor.value,
      6,
    );
  });

  it("use the demand forecast if there is one", () => {
    const forecast = { horizonDays: 28, ordersExpected: 4_000, ordersLow: 3_000, ordersHigh: 5_000 };
    const rising = { ...forecast, item: TEAPOT, unitsPerOrder: 1, trend: "up" as const, seasonIndex: null };
    expect(hasBreaks(900, [rising])).toBe(false);
  });

  it("count no order with so many products that a shop fills its shelves", () => {
    const free = Array.from({ length: 20 }, (_, at) =>
      toItem(at === 0 ? "Teapot" : `Thing${at}`, { costMinor: 0 }),
    );
    const evidenceWhere = (shelfOrders: number) => {
      const orders = Array.from({ length: 1_000 }, (_, at) => {
        if (at % 6 === 0) return [0];
        return at % 6 === 1 && at < 6 * shelfOrders ? [...free.keys()] : [1 + (at % 19), 1 + ((at + 1) % 19)];
      });
      const baskets = toBaskets(free, orders);
      const takesTwo = (order: readonly number[], at: number) => order.length > 2 || at % 18 === 0;
      const units = orders.flatMap((order, at) =>
        order.map((item) => (item === 0 && takesTwo(order, at) ? 2 : 1)),
      );
      const [breaks] = proposeQuantityOffers({
        baskets: { ...baskets, units: Uint32Array.from(units) },
        settings: ShopSettings.parse({}),
        cutoffMs: END_MS,
      });
      return breaks!.evidence[0];
    };
    const counted = { code: "ordersInQuantity", values: { together: 56, orders: 167, units: 2 } };
    expect(evidenceWhere(0)).toMatchObject(counted);
    expect(evidenceWhere(150)).toMatchObject(counted);
  });
});

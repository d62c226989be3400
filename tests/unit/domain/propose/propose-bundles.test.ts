import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Item } from "#app/domain/prepare/baskets.ts";
import type { Evidence } from "#app/domain/propose/proposal/bundle-proposal.ts";
import { ShopSettings } from "#app/domain/shop-settings.ts";
import {
  END_MS,
  noNeighbours,
  proposeProved,
  plantPair,
  toBaskets,
  toItem,
  withSales,
} from "./planted-shop.ts";
import { evidenceInEnglish, inEnglish } from "#tests/factories/write-english.ts";

const fill = Array.from({ length: 12 }, (_, index) => toItem(`Thing${index}`));
const shop = (a: Item, b: Item, more: readonly Item[] = fill) => [a, b, ...more];
const propose = (items: readonly Item[], orders = 2_000, settings = {}) =>
  proposeProved({
    baskets: withSales(plantPair(items, orders), 0),
    neighbours: noNeighbours(items.length),
    forecasts: [],
    settings: ShopSettings.parse({ minSupportOrders: 8, ...settings }),
    cutoffMs: END_MS,
  });

describe("proposeBundles", () => {
  it("proposes nothing without orders and says what is missing", () => {
    const items = shop(toItem("Razor"), toItem("Foam"));
    const { proposals, refused } = proposeProved({
      baskets: toBaskets(items, []),
      neighbours: noNeighbours(items.length),
      forecasts: [],
      settings: ShopSettings.parse({}),
      cutoffMs: END_MS,
    });
    expect(proposals).toEqual([]);
    expect(inEnglish(refused[0]!.reason)).toMatch(/needs at least 8 more orders/);
  });

  it("proposes nothing from orders with hundreds of products and gives them as the reason", () => {
    const items = Array.from({ length: 600 }, (_, index) => toItem(`Thing${index}`));
    const all = items.map((_, index) => index);
    const { proposals, refused } = proposeProved({
      baskets: toBaskets(items, [...Array.from({ length: 40 }, () => all), [0, 1], [2]]),
      neighbours: noNeighbours(items.length),
      forecasts: [],
      settings: ShopSettings.parse({ minSupportOrders: 8 }),
      cutoffMs: END_MS,
    });
    expect(proposals).toEqual([]);
    const reason =
      "needs at least 7 more orders with 2 to 500 products: 1 of 42 have them; 40 hold more and are taken for stock-keeping";
    expect(refused).toMatchObject([{ components: [] }]);
    expect(inEnglish(refused[0]!.reason)).toBe(reason);
  });

  it("proposes nothing from orders that share products only by chance", () => {
    const orders = Array.from({ length: 2_000 }, (_, n) => [
      n % 10,
      (n * 7 + Math.floor(n / 10)) % 10,
    ]).filter(([a, b]) => a !== b);
    const items = fill.slice(0, 10);
    const { proposals } = proposeProved({
      baskets: toBaskets(items, orders),
      neighbours: noNeighbours(10),
      forecasts: [],
      settings: ShopSettings.parse({}),
      cutoffMs: END_MS,
    });
    expect(proposals).toEqual([]);
  });

  it("never proposes two variants of one product together", () => {
    const { proposals, refused } = propose(shop(toItem("Red glass mug"), toItem("Blue glass mug")));
    expect(proposals).toEqual([]);
    expect(refused.map(({ reason }) => inEnglish(reason)).join()).toMatch(/nearly the same/);
  });

  it("proposes neither inactive products nor products without stock", () => {
    expect(propose(shop(toItem("Razor", { isActive: false }), toItem("Foam"))).proposals).toEqual([]);
    expect(propose(shop(toItem("Razor", { stockUnits: 0 }), toItem("Foam"))).proposals).toEqual([]);
  });

  it("keeps the margin floor and proposes nothing when no discount pays", () => {
    const dear = { costMinor: 960 };
    const { proposals, refused } = propose(shop(toItem("Razor", dear), toItem("Foam", dear)));
    expect(proposals).toEqual([]);
    expect(refused.map(({ reason }) => inEnglish(reason)).join()).toMatch(/no discount from 5% to 20%/);
  });

  it("finds the planted pair, at a discount within the limit and with an expected gain", () => {
    const { proposals } = propose(shop(toItem("Razor"), toItem("Foam")));
    const [found] = proposals;
    expect(found?.componentKey).toBe("FOAM*1|RAZOR*1");
    expect(found!.discountRatio).toBeGreaterThanOrEqual(0.05);
    expect(found!.discountRatio).toBeLessThanOrEqual(0.2);
    expect(found!.expected.extraMarginMinor.value).toBeGreaterThan(0);
    expect(found!.expected.ordersWithOffer.value).toBeGreaterThan(found!.expected.ordersAnyway.value);
    expect(evidenceInEnglish(found!.evidence[0]!)).toMatch(/of 2,000 orders held both; .* would by chance/);
  });

  it("replaces a product that ran out by the nearest one in stock", () => {
    const items = shop(toItem("Razor"), toItem("Mint shaving foam", { stockUnits: 0, category: "foam" }), [
      toItem("Cedar shaving foam", { stockUnits: 900, category: "foam" }),
      ...fill,
    ]);
    const substitute = propose(items).proposals.find(({ kind }) => kind === "substitute");
    expect(substitute?.components.map(({ item }) => items[item]!.title).sort()).toEqual([
      "Cedar shaving foam",
      "Razor",
    ]);
    expect(substitute?.evidence.map(evidenceInEnglish)).toContain("Mint shaving foam is out of stock.");
  });

  it("uses no replacement when another component runs out within a week", () => {
    const kindsWhere = (stockUnits: number) => {
      const razor = toItem("Razor", { stockUnits });
      const items = shop(razor, toItem("Mint shaving foam", { stockUnits: 0, category: "foam" }), [
        toItem("Cedar shaving foam", { stockUnits: 900, category: "foam" }),
        ...fill,
      ]);
      return propose(items).proposals.map(({ kind }) => kind);
    };
    expect(kindsWhere(900)).toContain("substitute");
    expect(kindsWhere(4)).not.toContain("substitute");
  });

  it("fills a gap today even if the season of the missing product is still to come", () => {
    const items = shop(toItem("Razor"), toItem("Mint shaving foam", { stockUnits: 0, category: "foam" }), [
      toItem("Cedar shaving foam", { stockUnits: 900, category: "foam" }),
      ...fill,
    ]);
    const forecasts = items.map((_, item) => ({
      item,
      horizonDays: 28,
      ordersExpected: 20,
      ordersLow: 10,
      ordersHigh: 40,
      unitsPerOrder: 1,
      trend: "flat" as const,
      seasonIndex: 1,
      seasonAhead: [1, 1, 1, 1, 1, item < 2 ? 3 : 1],
    }));
    const { proposals } = proposeProved({
      baskets: plantPair(items, 2_000),
      neighbours: noNeighbours(items.length),
      forecasts,
      settings: ShopSettings.parse({}),
      cutoffMs: END_MS,
    });
    expect(proposals.map(({ kind }) => kind).toSorted()).toEqual(["seasonal", "substitute"]);
  });

  it("names the allowed discounts in a refusal", () => {
    const items = shop(toItem("Razor", { costMinor: 960 }), toItem("Foam", { costMinor: 960 }));
    const { refused } = propose(items, 2_000, { minDiscountRatio: 0.12, maxDiscountRatio: 0.2 });
    expect(inEnglish(refused[0]!.reason)).toMatch(/no discount from 12% to 20%/);
  });

  it("counts at most the orders that stock allows, including those that come anyway", () => {
    const items = shop(toItem("Razor", { stockUnits: 14 }), toItem("Foam"));
    const [short] = propose(items).proposals;
    const [plenty] = propose(shop(toItem("Razor"), toItem("Foam"))).proposals;
    const share = short!.expected.extraMarginMinor.value / plenty!.expected.extraMarginMinor.value;
    expect(share).toBeLessThan(0.9);
    for (const orders of ["ordersAnyway", "ordersWithOffer"] as const)
      expect(short!.expected[orders].value).toBeCloseTo(share * plenty!.expected[orders].value, 9);
  });

  it("states all money without the tax in prices", () => {
    const [plain] = propose(shop(toItem("Razor"), toItem("Foam"))).proposals;
    // The same shop with 25 % tax in its prices, and costs raised by as much.
    const taxed = { priceMinor: 1_250, costMinor: 500 };
    const taxedFill = fill.map((item) => ({ ...item, ...taxed }));
    const items = shop(toItem("Razor", taxed), toItem("Foam", taxed), taxedFill);
    const [found] = propose(items, 2_000, { includedTaxRatio: 0.25 }).proposals;
    expect(found!.discountRatio).toBe(plain!.discountRatio);
    for (const figure of ["ordersWithOffer", "extraMarginMinor", "extraRevenueMinor"] as const)
      for (const end of ["value", "low", "high"] as const)
        expect(found!.expected[figure][end]).toBeCloseTo(plain!.expected[figure][end], 6);
    expect(found!.evidence).toHaveLength(plain!.evidence.length);
    found!.evidence.forEach(({ code, value, values }, at) => {
      const other = plain!.evidence[at]!;
      expect(value).toBeCloseTo(other.value, 6);
      for (const [name, own] of Object.entries(values)) {
        const kept = (other.values as Record<string, number>)[name]!;
        // The saving is rounded down, including its tax.
        expect(own, `${code} ${name}`).toBeCloseTo(kept, name === "savingMinor" ? 0 : 6);
      }
    });
  });

  it("proposes nothing that is out of stock within a week", () => {
    const { proposals, refused } = propose(shop(toItem("Razor", { stockUnits: 5 }), toItem("Foam")));
    expect(proposals).toEqual([]);
    expect(refused.map(({ reason }) => inEnglish(reason)).join()).toMatch(/less than 7 days/);
  });
});

describe("demand forecast", () => {
  const items = shop(toItem("Razor", { stockUnits: 1_000 }), toItem("Foam"));
  const forecast = (ordersExpected: number) =>
    items.map((_, item) => ({
      item,
      horizonDays: 28,
      ordersExpected,
      ordersLow: ordersExpected / 2,
      ordersHigh: ordersExpected * 2,
      unitsPerOrder: 1,
      trend: "flat" as const,
      seasonIndex: null,
    }));
  const run = (ordersExpected: number) =>
    proposeProved({
      baskets: plantPair(items, 2_000),
      neighbours: noNeighbours(items.length),
      forecasts: forecast(ordersExpected),
      settings: ShopSettings.parse({}),
      cutoffMs: END_MS,
    });

  it("refuses a bundle whose season has passed, and says so", () => {
    const { proposals, refused } = run(0.01);
    expect(proposals).toEqual([]);
    expect(refused.map(({ reason }) => inEnglish(reason)).join()).toMatch(
      /out of season: in the coming 28 days they are expected in 0% of/,
    );
  });

  it("refuses a bundle whose stock lasts less than a week, and says so", () => {
    const { proposals, refused } = run(8_000);
    expect(proposals).toEqual([]);
    expect(refused.map(({ reason }) => inEnglish(reason))).toContain(
      "the stock of a component lasts less than 7 days at the expected demand",
    );
  });
});

describe("parts of the expected extra margin", () => {
  const partsOf = (evidence: readonly Evidence[]) => evidence.filter(({ code }) => code.startsWith("part"));
  const forecastOf = (items: readonly Item[], ordersExpected: number) =>
    items.map((_, item) => ({
      item,
      horizonDays: 28,
      ordersExpected,
      ordersLow: ordersExpected / 2,
      ordersHigh: ordersExpected * 2,
      unitsPerOrder: 1,
      trend: "up" as const,
      seasonIndex: null,
    }));

  it("add up to it for any demand and stock", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3_000 }),
        fc.option(fc.integer({ min: 1, max: 3_000 })),
        fc.integer({ min: 0, max: 900 }),
        (demand, stockUnits, costMinor) => {
          const items = shop(toItem("Razor", { stockUnits, costMinor }), toItem("Razor foam"));
          const { proposals } = proposeProved({
            baskets: plantPair(items, 600),
            neighbours: noNeighbours(items.length),
            forecasts: forecastOf(items, demand),
            settings: ShopSettings.parse({}),
            cutoffMs: END_MS,
          });
          for (const { evidence, expected } of proposals)
            expect(partsOf(evidence).reduce((sum, { value }) => sum + value, 0)).toBe(
              Math.round(expected.extraMarginMinor.value),
            );
        },
      ),
      { numRuns: 40 },
    );
  });

  it("subtract sales that short stock cannot serve, and say so", () => {
    const propose = (stockUnits: number | null) =>
      proposeProved({
        baskets: withSales(plantPair(shop(toItem("Razor", { stockUnits }), toItem("Foam")), 2_000), 0),
        neighbours: noNeighbours(14),
        forecasts: forecastOf(shop(toItem("Razor"), toItem("Foam")), 56),
        settings: ShopSettings.parse({}),
        cutoffMs: END_MS,
      }).proposals[0]!;
    const [ample, short] = [propose(null), propose(28)];
    expect(short.expected.extraMarginMinor.value).toBeCloseTo(ample.expected.extraMarginMinor.value / 2, 6);
    expect(partsOf(short.evidence).find(({ code }) => code === "partStock")!.value).toBeLessThan(0);
    const ordersAbout = short.expected.ordersWithOffer.value;
    expect(partsOf(short.evidence)).toContainEqual(
      expect.objectContaining({ code: "partMargin", values: expect.objectContaining({ ordersAbout }) }),
    );
  });

  it("name the discount of the offer, rounded down", () => {
    const items = shop(toItem("Razor", { priceMinor: 1_013 }), toItem("Foam", { priceMinor: 2_006 }));
    const { proposals } = proposeProved({
      baskets: withSales(plantPair(items, 2_000), 0),
      neighbours: noNeighbours(items.length),
      forecasts: forecastOf(items, 56),
      settings: ShopSettings.parse({}),
      cutoffMs: END_MS,
    });
    const { discountRatio, evidence } = proposals[0]!;
    const savingMinor = Math.floor((3_019 * Math.round(discountRatio * 100)) / 100);
    expect(partsOf(evidence)).toContainEqual(
      expect.objectContaining({ code: "partMargin", values: expect.objectContaining({ savingMinor }) }),
    );
  });
});

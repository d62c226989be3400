import { describe, expect, it } from "vitest";
import type { Baskets } from "#app/domain/prepare/baskets.ts";
import { prepareBaskets } from "#app/domain/prepare/prepare-baskets.ts";
import { indexOccurrences } from "#app/domain/propose/together/occurrences.ts";
import { proposeBundles } from "#app/domain/propose/propose-bundles.ts";
import { seededRandom } from "#app/domain/numbers/random.ts";
import { DAY_MS, WEEK_MS } from "#app/domain/time.ts";
import { ShopSettings } from "#app/domain/shop-settings.ts";
import { noNeighbours } from "#tests/unit/domain/propose/planted-shop.ts";
import { evidenceInEnglish, inEnglish } from "#tests/factories/write-english.ts";

const FIRST_MS = Date.UTC(2025, 0, 6);

interface Sale {
  readonly atMs: number;
  readonly titles: readonly string[];
  /** A guest if absent. */
  readonly customer?: string;
}

function toBaskets(sales: readonly Sale[]): Baskets {
  const lines = sales.flatMap(({ atMs, titles, customer }, order) =>
    titles.map((title) => ({
      orderId: String(order),
      placedAtMs: atMs,
      itemKey: title,
      title,
      quantity: 1,
      // In a shop without price moves, other pairs come out, and without a discount.
      unitPriceMinor: title === "Water" && Math.floor((atMs - FIRST_MS) / WEEK_MS) % 2 === 0 ? 720 : 900,
      customerKey: customer ?? null,
    })),
  );
  return prepareBaskets(lines, [], { currency: "EUR" }).baskets;
}

function propose(baskets: Baskets, cutoffMs: number) {
  return proposeBundles({
    baskets,
    neighbours: noNeighbours(baskets.items.length),
    forecasts: [],
    settings: ShopSettings.parse({}),
    cutoffMs,
    toClockMs: (atMs) => atMs,
  });
}

function suggest(baskets: Baskets, cutoffMs: number) {
  return propose(baskets, cutoffMs).proposals.map(({ components, evidence }) => ({
    titles: components.map(({ item }) => baskets.items[item]!.title).sort(),
    season: evidence.filter(({ kind }) => kind === "season").map(evidenceInEnglish),
  }));
}

describe("restaurant tickets", () => {
  const random = seededRandom(11);
  const pick = (names: readonly string[]) => names[Math.floor(random() * names.length)]!;
  const mains = ["Burger", "Pasta", "Steak", "Risotto", "Schnitzel", "Curry"];
  const sales = Array.from({ length: 4_000 }, (_, ticket): Sale => {
    const isLunch = ticket % 2 === 0;
    const atMs = FIRST_MS + (ticket % 180) * DAY_MS + (isLunch ? 12 : 19) * 3_600_000;
    const draw = random();
    if (!isLunch) return { atMs, titles: [pick(mains), pick(["Wine", "Beer", "Water"])] };
    if (draw < 0.1) return { atMs, titles: ["Soup", "Focaccia", pick(mains)] };
    if (draw < 0.25) return { atMs, titles: ["Soup", pick(mains)] };
    return { atMs, titles: draw < 0.4 ? ["Focaccia", pick(mains)] : [pick(mains), "Water"] };
  });

  it("show the planted lunch combination and its hours", () => {
    const found = suggest(toBaskets(sales), FIRST_MS + 200 * DAY_MS).find(
      ({ titles }) => titles.join() === "Focaccia,Soup",
    );
    expect(found?.season.join()).toMatch(/between 1[0-2]:00 and 1[3-5]:00/);
  });
});

describe("weekly market", () => {
  it("says on which weekdays a combination is bought", () => {
    const random = seededRandom(3);
    const sales = Array.from({ length: 3_000 }, (_, order): Sale => {
      const day = order % 196;
      const isWeekend = day % 7 >= 5;
      const atMs = FIRST_MS + day * DAY_MS;
      const own = `Thing${Math.floor(random() * 12)}`;
      const draw = random();
      const [both, one] = isWeekend ? [0.25, 0.1] : [0, 0.05];
      if (draw < both) return { atMs, titles: ["Croissant", "Jam", own] };
      if (draw < both + one) return { atMs, titles: ["Croissant", own] };
      return { atMs, titles: draw < both + 2 * one ? ["Jam", own] : [own] };
    });
    const found = suggest(toBaskets(sales), FIRST_MS + 28 * WEEK_MS).find(
      ({ titles }) => titles.join() === "Croissant,Jam",
    );
    expect(found?.season.join()).toMatch(/on a Saturday or Sunday/);
  });
});

describe("shop that never closes", () => {
  it("shows no hour when six of ten orders fall within three hours by chance", () => {
    const hours = [23, 3, 0, 23, 8, 0, 13, 23, 17, 0];
    const sales = Array.from({ length: 1_000 }, (_, order): Sale => {
      const isBoth = order % 100 === 50;
      const hour = isBoth ? hours[Math.floor(order / 100)]! : order % 24;
      const atMs = FIRST_MS + Math.floor(order / 5) * DAY_MS + hour * 3_600_000;
      return { atMs, titles: isBoth ? ["Lamp", "Bulb"] : [`Thing${order % 13}`] };
    });
    const found = suggest(toBaskets(sales), FIRST_MS + 200 * DAY_MS);
    expect(found).toEqual([{ titles: ["Bulb", "Lamp"], season: [] }]);
  });
});

describe("grocer with weekly customers", () => {
  const random = seededRandom(5);
  const staples = Array.from(
    { length: 60 },
    (_, n) => `Staple${String.fromCharCode(97 + (n % 26), 97 + n / 26)}`,
  );
  const sales = Array.from({ length: 150 }, (_, shopper) => {
    const own = new Set(Array.from({ length: 6 }, () => staples[Math.floor(random() * staples.length)]!));
    return Array.from({ length: 40 }, (__, week): Sale => {
      const titles = [...own].filter(() => random() < 0.7);
      const draw = random();
      if (draw < 0.14) titles.push("Gin");
      if (draw < 0.06 || (draw >= 0.14 && draw < 0.22)) titles.push("Tonic");
      return { atMs: FIRST_MS + week * WEEK_MS, titles, customer: `shopper ${shopper}` };
    });
  }).flat();

  it("gets the pair that many buy, and not the staples of a few", () => {
    const found = suggest(toBaskets(sales), FIRST_MS + 41 * WEEK_MS).map(({ titles }) => titles.join(" + "));
    expect(found).toEqual(["Gin + Tonic"]);
  });

  it("says why a pair of only a few shoppers is no bundle", () => {
    const { refused } = propose(toBaskets(sales), FIRST_MS + 41 * WEEK_MS);
    const reasons = refused.map(({ reason }) => inEnglish(reason));
    expect(reasons).toContainEqual(
      expect.stringMatching(/^\d+ orders hold both, but so few shoppers placed them that they say no more/),
    );
  });
});

describe("wholesale orders of 150 lines", () => {
  const random = seededRandom(9);
  const goods = Array.from(
    { length: 400 },
    (_, n) => `Part${String.fromCharCode(97 + (n % 26), 97 + n / 26)}`,
  );
  const sales = Array.from({ length: 500 }, (_, order): Sale => {
    const titles = new Set(Array.from({ length: 180 }, () => goods[Math.floor(random() * goods.length)]!));
    const draw = random();
    if (draw < 0.25) titles.add("Anchor");
    if (draw < 0.15 || draw > 0.9) titles.add("Plug");
    return { atMs: FIRST_MS + order * 6 * 3_600_000, titles: [...titles] };
  });

  it("show which products are bought together", () => {
    const found = suggest(toBaskets(sales), FIRST_MS + 130 * DAY_MS).map(({ titles }) => titles.join(" + "));
    expect(found).toContain("Anchor + Plug");
    expect(found.length).toBeLessThan(4);
  });

  it("leave out an order with a year's stock", () => {
    const all = { atMs: FIRST_MS, titles: Array.from({ length: 600 }, (_, n) => `Stock${n}`) };
    const { baskets, tooLarge } = indexOccurrences(toBaskets([...sales, all]), FIRST_MS, Infinity);
    expect({ baskets, tooLarge }).toEqual({ baskets: 500, tooLarge: 1 });
  });
});

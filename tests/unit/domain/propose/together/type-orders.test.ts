import { describe, expect, it } from "vitest";
import type { Item } from "#app/domain/prepare/baskets.ts";
import { assessBundle } from "#app/domain/propose/profit/bundle-candidate.ts";
import { EFFECT_DAYS, surveyMarket } from "#app/domain/propose/profit/bundle-market.ts";
import { toOutcomes } from "#app/domain/propose/profit/learned-response.ts";
import { learnShopResponse } from "#app/domain/propose/profit/shop-response.ts";
import { indexOccurrences } from "#app/domain/propose/together/occurrences.ts";
import { openTypeOrders } from "#app/domain/propose/together/type-orders.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { ShopSettings } from "#app/domain/shop-settings.ts";
import { END_MS, noNeighbours, toBaskets, toItem } from "#tests/unit/domain/propose/planted-shop.ts";

const [RAZOR, FOAM, GEL, LOTION] = [0, 1, 2, 3];
const bath = (title: string) => toItem(title, { category: "Bath" });
const items = ["Razor", "Shaving foam", "Shaving gel", "Lotion"].map(bath);
/** Foam and gel have the same noun. */
const NOUNS = ["razor", "lather", "lather", undefined];

function open(
  orders: readonly (readonly number[])[],
  { nouns = NOUNS, known = items }: { nouns?: (string | undefined)[]; known?: readonly Item[] } = {},
) {
  const occurrences = indexOccurrences(toBaskets(known, orders), 0, END_MS);
  return openTypeOrders({ occurrences, items: known, nouns });
}

const times = (count: number, order: readonly number[]) => Array.from({ length: count }, () => order);

describe("openTypeOrders", () => {
  it("leaves out orders that hold another product of the type", () => {
    // Of 11 razors without foam, 4 came with gel.
    const orders = [
      ...times(5, [RAZOR, FOAM]),
      ...times(4, [RAZOR, GEL]),
      ...times(5, [RAZOR]),
      [RAZOR, LOTION],
    ];
    expect(open(orders)([RAZOR, FOAM], 1)).toBeCloseTo(1 - 4 / 11, 9);
  });

  it("is 1 when the title or the category does not show the type", () => {
    const orders = [...times(5, [RAZOR, FOAM]), ...times(4, [RAZOR, GEL])];
    expect(open(orders, { nouns: ["razor", undefined, "lather", undefined] })([RAZOR, FOAM], 1)).toBe(1);
    const without = items.map((item) => ({ ...item, category: "" }));
    expect(open(orders, { known: without })([RAZOR, FOAM], 1)).toBe(1);
    const apart = items.map((item, at) => ({ ...item, category: at === GEL ? "Hair" : "Bath" }));
    expect(open(orders, { known: apart })([RAZOR, FOAM], 1)).toBe(1);
  });

  it("counts an order once, however many products of the type it holds", () => {
    const orders = [...times(5, [RAZOR, FOAM, GEL]), ...times(4, [RAZOR, GEL]), ...times(2, [RAZOR])];
    const nouns = ["razor", "lather", "lather", "lather"];
    expect(open(orders)([RAZOR, FOAM], 1)).toBeCloseTo(1 - 4 / 7, 9);
    expect(open([...orders, [RAZOR, GEL, LOTION]], { nouns })([RAZOR, FOAM], 1)).toBeCloseTo(1 - 5 / 8, 9);
  });

  it("never falls to 0, even when all the few orders hold another product of the type", () => {
    expect(open([...times(5, [RAZOR, FOAM]), [RAZOR, GEL]])([RAZOR, FOAM], 1)).toBe(0.5);
    expect(open(times(5, [RAZOR, FOAM]))([RAZOR, FOAM], 1)).toBe(1);
  });

  it("uses the orders with all other products of a set of three", () => {
    const orders = [
      ...times(5, [RAZOR, LOTION, FOAM]),
      ...times(3, [RAZOR, LOTION, GEL]),
      ...times(6, [RAZOR, LOTION]),
      ...times(50, [RAZOR, GEL]),
    ];
    expect(open(orders)([RAZOR, LOTION, FOAM], 2)).toBeCloseTo(1 - 3 / 10, 9);
  });
});

describe("offer whose visitors mostly take another product of its type", () => {
  const named = [bath("Razor"), ...["Mint", "Cedar", "Rose", "Amber"].map((scent) => bath(`${scent} foam`))];
  const untyped = named.map((item) => ({ ...item, category: "" }));
  const orders = [
    ...times(20, [0, 1]),
    ...times(60, [0, 2]),
    ...times(60, [0, 3]),
    ...times(60, [0]),
    ...times(400, [4]),
  ];
  const survey = (known: readonly Item[]) => {
    const baskets = toBaskets(known, orders);
    return surveyMarket({
      baskets,
      neighbours: noNeighbours(known.length),
      forecasts: [],
      settings: ShopSettings.parse({}),
      occurrences: indexOccurrences(baskets, 0, END_MS),
      response: learnShopResponse(baskets, 0, END_MS),
      windowMs: EFFECT_DAYS * DAY_MS,
      cutoffMs: END_MS,
    });
  };

  it("is expected to earn less", () => {
    const extraOf = (known: readonly Item[]) => {
      const assessed = assessBundle(survey(known), { items: [0, 1], together: 20, isToTry: false });
      return assessed.ok ? assessed.value.effect.extraMarginMinor.value : 0;
    };
    expect(extraOf(named)).toBeLessThan(0.5 * extraOf(untyped));
    expect(extraOf(named)).toBeGreaterThan(0);
  });

  it("expects less when its outcome is learned from", () => {
    const addedOf = (known: readonly Item[]) => {
      const [outcome] = toOutcomes(survey(known), [{ items: [0, 1], trials: [], ordersAnyway: 20 }]);
      return Math.max(...outcome!.addedAt(0));
    };
    expect(addedOf(named)).toBeLessThan(0.5 * addedOf(untyped));
  });
});

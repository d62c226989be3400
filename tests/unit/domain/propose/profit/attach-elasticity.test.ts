import { describe, expect, it } from "vitest";
import type { Baskets } from "#app/domain/prepare/baskets.ts";
import { learnAttachElasticity } from "#app/domain/propose/profit/attach-elasticity.ts";
import {
  countCompanions,
  judgeResponse,
  learnShopResponse,
  remindedTimesAt,
} from "#app/domain/propose/profit/shop-response.ts";
import { indexOccurrences } from "#app/domain/propose/together/occurrences.ts";
import { seededRandom } from "#app/domain/numbers/random.ts";
import { WEEK_MS } from "#app/domain/time.ts";
import { END_MS, toItem } from "#tests/unit/domain/propose/planted-shop.ts";

const WEEKS = 52;
const FROM_MS = END_MS - WEEKS * WEEK_MS;
const PAIRS = 12;
const ATTACH_RATE = 0.25;

interface Shop {
  /**
   * Elasticity ε of pair k: the odds of adding the second product are those of `ATTACH_RATE` times
   * `factor^−ε`.
   */
  readonly elasticityOf: (pair: number) => number;
  readonly ordersAWeek?: number;
  readonly pairs?: number;
  /** Whether the price differs per order, as with a rebate, and not per week. */
  readonly isByShopper?: boolean;
  /** Shoppers who buy the second product alone when it is cheaper, for each who does at its usual price. */
  readonly aloneTimes?: number;
}

/** A year in which the second product of each pair is cheaper in about every third week. */
function sellPairs(shop: Shop): Baskets {
  const { elasticityOf, ordersAWeek = 20, pairs = PAIRS, isByShopper = false, aloneTimes = 1 } = shop;
  const random = seededRandom(3);
  const orders: { atMs: number; lines: { item: number; paidMinor: number }[] }[] = [];
  for (let pair = 0; pair < pairs; pair++)
    for (let week = 0; week < WEEKS; week++) {
      const cut = random() < 0.3 ? 0.75 : 1;
      for (let order = 0; order < ordersAWeek; order++) {
        const factor = isByShopper ? (random() < 0.3 ? 0.75 : 1) : cut;
        const odds = (ATTACH_RATE / (1 - ATTACH_RATE)) * factor ** -elasticityOf(pair);
        const isAdded = random() < odds / (1 + odds);
        const second = { item: 2 * pair + 1, paidMinor: 1_000 * factor };
        const atMs = FROM_MS + (week + order / ordersAWeek) * WEEK_MS + pair;
        const first = { item: 2 * pair, paidMinor: 2_000 };
        orders.push({ atMs, lines: isAdded ? [first, second] : [first] });
        // Shoppers who buy the second alone show its price.
        if (factor === 1 || aloneTimes === 1 || random() < aloneTimes)
          orders.push({ atMs: atMs + 60_000, lines: [second] });
      }
    }
  orders.sort((a, b) => a.atMs - b.atMs);
  const lines = orders.flatMap((one) => one.lines);
  const offsets = [0];
  for (const { lines: own } of orders) offsets.push(offsets.at(-1)! + own.length);
  return {
    items: Array.from({ length: 2 * pairs }, (_, at) => toItem(`Thing${at}`)),
    currency: "EUR",
    orderIds: orders.map((_, at) => String(at)),
    placedAtMs: Float64Array.from(orders, ({ atMs }) => atMs),
    customer: new Int32Array(orders.length).fill(-1),
    customerKeys: [],
    offsets: Uint32Array.from(offsets),
    item: Uint32Array.from(lines, ({ item }) => item),
    units: new Uint32Array(lines.length).fill(1),
    unitPriceMinor: Float64Array.from(lines, ({ paidMinor }) => paidMinor),
  };
}

function learn(shop: Shop) {
  const baskets = sellPairs(shop);
  const pairs = Array.from({ length: shop.pairs ?? PAIRS }, (_, pair) => ({
    items: [2 * pair, 2 * pair + 1] as const,
    together: 1_000,
  }));
  return learnAttachElasticity(baskets, indexOccurrences(baskets, FROM_MS, END_MS), pairs);
}

describe("learnAttachElasticity", () => {
  it.each([
    ["prices differ by shopper and not in time", { elasticityOf: () => 2, isByShopper: true }],
    ["hardly a product's price moved", { elasticityOf: () => 2, pairs: 4 }],
    ["too few orders tell", { elasticityOf: () => 2, ordersAWeek: 1 }],
    ["products contradict each other", { elasticityOf: (pair: number) => (pair % 2 === 0 ? 5 : -4) }],
  ])("is null when %s", (_, shop) => {
    expect(learn(shop)).toBeNull();
  });

  it.each([0, 1, 2.5])("finds the planted elasticity of %f", (planted) => {
    const { elasticity, items } = learn({ elasticityOf: () => planted })!;
    expect(items).toBe(PAIRS);
    expect(elasticity.value).toBeCloseTo(planted, 0);
    expect(elasticity.low).toBeLessThanOrEqual(planted);
    expect(elasticity.high).toBeGreaterThanOrEqual(planted);
  });

  it("relies on no response at its low end if the product does not sell more when it is cheaper", () => {
    expect(learn({ elasticityOf: () => 2.5 })!.elasticity.low).toBeGreaterThan(0.2);
    const { elasticity } = learn({ elasticityOf: () => 2.5, aloneTimes: 0.75 })!;
    expect(elasticity.value).toBeCloseTo(2.5, 0);
    expect(elasticity.low).toBe(0);
  });
});

describe("judgeResponse", () => {
  const published = learnShopResponse(sellPairs({ elasticityOf: () => 0, pairs: 1 }), FROM_MS, FROM_MS);
  const attach = { items: 12, elasticity: { value: 0.4, low: 0.1, high: 0.7 } };
  /** An index of these orders, each a list of product numbers. */
  const indexed = (orders: readonly (readonly number[])[]) => {
    const itemOf = Uint32Array.from(orders.flat());
    const items = Math.max(...itemOf) + 1;
    const offsets = new Uint32Array(items + 1);
    for (const item of itemOf) for (let after = item + 1; after <= items; after++) offsets[after]! += 1;
    const basketOffsets = new Uint32Array(orders.length + 1);
    orders.forEach((order, at) => (basketOffsets[at + 1] = basketOffsets[at]! + order.length));
    return { items, baskets: orders.length, offsets, basketOffsets, itemOf };
  };
  const of = (orders: number, products = 2) =>
    indexed(Array.from({ length: orders }, () => Array.from({ length: products }, (_, item) => item)));

  const moved = { ...published, stated: { ...published.stated, measuredItems: 1 } };

  it("has no basis in a shop below 1,000 orders, or without a price move", () => {
    expect(judgeResponse(moved, { attach: null, occurrences: of(999) }).basis).toBe("nothing");
    expect(judgeResponse(published, { attach: null, occurrences: of(1_000) }).basis).toBe("nothing");
  });

  it("keeps published figures when prices moved but the attach elasticity is unknown", () => {
    expect(judgeResponse(moved, { attach: null, occurrences: of(1_000) })).toBe(moved);
  });

  it("uses and states the shop's own attach elasticity", () => {
    const { basis, ofItem, stated } = judgeResponse(published, { attach, occurrences: of(100) });
    expect(basis).toBe("measured");
    expect(ofItem.every((one) => one === attach.elasticity)).toBe(true);
    expect(stated).toEqual({ measuredItems: 12, medianElasticity: 0.4 });
  });

  const timesOf = (orders: Parameters<typeof countCompanions>[0], items: readonly number[], elasticity = 0) =>
    remindedTimesAt(countCompanions(orders)(items), elasticity);

  it("expects more reminders the fewer products an order holds, within bounds", () => {
    expect(timesOf(of(1_000, 1), [0])).toBe(3.5);
    expect(timesOf(of(1_000, 2), [0, 1])).toBeCloseTo(1.4);
    expect(timesOf(of(1_000, 20), [0, 1])).toBe(0.25);
  });

  it("counts companions by the offer's own products, which differ within a shop", () => {
    const alone = Array.from({ length: 400 }, () => [[0], [1], [0, 1]]).flat();
    const together = Array.from({ length: 400 }, () => [2, 3, 4]);
    const companionsOf = countCompanions(indexed([...alone, ...together]));
    // Two companions per product here, half of one there, both shrunk by the prior.
    expect(companionsOf([2, 3]) / companionsOf([0, 1])).toBeGreaterThan(3);
    expect(companionsOf([2, 3]) / companionsOf([0, 1])).toBeLessThan(4);
    expect(companionsOf([0, 2])).toBeGreaterThan(1.5 * companionsOf([0, 1]));
    expect(companionsOf([0, 2])).toBeLessThan(companionsOf([2, 3]) / 1.5);
  });

  it("shrinks a product with a single order to the shop's average", () => {
    const usual = Array.from({ length: 1_000 }, () => [0, 1]);
    const shop = indexed([...usual, [2], [3]]);
    expect(timesOf(shop, [2, 3]) / timesOf(shop, [0, 1])).toBeLessThan(1.1);
    expect(timesOf(shop, [2, 3]) / timesOf(shop, [0, 1])).toBeGreaterThan(1);
  });

  it("expects fewer reminders when the price response explains small orders", () => {
    expect(timesOf(of(1_000, 1), [0], 1)).toBeLessThan(3.5);
    expect(timesOf(of(1_000, 1), [0], 3)).toBe(1);
    expect(timesOf(of(1_000, 20), [0], 3)).toBe(0.25);
  });
});

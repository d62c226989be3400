import { describe, expect, it } from "vitest";
import { Z90 } from "#app/domain/numbers/statistics.ts";
import type { Baskets } from "#app/domain/prepare/baskets.ts";
import { assessBundle } from "#app/domain/propose/profit/bundle-candidate.ts";
import { EFFECT_DAYS, surveyMarket } from "#app/domain/propose/profit/bundle-market.ts";
import { effectiveSampleSize, indexOccurrences } from "#app/domain/propose/together/occurrences.ts";
import { liftOf } from "#app/domain/propose/together/pair-statistics.ts";
import { learnShopResponse } from "#app/domain/propose/profit/shop-response.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { ShopSettings } from "#app/domain/shop-settings.ts";
import { END_MS, noNeighbours, toBaskets, toItem } from "#tests/unit/domain/propose/planted-shop.ts";

const PAIR = [0, 1] as const;
const items = ["Razor", "Foam", ...Array.from({ length: 8 }, (_, n) => `Thing${n}`)].map((title) =>
  toItem(title),
);
/** Of 6,000 orders, 120 hold both products and 720 each hold one of them: shoppers whom an offer can win. */
const guests = toBaskets(
  items,
  Array.from({ length: 6_000 }, (_, order) => {
    const own = 2 + (order % 8);
    const slot = order % 50;
    return slot < 1 ? [...PAIR, own] : slot < 7 ? [0, own] : slot < 13 ? [1, own] : [own];
  }),
);

/** The same orders; this many customers place those with both products in turn. */
function placedBy(customers: number): Baskets {
  let next = 0;
  const customer = guests.customer.map((_guest, basket) => {
    const own = guests.item.subarray(guests.offsets[basket], guests.offsets[basket + 1]);
    return PAIR.every((item) => own.includes(item)) ? next++ % customers : -1;
  });
  return { ...guests, customer, customerKeys: Array.from({ length: customers }, (_, at) => `c${at}`) };
}

function assess(log: Baskets) {
  const occurrences = indexOccurrences(log, 0, END_MS);
  const market = surveyMarket({
    baskets: log,
    neighbours: noNeighbours(items.length),
    forecasts: [],
    settings: ShopSettings.parse({ minSupportOrders: 5 }),
    occurrences,
    response: learnShopResponse(log, 0, END_MS),
    windowMs: 13 * EFFECT_DAYS * DAY_MS,
    cutoffMs: END_MS,
  });
  const bundle = assessBundle(market, { items: PAIR, together: 120, isToTry: false });
  if (!bundle.ok) throw new Error(bundle.reason);
  return { effectiveSize: effectiveSampleSize(occurrences, PAIR), ...bundle.value };
}

describe("effective sample size", () => {
  it("is 0 when no order holds all items", () => {
    expect(effectiveSampleSize(indexOccurrences(guests, 0, END_MS), [2, 3])).toBe(0);
  });

  it("is the number of orders for guests, and the number of customers who order the same", () => {
    expect(assess(guests).effectiveSize).toBe(120);
    expect(assess(placedBy(12)).effectiveSize).toBe(12);
  });

  it("keeps the lift but widens its interval to that of fewer orders", () => {
    const [ofGuests, ofTwelve] = [assess(guests).lift, assess(placedBy(12)).lift];
    expect(ofTwelve.value).toBe(ofGuests.value);
    const ofTwelveOrders = liftOf(12, 12 / ofGuests.value);
    expect(ofTwelve.low).toBeCloseTo(ofTwelveOrders.low);
    expect(ofTwelve.high).toBeCloseTo(ofTwelveOrders.high);
    expect(ofTwelve.high - ofTwelve.low).toBeGreaterThan(2 * (ofGuests.high - ofGuests.low));
  });

  it("widens the range of expected orders by its Poisson error", () => {
    const variance = (log: Baskets) => {
      const { low, high } = assess(log).effect.ordersAnyway;
      return (Math.log(high / low) / 2 / Z90) ** 2;
    };
    expect(variance(placedBy(12)) - variance(guests)).toBeCloseTo(1 / 12 - 1 / 120);
  });
});

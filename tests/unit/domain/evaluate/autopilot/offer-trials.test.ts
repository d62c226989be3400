import { describe, expect, it } from "vitest";
import {
  expectPurchases,
  sumTrials,
  type OfferDay,
  type ShopDay,
} from "#app/domain/evaluate/autopilot/offer-trials.ts";

describe("sumTrials", () => {
  it("adds up days by discount and halves their weight every 45 days", () => {
    const day = { discountRatio: 0.1, visitors: 100, sets: 4, parts: 8 };
    const summed = sumTrials([
      { ...day, ageDays: 0 },
      { ...day, ageDays: 45 },
      { ...day, discountRatio: null, ageDays: 90 },
    ]);

    expect(summed).toEqual([
      { discountRatio: 0.1, visitors: 150, sets: 6, parts: 12 },
      { discountRatio: null, visitors: 25, sets: 1, parts: 2 },
    ]);
  });
});

describe("expectPurchases", () => {
  /** A shop with forty orders a day for this many days. Three in four are of known visitors. */
  const shopDays = (days: number, ordersAt: (ageDays: number) => number = () => 40): ShopDay[] =>
    Array.from({ length: days }, (_, ageDays) => {
      const orders = ordersAt(ageDays);
      return { ageDays, orders, known: 0.75 * orders };
    });
  const shown = (ageDays: number, fields: Partial<OfferDay> = {}) => ({
    visitors: 1_000,
    discountRatio: 0.1,
    ageDays,
    ripeVisitors: 1_000,
    sets: 0,
    setsSquared: 0,
    parts: 0,
    setMarginMinor: 0,
    givenMinor: 0,
    partMarginMinor: 0,
    ...fields,
  });
  const promised = (ageDays: number) => ({ ordersAnyway: 28, ageDays });
  const weighted = (days: number) =>
    Array.from({ length: days }, (_, age) => 0.5 ** (age / 45)).reduce((sum, one) => sum + one, 0);

  it("is null when the shop had no order at the time of the promise", () => {
    expect(expectPurchases([shown(60)], promised(60), shopDays(20))).toBeNull();
  });

  it("counts the orders of known visitors, older days less", () => {
    expect(expectPurchases([shown(27)], promised(27), shopDays(40))).toBeCloseTo(0.75 * weighted(28), 6);
    expect(expectPurchases([shown(6)], promised(6), shopDays(40))).toBeCloseTo(0.75 * weighted(7), 6);
  });

  it("grows with the shop's orders after the promised days", () => {
    const grown = expectPurchases(
      [shown(55)],
      promised(55),
      shopDays(56, (ageDays) => (ageDays < 28 ? 120 : 40)),
    );
    expect(grown).toBeCloseTo(0.75 * (weighted(56) + 2 * weighted(28)), 6);
  });

  it("relates to the shop's orders at the time of the promise, even if the offer starts later", () => {
    const trebled = shopDays(60, (ageDays) => (ageDays < 28 ? 120 : 40));
    const known = expectPurchases([shown(27)], promised(59), trebled);
    expect(known).toBeCloseTo(3 * 0.75 * weighted(28), 6);
  });

  it("counts recent days by their ripe visitors, and an order with several sets once", () => {
    const whole = expectPurchases([shown(0)], promised(0), shopDays(1))!;
    expect(expectPurchases([shown(0, { ripeVisitors: 500 })], promised(0), shopDays(1))).toBeCloseTo(
      whole / 2,
      6,
    );
    const bulk = { sets: 10, setsSquared: 40 };
    expect(expectPurchases([shown(0, bulk)], promised(0), shopDays(1))).toBeCloseTo(whole / 4, 6);
  });
});

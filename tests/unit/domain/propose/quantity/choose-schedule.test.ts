import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chooseSchedule } from "#app/domain/propose/quantity/choose-schedule.ts";
import {
  costOf,
  effectOfSchedule,
  effectOfShowing,
  learnUnitDemand,
  type QuantitySchedule,
} from "#app/domain/propose/quantity/unit-demand.ts";
import { ShopSettings } from "#app/domain/shop-settings.ts";
import { PRICE_RESPONSE } from "#app/domain/trends/prices/price-elasticity.ts";

const settings = ShopSettings.parse({});
const economics = { priceMinor: 1_000, marginMinor: 600 };
const breaks = (...steps: [units: number, discountRatio: number][]): QuantitySchedule => ({
  kind: "breaks",
  steps: steps.map(([units, discountRatio]) => ({ units, discountRatio })),
});
const range = (units: number, discountRatio: number): QuantitySchedule => ({
  kind: "range",
  steps: [{ units, discountRatio }],
});
const demandOf = (...ordersOf: number[]) => learnUnitDemand({ ordersOf: [0, ...ordersOf] }, PRICE_RESPONSE);

describe("costOf", () => {
  it("applies the highest reached step to all units", () => {
    const schedule = breaks([2, 0.1], [3, 0.2]);
    expect([1, 2, 3, 4].map((units) => costOf(schedule, units))).toEqual([1, 1.8, 3 * 0.8, 4 * 0.8]);
  });

  it("applies a range to complete sets and charges full price for the rest", () => {
    expect([2, 3, 4, 6].map((units) => costOf(range(3, 0.1), units))).toEqual([2, 2.7, 3.7, 5.4]);
  });
});

describe("effectOfSchedule", () => {
  it("is a loss when everybody takes that quantity anyway", () => {
    const { extraMarginMinor } = effectOfSchedule(demandOf(0, 0, 100), breaks([2, 0.1]), economics);
    expect(extraMarginMinor.value).toBeCloseTo(-100 * 3 * 100, 6);
  });

  it("wins hardly anybody when a second unit is worth almost nothing", () => {
    const { ordersWithOffer, ordersAnyway } = effectOfSchedule(
      demandOf(1_000, 1),
      breaks([2, 0.05]),
      economics,
    );
    expect(ordersAnyway.value).toBeCloseTo(1, 9);
    // The reminded, 1.8 of 100, and almost nobody else.
    expect(ordersWithOffer.value).toBeLessThan(22);
  });

  it("grows with the elasticity", () => {
    const won = (low: number) => {
      const demand = learnUnitDemand({ ordersOf: [0, 500, 300, 100] }, { low, value: low, high: low });
      return effectOfSchedule(demand, breaks([2, 0.1]), economics).ordersWithOffer.value;
    };
    expect(won(4)).toBeGreaterThan(won(1.5));
  });

  it("keeps the value within its range and never moves a shopper to fewer units", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 2, max: 6 }),
        fc.integer({ min: 1, max: 20 }),
        (orders, units, percent) => {
          const effect = effectOfSchedule(demandOf(...orders), breaks([units, percent / 100]), economics);
          const { value, low, high } = effect.extraMarginMinor;
          expect(low).toBeLessThanOrEqual(value + 1e-6);
          expect(high).toBeGreaterThanOrEqual(value - 1e-6);
          expect(effect.ordersWithOffer.value).toBeGreaterThanOrEqual(effect.ordersAnyway.value - 1e-6);
        },
      ),
    );
  });

  it("gains a little at full price from shoppers below the set size", () => {
    const { extraMarginMinor, ordersAnyway } = effectOfShowing({ ordersOf: [0, 80, 20, 10] }, economics, 3);
    expect(ordersAnyway.value).toBe(10);
    expect(extraMarginMinor.value).toBeCloseTo(100 * 0.6 * 0.03 * 600, 6);
    expect(extraMarginMinor.low).toBeGreaterThan(0);
  });
});

describe("chooseSchedule", () => {
  it("is null when each schedule would pay those who come anyway", () => {
    expect(chooseSchedule(demandOf(0, 100, 100), economics, "breaks", settings, 8)).toBeNull();
  });

  it("is null when each schedule would leave less than the margin floor", () => {
    const thin = { priceMinor: 1_000, marginMinor: 160 };
    expect(chooseSchedule(demandOf(1_000, 400), thin, "breaks", settings, 8)).toBeNull();
  });

  it("keeps the margin floor for the least profitable product of a range", () => {
    const rich = { priceMinor: 1_000, marginMinor: 900 };
    const demand = demandOf(1_000, 30);
    const chosen = chooseSchedule(demand, { ...rich, leastMarginRatio: 0.25 }, "range", settings, 8)!;
    const { discountRatio } = chosen.schedule.steps[0]!;
    expect((0.25 - discountRatio) / (1 - discountRatio)).toBeGreaterThanOrEqual(settings.marginFloorRatio);
    expect(chooseSchedule(demand, { ...rich, leastMarginRatio: 0.16 }, "range", settings, 8)).toBeNull();
  });

  it("stays within the merchant's limits", () => {
    const chosen = chooseSchedule(
      demandOf(1_000, 30),
      { priceMinor: 1_000, marginMinor: 900 },
      "breaks",
      settings,
      8,
    )!;
    const { steps } = chosen.schedule;
    expect(chosen.effect.extraMarginMinor.value).toBeGreaterThan(0);
    for (const { discountRatio } of steps) {
      expect(discountRatio).toBeGreaterThanOrEqual(settings.minDiscountRatio);
      expect(discountRatio).toBeLessThanOrEqual(settings.maxDiscountRatio);
    }
  });
});

import { describe, expect, it } from "vitest";
import {
  measureElasticity,
  poolElasticities,
  shopElasticity,
  type PriceHistory,
  PRICE_RESPONSE,
} from "#app/domain/trends/prices/price-elasticity.ts";
import { normalDraw, seededRandom, type Random } from "#app/domain/numbers/random.ts";

/** This many weeks at each of two places. One sells three times as much and is more expensive. */
function history(
  id: string,
  { elasticity, noise, weeks, random }: { elasticity: number; noise: number; weeks: number; random: Random },
): PriceHistory {
  const place = Int32Array.from({ length: 2 * weeks }, (_, at) => at % 2);
  const logPrice = Float64Array.from(place, (where) => 0.4 * where + 0.15 * normalDraw(random));
  const trend = Float64Array.from(place, (_, at) => at / weeks);
  const logSales = Float64Array.from(
    place,
    (where, at) =>
      3 + Math.log(3) * where + elasticity * logPrice[at]! + 0.5 * trend[at]! + noise * normalDraw(random),
  );
  return { id, logSales, logPrice, controls: [trend], place };
}

describe("measureElasticity", () => {
  it("is null when the price hardly moved, or with a handful of weeks", () => {
    const random = seededRandom(1);
    const moved = history("a", { elasticity: -2, noise: 0.1, weeks: 40, random });
    const still = { ...moved, logPrice: moved.logPrice.map((_, at) => 0.4 * moved.place[at]!) };

    expect(measureElasticity(still)).toBeNull();
    expect(measureElasticity(history("b", { elasticity: -2, noise: 0.1, weeks: 4, random }))).toBeNull();
  });

  it("is null when a control cannot be told from the price", () => {
    const moved = history("a", { elasticity: -2, noise: 0.1, weeks: 40, random: seededRandom(1) });

    expect(measureElasticity({ ...moved, controls: [moved.logPrice] })).toBeNull();
  });

  it("is separated from the effects of places and time", () => {
    const measured = measureElasticity(
      history("a", { elasticity: -2.5, noise: 0.1, weeks: 200, random: seededRandom(2) }),
    )!;

    expect(Math.abs(measured.value + 2.5)).toBeLessThan(4 * Math.sqrt(measured.variance));
    expect(measured.variance).toBeLessThan(0.01);
  });
});

describe("poolElasticities", () => {
  it("is closer to the truth than single estimates from short histories", () => {
    const random = seededRandom(3);
    const truths = Array.from({ length: 30 }, () => -2.5 + 0.4 * normalDraw(random));
    const histories = truths.map((elasticity, at) =>
      history(String(at), { elasticity, noise: 0.6, weeks: 15, random }),
    );
    const error = (values: readonly number[]) =>
      values.reduce((sum, value, at) => sum + (value - truths[at]!) ** 2, 0);

    const alone = histories.map((each) => measureElasticity(each)!.value);
    const pooled = poolElasticities(histories).map(({ effect }) => effect.value);
    expect(error(pooled)).toBeLessThan(0.7 * error(alone));
  });

  it("uses the published elasticity without price moves, and the shop's own with many", () => {
    expect(shopElasticity([]).value).toBeCloseTo(PRICE_RESPONSE.value, 6);

    const random = seededRandom(4);
    const histories = Array.from({ length: 20 }, (_, at) =>
      history(String(at), { elasticity: -1.5, noise: 0.2, weeks: 60, random }),
    );
    expect(shopElasticity(poolElasticities(histories)).value).toBeCloseTo(1.5, 1);
  });
});

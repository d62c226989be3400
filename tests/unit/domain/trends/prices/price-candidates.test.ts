import { describe, expect, it } from "vitest";
import type { Baskets } from "#app/domain/prepare/baskets.ts";
import { seededRandom } from "#app/domain/numbers/random.ts";
import { DAY_MS, WEEK_MS } from "#app/domain/time.ts";
import { firstTestedOrigin } from "#app/domain/trends/accuracy/back-test.ts";
import { listDemandCandidates, openLevels } from "#app/domain/trends/methods/demand-candidates.ts";
import { openDemandPast } from "#app/domain/trends/demand-series.ts";
import {
  learnPrices,
  choosePriceAhead,
  listPriceCandidates,
} from "#app/domain/trends/prices/price-candidates.ts";
import { followPrices } from "#app/domain/trends/prices/price-elasticity.ts";
import { toBaskets, toItem } from "#tests/unit/domain/propose/planted-shop.ts";

const WEEKS = 60;
const CUTOFF_MS = Date.UTC(2026, 5, 1);
const USUAL_MINOR = 1_000;
const CUT_MINOR = 700;
const ELASTICITY = 2;
const ORDERS_A_WEEK = 30;
const HORIZON_DAYS = 28;

/**
 * Eight products. `isCut` says in which weeks one costs 7 instead of 10, and `responds` whether shoppers
 * respond.
 */
function sell(isCut: (item: number, week: number) => boolean, { responds = true } = {}): Baskets {
  const random = seededRandom(17);
  const sales: { atMs: number; item: number; paidMinor: number }[] = [];
  for (let week = 0; week < WEEKS; week++)
    for (let item = 0; item < 8; item++) {
      const paidMinor = isCut(item, week) ? CUT_MINOR : USUAL_MINOR;
      const effect = responds ? (paidMinor / USUAL_MINOR) ** -ELASTICITY : 1;
      for (let order = 0; order < Math.round(ORDERS_A_WEEK * effect * (0.9 + 0.2 * random())); order++)
        sales.push({ item, paidMinor, atMs: CUTOFF_MS - (WEEKS - week) * WEEK_MS + random() * 7 * DAY_MS });
    }
  sales.sort((a, b) => a.atMs - b.atMs);
  return {
    ...toBaskets(
      Array.from({ length: 8 }, (_, item) => toItem(`Thing${item}`)),
      sales.map(({ item }) => [item]),
    ),
    placedAtMs: Float64Array.from(sales, ({ atMs }) => atMs),
    unitPriceMinor: Float64Array.from(sales, ({ paidMinor }) => paidMinor),
  };
}

/**
 * Each product is cut now and then for two weeks, at different times, and all of them in the last two
 * weeks.
 */
const nowAndThen = (item: number, week: number) => (week + 3 * item) % 13 < 2 || week >= WEEKS - 2;

function learn(baskets: Baskets, plannedMinor: ReadonlyMap<number, number> | null = null) {
  const past = openDemandPast(baskets, CUTOFF_MS);
  const { series } = past;
  const earlyWeek = firstTestedOrigin(series, HORIZON_DAYS);
  const known = learnPrices(baskets, series, { earlyWeek, plannedMinor });
  const plain = listDemandCandidates(openLevels(past));
  const options = { trust: 0.5, horizonDays: HORIZON_DAYS };
  return { past, known, plain, choose: () => choosePriceAhead(past, plain, known!, options) };
}

const FOUR_WEEKS = 4 * ORDERS_A_WEEK;

describe("followPrices", () => {
  it("keeps the usual price through a promotion and follows a lasting change", () => {
    const week = (price: number, weeks: number) => new Array<number>(weeks).fill(Math.log(price));
    const promotion = followPrices(Float32Array.from([...week(10, 20), ...week(7, 3)]));
    expect(Math.exp(promotion.logUsual.at(-1)!)).toBeCloseTo(10, 4);
    expect(Math.exp(promotion.logPrice.at(-1)!)).toBeCloseTo(7, 4);
    const forGood = followPrices(Float32Array.from([...week(10, 20), ...week(7, 20)]));
    expect(Math.exp(forGood.logUsual.at(-1)!)).toBeCloseTo(7, 4);
  });

  it("carries the price of the last sale forward", () => {
    const { logPrice } = followPrices(Float32Array.of(NaN, Math.log(10), NaN, NaN));
    expect(logPrice[0]).toBeNaN();
    expect(Math.exp(logPrice[3]!)).toBeCloseTo(10, 4);
  });
});

describe("price-aware forecast", () => {
  it("is null when no price moved and none is planned", () => {
    expect(learn(sell(() => false)).known).toBeNull();
  });

  it("learns the elasticity of each product", () => {
    const { known } = learn(sell(nowAndThen));
    expect(known!.lateElasticity.size).toBe(8);
    for (const elasticity of known!.lateElasticity.values()) {
      expect(elasticity).toBeGreaterThan(ELASTICITY - 0.4);
      expect(elasticity).toBeLessThan(ELASTICITY + 0.4);
    }
  });

  it("removes the last weeks' promotion from the level", () => {
    const { past, known, plain } = learn(sell(nowAndThen));
    const naive = plain.find(({ name }) => name === "smoothing")!.forecast(WEEKS, HORIZON_DAYS);
    const methods = listPriceCandidates(past, known!, 0.5, "usual");
    const baseline = methods.get("smoothing")!.forecast(WEEKS, HORIZON_DAYS);
    const mean = (forecast: Float32Array) => forecast.reduce((sum, orders) => sum + orders, 0) / 8;
    expect(mean(naive)).toBeGreaterThan(1.15 * FOUR_WEEKS);
    expect(mean(baseline)).toBeGreaterThan(0.9 * FOUR_WEEKS);
    expect(mean(baseline)).toBeLessThan(1.1 * FOUR_WEEKS);
  });

  it("expects the effect of earlier cuts from a planned cut, for that product only", () => {
    const { past, known } = learn(sell(nowAndThen), new Map([[0, CUT_MINOR]]).set(1, USUAL_MINOR));
    const forecast = listPriceCandidates(past, known!, 0.5, "planned")
      .get("smoothing")!
      .forecast(WEEKS, HORIZON_DAYS);
    const times = forecast[0]! / forecast[1]!;
    expect(times).toBeGreaterThan(1.7);
    expect(times).toBeLessThan(2.5);
  });

  it("is chosen when promotions end, and not when shoppers do not respond", () => {
    const chosen = learn(sell((item, week) => (week + 3 * item) % 13 < 2)).choose();
    expect(chosen.ahead).toBe("usual");
    const [without, usual] = chosen.candidates;
    expect(usual!.wape).toBeLessThan(without!.wape!);
    expect(learn(sell(nowAndThen, { responds: false })).choose().ahead).toBeNull();
  });
});

import { beforeAll, describe, expect, it } from "vitest";
import type { Baskets } from "#app/domain/prepare/baskets.ts";
import { seededRandom } from "#app/domain/numbers/random.ts";
import { WEEK_MS } from "#app/domain/time.ts";
import { backTest, firstTestedOrigin } from "#app/domain/trends/accuracy/back-test.ts";
import { openDemandPast } from "#app/domain/trends/demand-series.ts";
import { listPriceCandidates, learnPrices } from "#app/domain/trends/prices/price-candidates.ts";
import { forecastDemand, openMethods } from "#app/learning/demand/forecast-demand.ts";
import { chooseBackend } from "#jobs/backend.ts";
import {
  openLearner,
  poisonDays,
  poisonFacts,
  type ShopLog,
  type Span,
} from "#tests/factories/poisoned-log.ts";
import { toBaskets, toItem } from "../domain/propose/planted-shop.ts";

const CUTOFF_MS = Date.UTC(2026, 5, 1);
const HORIZON_DAYS = 28;
/** Less than a year, so no season is fitted. A choice over all windows then cannot change one window's forecast. */
const WEEKS = 48;
const FIRST_TESTED = 24;
const NEWEST_TESTED = 44;
const startOf = (week: number) => CUTOFF_MS - (WEEKS - week) * WEEK_MS;

/** Sales of `products` products at the prices of `priceOf`. Higher numbers sell more, the first hardly anything. */
function sell(products: number, priceOf: (item: number, week: number) => number): ShopLog {
  const random = seededRandom(3);
  const sales: { atMs: number; item: number; paidMinor: number }[] = [];
  for (let week = 0; week < WEEKS; week++)
    for (let item = 0; item < products; item++) {
      const paidMinor = priceOf(item, week);
      const rate = (0.05 + (16 * item) / products) * (paidMinor / 1_000) ** -2;
      for (let trial = 0; trial < Math.ceil(2 * rate); trial++)
        if (random() < rate / Math.ceil(2 * rate))
          sales.push({ item, paidMinor, atMs: startOf(week) + Math.floor(random() * WEEK_MS) });
    }
  sales.sort((a, b) => a.atMs - b.atMs);
  const baskets: Baskets = {
    ...toBaskets(
      Array.from({ length: products }, (_, item) => toItem(`Thing${item}`)),
      sales.map(({ item }) => [item]),
    ),
    placedAtMs: Float64Array.from(sales, ({ atMs }) => atMs),
    unitPriceMinor: Float64Array.from(sales, ({ paidMinor }) => paidMinor),
  };
  return { baskets, views: { visitor: [], atMs: [], item: [] } };
}

const poison = (log: ShopLog, span: Span) => poisonFacts(poisonDays(log, span));
/** The span from the start of a week, and the week before it. */
const around = (week: number) => ({
  ignores: { fromMs: startOf(week) },
  uses: { fromMs: startOf(week - 1), untilMs: startOf(week) },
});

/** The forecasts of all methods at the tested weeks up to a given week, and the products that test them there. */
async function learn({ baskets }: ShopLog) {
  const past = openDemandPast(baskets, CUTOFF_MS);
  const { series } = past;
  const { incumbent, challengers, priceCandidates } = await openMethods(baskets, past, {
    cutoffMs: CUTOFF_MS,
    horizonDays: HORIZON_DAYS,
  });
  const tested = backTest(series, { incumbent, challengers }, HORIZON_DAYS);
  const isUntil = (week: number) => (_: unknown, at: number) => tested.origins[at]! <= week;
  const earlyWeek = firstTestedOrigin(series, HORIZON_DAYS);
  const prices = learnPrices(baskets, series, { earlyWeek, plannedMinor: null });
  return {
    names: challengers.map(({ name }) => name),
    priceChoice: priceCandidates.find(({ isChosen }) => isChosen)?.name.split(",")[0],
    pricedAt: (week: number) =>
      [...listPriceCandidates(past, prices!, 0.5, "usual").values()].map((method) =>
        method.forecast(week, HORIZON_DAYS),
      ),
    earlyElasticity: prices?.earlyElasticity,
    statedUntil: (week: number) =>
      Array.from({ length: 6 }, (_, window) => FIRST_TESTED + 4 * window)
        .filter((origin) => origin <= week)
        .map((origin) =>
          Object.fromEntries(
            [incumbent, ...challengers].map((method) => [method.name, method.forecast(origin, HORIZON_DAYS)]),
          ),
        ),
    judgedUntil: (week: number) => ({
      items: tested.items.filter(isUntil(week)),
      lasts: tested.lasts.filter(isUntil(week)),
    }),
  };
}

beforeAll(async () => {
  await chooseBackend("wasm");
});

describe("the forecast leaks no data across", { timeout: 60_000 }, () => {
  const steady = openLearner({ log: sell(64, () => 1_000), poison, learn });
  // Each product has its own promotions, which raise its sales. All prices rise week by week.
  const promoted = openLearner({
    log: sell(16, (item, week) => ((week + 3 * item) % 13 < 2 ? 700 : 1_000) + 2 * week),
    poison,
    learn,
  });

  it("the cutoff: no order or price at or after it changes the forecast", async () => {
    const untilMs = startOf(40);
    const learner = openLearner({
      log: sell(12, () => 1_000),
      poison,
      learn: ({ baskets }) =>
        forecastDemand(baskets, { cutoffMs: untilMs, horizonDays: HORIZON_DAYS, isDaily: true }),
    });
    await learner.expectBoundary(around(40), (stated) => stated);
  });

  it.each([NEWEST_TESTED, FIRST_TESTED])(
    "the tested week %i: levels and opening days come from the weeks before it",
    async (week) => {
      const { names } = await steady.learnWith(null);
      expect(names).toContain("linear map");
      await steady.expectBoundary(around(week), ({ statedUntil }) => statedUntil(week));
    },
  );

  it("the first tested week: the tested linear map is trained on the weeks before it", () =>
    steady.expectBoundary(
      around(FIRST_TESTED),
      ({ statedUntil }) => statedUntil(FIRST_TESTED)[0]!["linear map"],
    ));

  it("the tested week: prices are read up to the week before it", async () => {
    const [clean, poisoned] = [
      await promoted.learnWith(null),
      await promoted.learnWith(around(NEWEST_TESTED).ignores),
    ];
    for (const { priceChoice } of [clean, poisoned]) expect(priceChoice).toMatch(/^moved prices .*: usual$/);
    await promoted.expectBoundary(around(NEWEST_TESTED), ({ statedUntil, pricedAt }) => ({
      stated: statedUntil(NEWEST_TESTED),
      priced: pricedAt(NEWEST_TESTED),
    }));
  });

  it("the first tested week: the price elasticity is learned from the weeks before it", async () => {
    expect((await promoted.learnWith(null)).earlyElasticity!.size).toBeGreaterThan(4);
    await promoted.expectBoundary(around(FIRST_TESTED), ({ earlyElasticity }) => earlyElasticity);
  });

  it("the tested week: the tested products are selected by sales before it", () =>
    steady.expectBoundary(around(NEWEST_TESTED), ({ judgedUntil }) => judgedUntil(NEWEST_TESTED)));
});

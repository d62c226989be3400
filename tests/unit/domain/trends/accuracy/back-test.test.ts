import { describe, expect, it } from "vitest";
import { backTest, testYoungItems } from "#app/domain/trends/accuracy/back-test.ts";
import type { DemandCandidate } from "#app/domain/trends/methods/demand-candidates.ts";
import { countWeeklyOrders } from "#app/domain/trends/demand-series.ts";
import { WEEK_MS } from "#app/domain/time.ts";
import { toBaskets, toItem } from "#tests/unit/domain/propose/planted-shop.ts";

const CUTOFF_MS = Date.UTC(2026, 5, 1);
const HORIZON_DAYS = 28;
const ORDERS_A_WEEK = 10;
const FOUR_WEEKS = 4 * ORDERS_A_WEEK;

/** One item with ten orders every week. */
function sellSteadily(weeks: number) {
  const placedAtMs = Float64Array.from(
    { length: weeks * ORDERS_A_WEEK },
    (_, order) => CUTOFF_MS - (weeks - order / ORDERS_A_WEEK) * WEEK_MS,
  );
  const baskets = toBaskets(
    [toItem("Thing")],
    Array.from(placedAtMs, () => [0]),
  );
  return countWeeklyOrders({ ...baskets, placedAtMs }, CUTOFF_MS);
}

/** A candidate whose forecast is off by `missOf(origin)` orders. */
function missing(name: string, missOf: (origin: number) => number): DemandCandidate {
  return { name, forecast: (origin) => Float32Array.of(FOUR_WEEKS + missOf(origin)) };
}

const choose = (weeks: number, challenger: (origin: number) => number) =>
  backTest(
    sellSteadily(weeks),
    { incumbent: missing("incumbent", () => 8), challengers: [missing("challenger", challenger)] },
    HORIZON_DAYS,
  );

describe("backTest", () => {
  it("keeps the incumbent when the log is too short for any window", () => {
    const { chosen, candidates, outcomes } = choose(7, () => 0);
    expect(outcomes.length).toBe(0);
    expect(chosen.name).toBe("incumbent");
    expect(candidates.map(({ wape }) => wape)).toEqual(candidates.map(() => null));
  });

  it("keeps the incumbent when a challenger leads because of a single window", () => {
    const weeks = 40;
    const { chosen, candidates } = choose(weeks, (origin) => (origin === weeks - 4 ? 0 : 8.5));
    const [incumbent, challenger] = candidates;
    expect(challenger!.wape).toBeLessThan(incumbent!.wape!);
    expect(chosen.name).toBe("incumbent");
  });

  it("chooses a challenger that is better in window after window", () => {
    const { chosen, candidates } = choose(40, (origin) => 4 + (origin % 8 === 0 ? 1 : 0));
    expect(chosen.name).toBe("challenger");
    expect(candidates.filter(({ isChosen }) => isChosen).map(({ name }) => name)).toEqual(["challenger"]);
  });

  it("selects young items by the weeks since their first sale", () => {
    // Origins 36, 32 … 16. Each item sells once a week from its own week on. The log's first item is never
    // new.
    const outWeeks = [0, 35, 34, 31, 14];
    const sales = Array.from({ length: 40 }, (_, week) => week).flatMap((week) =>
      outWeeks.flatMap((out, item) =>
        out <= week ? [{ item, atMs: CUTOFF_MS - (40 - week - 0.2) * WEEK_MS + item }] : [],
      ),
    );
    const baskets = toBaskets(
      outWeeks.map((_, item) => toItem(`Thing${item}`)),
      sales.map(({ item }) => [item]),
    );
    const placedAtMs = Float64Array.from(sales, ({ atMs }) => atMs);
    const series = countWeeklyOrders({ ...baskets, placedAtMs }, CUTOFF_MS);
    const byItem = { name: "by item", forecast: () => Float32Array.from(outWeeks.keys()) };
    const testedAt = (youngWeeks: number) => [
      ...testYoungItems(series, byItem, { horizonDays: HORIZON_DAYS, youngWeeks }).forecasts,
    ];
    expect(testedAt(1)).toEqual([1, 3]);
    expect(testedAt(3)).toEqual([1, 2, 3, 4]);
  });
});

import { describe, expect, it } from "vitest";
import { NO_VISITORS, toCohortSums, type CohortDay } from "#app/domain/evaluate/proof/cohort-day.ts";
import {
  listInterimAnalyses,
  namingInstantMs,
  PERIOD_DAYS,
  periodOf,
} from "#app/domain/evaluate/proof/measuring-period.ts";
import { capOf } from "#app/domain/evaluate/proof/revenue-cap.ts";
import { DAY_MS } from "#app/domain/time.ts";

const arm = (visitors: number, orders: number) => toCohortSums(visitors, { orders: [orders, orders] });
const day = (number: number, treated = arm(100, 30), holdout = arm(100, 30)): CohortDay => ({
  day: number,
  treated,
  holdout,
});

describe("the analyses of a measuring period", () => {
  it.each([
    ["nobody came", NO_VISITORS, NO_VISITORS],
    ["99 visitors were treated", arm(99, 30), arm(100, 30)],
    ["99 visitors were held out", arm(100, 30), arm(99, 30)],
    ["the treated placed 29 orders", arm(100, 29), arm(100, 30)],
    ["those held out placed 29 orders", arm(100, 30), arm(100, 29)],
  ])("are none while %s", (_, treated, holdout) => {
    expect(listInterimAnalyses([day(0, treated, holdout)])).toEqual([]);
  });

  it("are none while the arms share no day, however many came in each", () => {
    expect(
      listInterimAnalyses([day(0, arm(500, 90), NO_VISITORS), day(1, NO_VISITORS, arm(500, 90))]),
    ).toEqual([]);
  });

  it("begin when all days together have brought both arms enough, with what the days before told", () => {
    const half = day(0, arm(60, 15), arm(60, 15));
    expect(listInterimAnalyses([half, { ...half, day: 4 }, day(89, arm(300, 30), arm(150, 9))])).toEqual([
      { information: 60, fresh: 30, elapsedRatio: 5 / PERIOD_DAYS },
      { information: 160, fresh: 100, elapsedRatio: 1 },
    ]);
  });

  it("count only orders that offers can have changed", () => {
    const before = toCohortSums(100, { orders: [60, 60], exposableOrders: [29, 29] });
    expect(listInterimAnalyses([day(0, before)])).toEqual([]);
  });

  it("never lie beyond the period", () => {
    expect(listInterimAnalyses([day(PERIOD_DAYS + 5)])).toMatchObject([{ elapsedRatio: 1 }]);
  });
});

describe("the measuring period of an instant", () => {
  const began = 1_000 * DAY_MS;
  const firstOfferMs = began + 7 * 3_600_000;
  const length = PERIOD_DAYS * DAY_MS;

  it.each([
    ["before the first offer is the first", began - DAY_MS, 0],
    ["at the first offer is the first", firstOfferMs, 0],
    ["the last one of the first", began + length - 1, 0],
    ["the first one after it", began + length, 1],
    ["in the third", began + 2 * length + 5 * DAY_MS, 2],
  ])("%s", (_, nowMs, number) => {
    const startMs = began + number * length;
    expect(periodOf(nowMs, firstOfferMs)).toEqual({ number, startMs });
  });

  it("names a day by its middle, and one that runs yet no later than now", () => {
    expect(namingInstantMs(began, 2)).toBe(began + 2.5 * DAY_MS);
    expect(namingInstantMs(began, 2, began + 2.25 * DAY_MS)).toBe(began + 2.25 * DAY_MS);
  });
});

describe("the cap of a visitor's revenue", () => {
  it("is none with fewer than a hundred earlier orders, and what the hundredth largest was from then on", () => {
    expect(capOf({ earlierOrders: 99, quantileMinor: 9_000 })).toBeNull();
    expect(capOf({ earlierOrders: 100, quantileMinor: 9_000 })).toBe(9_000);
  });
});
